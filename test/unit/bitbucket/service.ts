// A loopback HTTP server that answers what a test says, and a client that talks to it. It knows no behaviour of Bitbucket.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import {
  createBitbucketClient,
  type BitbucketCallReport,
  type BitbucketClient,
  type BitbucketClientOptions,
} from '../../../core/clients/bitbucket/client.ts';
import { Secret, type BitbucketCredentials } from '../../../core/credentials.ts';
import { autoAdvanceClock, type AutoAdvanceClock } from '../../fakes/clock.ts';

export interface Received {
  readonly method: string;
  /** Path and query as they came over the wire. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly circleToken?: string;
  readonly body: string;
}

/** Ends the response, or destroys its socket. */
export type Reply = (response: ServerResponse, received: Received) => void;

export const tokenPath = '/site/oauth2/access_token';
export const workspaceUuid = '0aaaaaaa-0000-4000-8000-000000000001';
export const repositoryUuid = '0bbbbbbb-0000-4000-8000-000000000002';
export const scope = { workspace: `{${workspaceUuid}}` };
export const runnerId = '0ccccccc-0000-4000-8000-000000000003';

export const apiToken: BitbucketCredentials = {
  kind: 'api-token',
  email: 'ci@example.com',
  token: new Secret('canary-api-token'),
};
export const oauth: BitbucketCredentials = {
  kind: 'oauth',
  clientId: 'consumer',
  clientSecret: new Secret('canary-client-secret'),
};

export interface Stage {
  readonly url: string;
  readonly client: BitbucketClient;
  readonly clock: AutoAdvanceClock;
  readonly received: Received[];
  readonly reports: BitbucketCallReport[];
}

export interface StageOptions extends Partial<Omit<BitbucketClientOptions, 'credentials'>> {
  readonly credentials?: BitbucketCredentials | (() => BitbucketCredentials);
}

/** Every request gets `reply`; the server ends with the test. */
export async function stage(
  t: TestContext,
  reply: Reply,
  { credentials = apiToken, ...options }: StageOptions = {},
): Promise<Stage> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void read(request).then((each) => {
      received.push(each);
      reply(response, each);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = autoAdvanceClock(Date.parse('2026-11-23T10:00:00Z'));
  const reports: BitbucketCallReport[] = [];
  const client = createBitbucketClient({
    apiUrl: url,
    oauthUrl: url + tokenPath,
    flavour: 'internal',
    credentials: typeof credentials === 'function' ? credentials : () => credentials,
    clock,
    random: () => 0.5,
    callsPerHour: 1000,
    onCall: (report) => reports.push(report),
    ...options,
  });
  return { url, client, clock, received, reports };
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = '', url = '', headers } = request;
  const token = headers['circle-token'];
  return {
    ...{ method, url, authorization: headers.authorization, body: Buffer.concat(chunks).toString() },
    ...(typeof token === 'string' ? { circleToken: token } : {}),
  };
}

/** A JSON answer; a string is sent as it is. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

export function html(status = 200): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end('<!doctype html><title>Log in</title>');
  };
}

export function empty(status: number): Reply {
  return (response) => {
    response.writeHead(status);
    response.end();
  };
}

/** The connection breaks before an answer. */
export const reset: Reply = (response) => void response.socket?.destroy();

/** No answer ever comes. */
export const silence: Reply = () => undefined;

/** The connection breaks in the middle of the body. */
export const halfBody: Reply = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"values": [', () => response.socket?.destroy());
};

export function refusal(status: number, message = 'No.', headers: Record<string, string> = {}): Reply {
  return json({ type: 'error', error: { message } }, status, headers);
}

/** One reply after the other; the last one for ever. */
export function inTurn(...replies: readonly [Reply, ...Reply[]]): Reply {
  let next = 0;
  return (response, received) => {
    const reply = replies[Math.min(next, replies.length - 1)] ?? replies[0];
    next += 1;
    reply(response, received);
  };
}

/** Tokens for the token path, and `reply` for the rest. */
export function withTokens(token: Reply, reply: Reply): Reply {
  return (response, received) => (received.url === tokenPath ? token : reply)(response, received);
}

export function runnerObject(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'pipeline_runner',
    uuid: `{${runnerId}}`,
    name: 'Linux',
    labels: ['self.hosted', 'linux', 'autoscaler.created'],
    state: { status: 'ONLINE', updated_on: '2026-11-23T09:55:35.926932702Z', cordoned: false },
    created_on: '2026-11-23T09:50:00.123456789Z',
    ...changes,
  };
}

export function registered(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return runnerObject({ oauth_client: { id: 'runner-client', secret: 'canary-runner-secret' }, ...changes });
}

export function page(values: readonly unknown[], rest: Record<string, unknown> = {}): Reply {
  return json({ page: 1, pagelen: values.length, values, ...rest });
}
