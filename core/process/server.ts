// The HTTP endpoints of a program: health, readiness, metrics, status and a page. Read only.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

/** Whether the program does its work; `reasons` says what keeps it from being ready. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

export interface ServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** 127.0.0.1 on a desk, all addresses in a pod. */
  readonly host: string;
  readonly registry: Registry;
  readonly readiness: () => Readiness;
  readonly status: () => unknown;
  /** The HTML of `/`. */
  readonly page: () => string;
}

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** What is served at each path. */
export type Routes = Readonly<Record<string, () => Answer | Promise<Answer>>>;

export function json(value: unknown, status = 200): Answer {
  return { status, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

export function html(body: string): Answer {
  return { status: 200, type: 'text/html; charset=utf-8', body };
}

async function answerTo({ method = '', url = '/' }: IncomingMessage, routes: Routes): Promise<Answer> {
  const { pathname } = new URL(url, 'http://localhost');
  const route = Object.hasOwn(routes, pathname) ? routes[pathname] : undefined;
  if (route === undefined) return json({ error: 'not found', paths: Object.keys(routes) }, 404);
  if (method !== 'GET' && method !== 'HEAD') return json({ error: 'read only: GET or HEAD' }, 405);
  return route();
}

async function respond(request: IncomingMessage, response: ServerResponse, routes: Routes): Promise<void> {
  const failed = json({ error: 'it could not be answered; this is a bug, please report it' }, 500);
  const { status, type, body } = await answerTo(request, routes).catch(() => failed);
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** @throws if the port is taken */
export async function serve(
  routes: Routes,
  { port, host }: Pick<ServerOptions, 'port' | 'host'>,
): Promise<RunningServer> {
  const server = createServer((request, response) => void respond(request, response, routes));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return {
    url: `http://${shown}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @throws if the port is taken */
export function startServer(options: ServerOptions): Promise<RunningServer> {
  const { registry, readiness, status, page } = options;
  const routes: Routes = {
    '/healthz': () => json({ status: 'ok' }),
    '/readyz': () => {
      const now = readiness();
      return json(now, now.ready ? 200 : 503);
    },
    '/metrics': async () => ({ status: 200, type: registry.contentType, body: await registry.metrics() }),
    '/status': () => json(status()),
    '/': () => html(page()),
  };
  return serve(routes, options);
}
