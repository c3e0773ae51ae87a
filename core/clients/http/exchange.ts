// Sends one request once and reads the answer to its end, within bounds of time and size. It does not retry.

import type { HttpAnswer, HttpRequest } from './call.ts';

export const largestAnswerBytes = 10_000_000;
const mostRedirects = 3;

/** The answer is larger than we are willing to hold in memory. */
export class TooLargeError extends Error {}

/** The answer sends us where we do not follow: to another origin, or round in circles. */
export class RedirectError extends Error {
  readonly status: number;
  constructor(status: number, target: string) {
    super(`it redirected (HTTP ${status}) to ${target}, which is not followed`);
    this.status = status;
  }
}

/**
 * `timeoutMs` is real time for the whole of it, redirects and body included. Only a GET is redirected, and only within
 * its origin, so that credentials go nowhere else.
 * @throws TooLargeError, RedirectError, or whatever `fetch` throws (a `TimeoutError` when the time is up).
 */
export async function exchange(request: HttpRequest, timeoutMs: number): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  let url = request.url;
  for (let hops = 0; ; hops += 1) {
    const { method, headers, body = null } = request;
    const response = await fetch(url, { method, headers, body, signal, redirect: 'manual' });
    const target = redirectTarget(response, url);
    if (target === undefined) {
      return { status: response.status, headers: response.headers, text: await readText(response) };
    }
    await response.body?.cancel();
    const elsewhere = target.origin !== new URL(url).origin;
    if (method !== 'GET' || elsewhere || hops === mostRedirects) {
      throw new RedirectError(response.status, elsewhere ? target.origin : 'another path');
    }
    url = target.href;
  }
}

function redirectTarget(response: Response, url: string): URL | undefined {
  const location = response.headers.get('location');
  if (response.status < 300 || response.status >= 400 || location === null) return undefined;
  return URL.canParse(location, url) ? new URL(location, url) : undefined;
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body = (response.body ?? []) as AsyncIterable<Uint8Array>;
  for await (const chunk of body) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream, and with it the connection.
    if (size > largestAnswerBytes) throw new TooLargeError('too large');
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
