// Sends one HTTP request within a time limit and keeps what came back, for errors and metrics. It never retries.

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { direct, type ProxyRules } from '../../process/proxy.ts';
import { createAgents } from '../way-out/agents.ts';
import type { ClusterAccess } from './access.ts';
import type { Exchange } from './exchange.ts';
import { MalformedAnswer } from './failure.ts';
import type { WireRequest } from './request.ts';

/** Resolves with the parsed answer to a request that was accepted; throws otherwise, and `exchange` tells why. */
export type Send = (request: WireRequest, exchange: Exchange, limit: AbortSignal) => Promise<unknown>;

/** A page of 50 objects is some hundred kB. What is parsed takes several times its size in memory, and a pod of ours has little. */
const largestAnswerBytes = 10_000_000;
const tooLarge =
  'it is larger than 10 MB, and was not read to its end; look for objects of such a size, or for a proxy in between';

/** Undefined if it is too large. */
async function textOf(answer: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > largestAnswerBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Follows no redirect, so that credentials go nowhere else. */
function answerTo(
  url: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<[answer: IncomingMessage, text: string | undefined]> {
  return new Promise((resolve, reject) => {
    const open = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const outgoing = open(url, options, (answer) => {
      textOf(answer).then((whole) => resolve([answer, whole]), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function headersOf({ accept, contentType, body }: WireRequest): Record<string, string | number> {
  const accepted = { accept, 'user-agent': 'runner-autoscaler' };
  if (body === undefined || contentType === undefined) return accepted;
  return { ...accepted, 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
}

export interface Network {
  /** A proxy that the kubeconfig itself names goes before them. Every request goes directly, if left out. */
  readonly proxies?: ProxyRules | undefined;
  /** Real milliseconds that one request may take. */
  readonly timeoutMs: number;
}

/** Connections are kept and shared by all calls of one client. */
export function createSend(access: ClusterAccess, { proxies = direct, timeoutMs }: Network): Send {
  const { server, proxy } = access;
  const rules = proxy === undefined ? proxies : { proxyFor: () => proxy };
  const agent = createAgents({ proxies: rules, timeoutMs }).for(new URL(server));

  async function optionsFor(request: WireRequest, signal: AbortSignal): Promise<RequestOptions> {
    const given = await access.options();
    // They may take longer than this call may, and then serve a later one.
    signal.throwIfAborted();
    const headers = { ...headersOf(request), ...given.headers };
    return { agent, ...given, method: request.method, headers, signal };
  }

  return async (request, exchange, limit) => {
    try {
      const options = await optionsFor(request, limit);
      exchange.beforeSending();
      exchange.sent = true;
      const [answer, whole] = await answerTo(new URL(server + request.path), options, request.body);
      const status = answer.statusCode ?? 0;
      Object.assign(exchange, { status, retryAfter: answer.headers['retry-after'], text: whole ?? '' });
      if (status === 401) access.rejected?.();
      if (status < 200 || status > 299) throw new Error('refused');
      if (whole === undefined) throw new MalformedAnswer(tooLarge);
      return JSON.parse(whole) as unknown;
    } catch (error) {
      exchange.timedOut = exchange.status === undefined && limit.aborted;
      throw error;
    }
  };
}
