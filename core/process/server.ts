// The HTTP endpoints of a program: health, readiness, metrics, status and a page, and the probes a second time on a port of their own.

import type { Registry } from 'prom-client';
import { html, json, type Answer } from './answer.ts';
import { JsonPieces } from './json-pieces.ts';
import { paced } from './paced.ts';
import { serve, type Limits, type Routes, type Served } from './serve.ts';

/** Whether the program does its work; `reasons` says what keeps it from being ready. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

/** Where a program serves, as its flags say. */
export interface ServingOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Where the probes are served apart from all else, so that load on `port` cannot delay them; nowhere if left out. */
  readonly probePort?: number | undefined;
  /** 127.0.0.1 on a desk, all addresses in a pod. */
  readonly host: string;
  /** Host names that lead here, besides those that cannot lead anywhere else. */
  readonly allowedHosts?: readonly string[] | undefined;
}

export interface ServerOptions extends ServingOptions {
  readonly registry: Registry;
  readonly readiness: () => Readiness;
  /** Its `groups`, if it has any, are the same objects as long as they did not change. */
  readonly status: () => object;
  /** The HTML of `/`. */
  readonly page: () => string;
  /** In place of the usual ones. */
  readonly limits?: Partial<Limits> | undefined;
}

export interface RunningServer extends Served {
  /** Undefined where the probes have no port of their own. */
  readonly probesUrl: string | undefined;
}

/** Of what takes tens of milliseconds to make. */
const pace = { burst: 10, everyMs: 1_000 };
const probeConnections = 64;

function probesOf(readiness: ServerOptions['readiness']): Routes {
  return {
    '/healthz': () => json({ status: 'ok' }),
    '/readyz': () => {
      const now = readiness();
      return json(now, now.ready ? 200 : 503);
    },
  };
}

/** The pages of a program, each made no more often than needed. */
export function pagesOf({
  registry,
  status,
  page,
}: Pick<ServerOptions, 'registry' | 'status' | 'page'>): Routes {
  const pieces = new JsonPieces();
  const metrics = async (): Promise<Answer> => {
    return { status: 200, type: registry.contentType, body: [Buffer.from(await registry.metrics())] };
  };
  return {
    '/metrics': paced(metrics, pace),
    '/status': () => ({ ...json(null), body: pieces.of(status()) }),
    '/': paced(() => html(page()), pace),
  };
}

/** @throws if a port is taken */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, port, probePort, allowedHosts, limits } = options;
  const probes = probesOf(options.readiness);
  const main = await serve(
    { probes, pages: pagesOf(options) },
    { host, port, flag: '--port', allowedHosts, limits },
  );
  if (probePort === undefined) return { ...main, probesUrl: undefined };
  const apart = {
    host,
    port: probePort,
    flag: '--probe-port',
    limits: { ...limits, connections: probeConnections },
  };
  const ofProbes = await serve({ probes, pages: {} }, apart).catch(async (error: unknown) => {
    await main.close();
    throw error;
  });
  return {
    url: main.url,
    probesUrl: ofProbes.url,
    close: async () => {
      await Promise.all([main.close(), ofProbes.close()]);
    },
  };
}
