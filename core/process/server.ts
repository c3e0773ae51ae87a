// The HTTP endpoints of a program: health, readiness, metrics, status and a page. Read only.

import fastify from 'fastify';
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

/** @throws if the port is taken */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = fastify({ forceCloseConnections: true });
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/readyz', (_request, reply) => {
    const readiness = options.readiness();
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });
  server.get('/metrics', async (_request, reply) => {
    void reply.header('content-type', options.registry.contentType);
    return options.registry.metrics();
  });
  server.get('/status', () => options.status());
  server.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(options.page()));
  await server.listen({ port: options.port, host: options.host });
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const host = options.host === '0.0.0.0' || options.host === '::' ? 'localhost' : options.host;
  return { url: `http://${host}:${port}`, close: () => server.close() };
}
