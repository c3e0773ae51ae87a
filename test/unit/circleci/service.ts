// A loopback HTTP server that answers what a test says, and a CircleCI client that talks to it.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import {
  createCircleCiClient,
  type CircleCiCallReport,
  type CircleCiClient,
} from '../../../core/clients/circleci/client.ts';
import { Secret } from '../../../core/credentials.ts';
import { autoAdvanceClock, type AutoAdvanceClock } from '../../fakes/clock.ts';

export const token = 'canary-circle-token';

export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** Sent as it is if it is a text. */
  readonly body?: unknown;
}

export interface Stage {
  readonly client: CircleCiClient;
  readonly clock: AutoAdvanceClock;
  readonly reports: CircleCiCallReport[];
  readonly received: { url: string; token: unknown }[];
}

/** Each reply once, the last one for ever. */
export async function answering(t: TestContext, path: string, ...replies: Reply[]): Promise<Stage> {
  const received: Stage['received'] = [];
  const server = createServer((request, response) => {
    const {
      status = 200,
      headers = {},
      body = '',
    } = replies[Math.min(received.length, replies.length - 1)] ?? {};
    received.push({ url: request.url ?? '', token: request.headers['circle-token'] });
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const clock = autoAdvanceClock(Date.UTC(2026, 10, 24));
  const reports: CircleCiCallReport[] = [];
  const client = createCircleCiClient({
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    token: () => new Secret(token),
    clock,
    random: () => 0.5,
    onCall: (report) => void reports.push(report),
  });
  return { client, clock, reports, received };
}
