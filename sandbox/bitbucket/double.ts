// Bitbucket's API on loopback over the modelled world: to try the programs out, and to test them. It must not decide anything.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { messageOf } from '../../core/errors.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { CiService } from '../../simulate/ci-service.ts';
import type { Timeline } from '../../simulate/timeline.ts';
import { Accounts, type AcceptedCredentials } from './accounts.ts';
import { badRequest, errorAnswer, type Answer, type Request } from './answer.ts';
import { deliver } from './deliver.ts';
import { Faults, happensBefore, type Fault } from './faults.ts';
import { RateLimit } from './rate-limit.ts';
import { route } from './routes.ts';
import { Runners } from './runners.ts';

export interface BitbucketDoubleOptions {
  readonly service: CiService;
  /** Advanced to the clock's time before each answer. */
  readonly timeline: Timeline;
  readonly clock: Clock;
  /** Left out: any well-formed consumer and Basic account. */
  readonly credentials?: AcceptedCredentials;
  /** Of a bearer token, in the clock's time; 2 hours if left out. */
  readonly tokenLifetimeMs?: number;
  /** Calls of one credential in a rolling hour; 1,000 if left out. */
  readonly ratePerHour?: number;
  /** Whether a 429 says `Retry-After`; false if left out. */
  readonly saysRetryAfter?: boolean;
  /** What a page holds at most; 100 if left out. */
  readonly pageSize?: number;
  /** Whether `/2.0` shows the step of a busy runner, which nobody has documented; false if left out. */
  readonly publicShowsStep?: boolean;
}

/** A call that came in. */
export interface RecordedCall {
  /** Milliseconds since the epoch, the double's clock. */
  readonly at: number;
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** Undefined if no answer went out. */
  readonly status: number | undefined;
}

export interface BitbucketDouble {
  /** Starts on a free port if none is given, on 127.0.0.1 if no other address is, and resolves to `http://ADDRESS:PORT`. */
  listen(port?: number, host?: string): Promise<string>;
  /** Breaks every connection and stops. */
  close(): Promise<void>;
  readonly calls: readonly RecordedCall[];
  /** Plans a fault; several are used in the order of their planning. */
  failNext(fault: Fault): void;
  /** Forgets the faults still planned. */
  clearFaults(): void;
  /** Every OAuth token handed out so far stops working. */
  expireTokens(): void;
  /** While they are withdrawn, every credential is refused, tokens included. */
  withdrawCredentials(areWithdrawn: boolean): void;
}

const defaults = {
  tokenLifetimeMs: 7_200_000,
  ratePerHour: 1000,
  saysRetryAfter: false,
  pageSize: 100,
  publicShowsStep: false,
};

const tokenPath = 'site/oauth2/access_token';

async function readRequest(message: IncomingMessage): Promise<Request | undefined> {
  const url = new URL(message.url ?? '/', 'http://localhost');
  const text = await readText(message);
  try {
    const path = url.pathname.slice(1).split('/').map(decodeURIComponent);
    const { method = 'GET', headers } = message;
    return { method, path, query: url.searchParams, authorization: headers.authorization ?? '', text };
  } catch {
    return undefined;
  }
}

function createHandler(
  options: BitbucketDoubleOptions,
  accounts: Accounts,
): (request: Request, url: string) => Answer {
  const { service, timeline, clock, ratePerHour, saysRetryAfter, pageSize, publicShowsStep } = {
    ...defaults,
    ...options,
  };
  const rate = new RateLimit({ perHour: ratePerHour, saysRetryAfter });
  const runners = new Runners({ service, pageSize });
  return (request, url) => {
    timeline.advance(clock.now());
    if (request.path.join('/') === tokenPath)
      return request.method === 'POST' ? accounts.grant(request) : errorAnswer(405, 'Method not allowed');
    const caller = accounts.identify(request);
    if ('refused' in caller) return caller.refused;
    return rate.spend(caller.credential, clock.now()) ?? route({ runners, publicShowsStep, url }, request);
  };
}

function urlOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return `http://${address}:${port}`;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function start(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(urlOf(server)));
  });
}

export function createBitbucketDouble(options: BitbucketDoubleOptions): BitbucketDouble {
  const { clock, credentials, tokenLifetimeMs = defaults.tokenLifetimeMs } = options;
  const accounts = new Accounts({ clock, credentials, tokenLifetimeMs });
  const handle = createHandler(options, accounts);
  const faults = new Faults();
  const calls: RecordedCall[] = [];
  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(message);
    const { method = 'GET', url = '/' } = message;
    const [path = '/'] = url.split('?');
    const fault = faults.take(method, path);
    const skipped = fault !== undefined && happensBefore(fault);
    const answer = skipped ? { status: 500 } : request && handle(request, urlOf(server));
    const status = deliver(response, answer ?? badRequest('The path cannot be decoded'), fault);
    calls.push({ at: clock.now(), method, path, status });
  };
  const server = createServer((message, response) => {
    // A bug of the double shows as a 500 with its words; a caller that went away hears nothing of it.
    serve(message, response).catch((error: unknown) =>
      deliver(response, errorAnswer(500, messageOf(error)), undefined),
    );
  });
  return {
    listen: (port = 0, host = '127.0.0.1') => start(server, port, host),
    close: () => stop(server),
    calls,
    failNext: (fault) => faults.plan(fault),
    clearFaults: () => faults.clear(),
    expireTokens: () => accounts.expireTokens(),
    withdrawCredentials: (areWithdrawn) => void (accounts.areWithdrawn = areWithdrawn),
  };
}
