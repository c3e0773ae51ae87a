// A plain HTTP address in front of an API: passes everything on, and takes what changes something through the gate.

import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import type { NameChange } from './changes.ts';
import type { Gate } from './gate.ts';

export interface RelayOptions {
  /** Where requests go, without a slash at its end. */
  readonly server: string;
  /** TLS and credentials for it. */
  readonly options?: (() => Promise<RequestOptions>) | undefined;
  readonly nameOf: NameChange;
  readonly gate: Gate;
  /** Told of every answer. */
  readonly overhear?: ((answer: string) => void) | undefined;
  /** What is handed on instead of an answer. */
  readonly translate?: ((answer: string) => string) | undefined;
}

export interface Relay {
  readonly url: string;
  breakConnections(): void;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

type Headers = IncomingMessage['headers'];

/** Of one connection only. */
const hopHeaders = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding']);
/** Where the relay has credentials of its own, the caller's are only there to be searched for. */
const replaced = new Set([...hopHeaders, 'authorization']);

function without(names: ReadonlySet<string>, headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name)));
}

async function send(
  { server, options, overhear, translate }: RelayOptions,
  { method = 'GET', url = '/', headers }: IncomingMessage,
  body: Buffer,
): Promise<Answer> {
  const given = (await options?.()) ?? {};
  const left = without(options === undefined ? hopHeaders : replaced, headers);
  const open = server.startsWith('https:') ? httpsRequest : httpRequest;
  const outgoing = open(new URL(server + url), {
    ...given,
    ...{ method, agent: false, headers: { ...left, ...given.headers } },
  });
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  const whole = await buffer(answer);
  overhear?.(whole.toString());
  const handedOn = translate === undefined ? whole : Buffer.from(translate(whole.toString()));
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: handedOn };
}

async function reply(response: ServerResponse, { status, headers, body }: Answer): Promise<void> {
  response.writeHead(status, { ...without(hopHeaders, headers), 'content-length': body.length });
  response.end(body);
  if (!response.destroyed) await Promise.race([once(response, 'finish'), once(response, 'close')]);
}

async function serve(options: RelayOptions, request: IncomingMessage, response: ServerResponse) {
  const { gate, nameOf } = options;
  const sentBy = gate.generation;
  const body = await buffer(request);
  const { method = 'GET', url: path = '/' } = request;
  const change = nameOf({ method, path, body: body.toString() });
  if (change === undefined) return reply(response, await send(options, request, body));
  let answer: Answer | undefined;
  await gate.pass({
    ...{ change, target: path, sentBy },
    async forward() {
      answer = await send(options, request, body);
      return answer.status < 300;
    },
    answer: async () => answer && reply(response, answer),
    drop: () => void response.destroy(),
  });
}

export async function startRelay(options: RelayOptions): Promise<Relay> {
  const server = createServer((request, response) => {
    serve(options, request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    breakConnections: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
