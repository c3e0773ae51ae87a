// Sends one request once and reads the answer to its end, within bounds of time and size. It does not retry.

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Agents } from '../way-out/agents.ts';
import { refusedBy } from '../way-out/tunnel.ts';
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

/** By whose connections a request goes, and when it is given up. */
export interface Sending {
  readonly agents: Agents;
  readonly signal: AbortSignal;
}

/** The beginning of the answer. Follows no redirect, so that credentials go nowhere else. @throws ProxyError, or what Node throws */
export function sendOnce(
  { method, url, headers, body }: HttpRequest,
  { agents, signal }: Sending,
): Promise<IncomingMessage> {
  const target = new URL(url);
  const open = target.protocol === 'http:' ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const options = { method, headers, agent: agents.for(target), signal };
    const outgoing = open(target, options, (answer) => {
      const proxy = agents.proxyFor(target);
      // Through a tunnel no answer but the destination's own comes; a proxy for plain http answers in its place.
      if (proxy !== undefined && answer.statusCode === 407) {
        answer.resume();
        return reject(refusedBy(proxy, target.host, 407));
      }
      resolve(answer);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/**
 * The signal ends the whole of it, redirects and body included. Only a GET is redirected, and only within its origin.
 * @throws TooLargeError, RedirectError, ProxyError, the reason of the signal, or what Node throws
 */
export async function exchange(request: HttpRequest, sending: Sending): Promise<HttpAnswer> {
  try {
    return await follow(request, sending);
  } catch (error) {
    sending.signal.throwIfAborted();
    throw error;
  }
}

async function follow(request: HttpRequest, sending: Sending): Promise<HttpAnswer> {
  let url = request.url;
  for (let hops = 0; ; hops += 1) {
    const answer = await sendOnce({ ...request, url }, sending);
    const { statusCode: status = 0 } = answer;
    const target = redirectTarget(status, answer.headers.location, url);
    if (target === undefined) return { status, headers: headersOf(answer), text: await readText(answer) };
    answer.destroy();
    const elsewhere = target.origin !== new URL(url).origin;
    if (request.method !== 'GET' || elsewhere || hops === mostRedirects) {
      throw new RedirectError(status, elsewhere ? target.origin : 'another path');
    }
    url = target.href;
  }
}

function redirectTarget(status: number, location: string | undefined, url: string): URL | undefined {
  if (status < 300 || status >= 400 || location === undefined) return undefined;
  return URL.canParse(location, url) ? new URL(location, url) : undefined;
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  return headers;
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > largestAnswerBytes) throw new TooLargeError('too large');
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
