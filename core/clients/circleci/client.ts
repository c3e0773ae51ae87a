// The CircleCI client: counts of tasks, and the runners and resource classes of a namespace. It changes nothing at CircleCI.

import createClient from 'openapi-fetch';
import type { Secret } from '../../credentials.ts';
import type { Clock } from '../../process/clock.ts';
import type { ProxyRules } from '../../process/proxy.ts';
import type { Ending } from '../../process/ending.ts';
import type { Call, CallReport, HttpAnswer } from '../http/call.ts';
import { createMask, type Mask } from '../http/mask.ts';
import { createTransport, type Transport } from '../http/transport.ts';
import { understand } from '../http/understand.ts';
import { statusAdvice } from './advice.ts';
import {
  readResourceClasses,
  readRunners,
  readRunning,
  readUnclaimed,
  type CircleCiRunner,
} from './answers.ts';
import type { paths } from './schema.generated.ts';

export type { CircleCiRunner } from './answers.ts';
export type CircleCiCallReport = CallReport<'circleci'>;

export interface CircleCiClientOptions {
  /** With its version, such as `https://runner.circleci.com/api/v3`; one that ends in `/api/v2` is asked for `/tasks`. */
  readonly apiUrl: string;
  /** Asked for each call, as it may be rotated. */
  readonly token: () => Secret;
  readonly clock: Clock;
  /** In [0, 1), for the jitter of retries. */
  readonly random: () => number;
  /** Real milliseconds for one attempt; 10,000 if left out. */
  readonly timeoutMs?: number;
  /** Every request goes directly, if left out. */
  readonly proxies?: ProxyRules | undefined;
  readonly onCall?: (call: CircleCiCallReport) => void;
  /** Of the program; never, if left out. */
  readonly ending?: Ending | undefined;
}

/**
 * Every method throws a ServiceError if it did not get a usable answer. Calls are reads and are tried up to three times;
 * none is sent while CircleCI asks us to wait (`refused-locally`). CircleCI names no number of calls an hour.
 */
export interface CircleCiClient {
  /** Tasks that no runner has taken. @param resourceClass `namespace/name` */
  countUnclaimed(resourceClass: string): Promise<number>;
  countRunning(resourceClass: string): Promise<number>;
  /** All runners of the namespace, whatever their class; also those that are gone. */
  listRunners(namespace: string): Promise<CircleCiRunner[]>;
  /** Names such as `acme/linux-large`. */
  listResourceClasses(namespace: string): Promise<string[]>;
}

type Api = ReturnType<typeof createClient<paths>>;
type SessionFetch = (request: Request) => Promise<Response>;

interface Session {
  readonly api: Api;
  readonly transport: Transport;
  readonly token: () => string;
}

interface Question<T> {
  readonly operation: string;
  readonly about: string;
  readonly build: (api: Api, fetch: SessionFetch) => Promise<unknown>;
  readonly read: (body: unknown) => T;
}

/** openapi-fetch only spells the request; the answer is read here, so that an empty body is not taken for success. */
async function send({ api, transport, token }: Session, call: Call, build: Question<unknown>['build']) {
  let answer: HttpAnswer | undefined;
  await build(api, async ({ method, url }) => {
    const headers = {
      accept: 'application/json',
      'user-agent': 'runner-autoscaler',
      'circle-token': token(),
    };
    answer = await transport.send({ method, url, headers }, call);
    return new Response(null, { status: 204 });
  });
  if (answer === undefined) throw new TypeError('the request was never sent');
  return answer;
}

async function ask<T>(session: Session, { operation, about, build, read }: Question<T>): Promise<T> {
  const call: Call = { operation, about, repeatable: true };
  const answer = await send(session, call, build);
  const { fault } = session.transport;
  if (answer.status < 200 || answer.status > 299) {
    const what = `HTTP ${answer.status}`;
    throw fault(call, { failure: 'status', what, answer, next: statusAdvice(answer.status) });
  }
  return understand(answer, { call, fault, read });
}

/** Version 2 has the counts one level higher; runners and resource classes are where version 3 has them. */
function countPaths(apiUrl: string): { unclaimed: '/runner/tasks'; running: '/runner/tasks/running' } {
  const old = /\/v2$/.test(apiUrl);
  const [unclaimed, running] = old
    ? ['/tasks', '/tasks/running']
    : ['/runner/tasks', '/runner/tasks/running'];
  return { unclaimed: unclaimed as '/runner/tasks', running: running as '/runner/tasks/running' };
}

function methods(session: Session, apiUrl: string): CircleCiClient {
  const spelled = countPaths(apiUrl);
  const ofClass = (resourceClass: string) => ({ query: { 'resource-class': resourceClass } });
  const ofNamespace = (namespace: string) => ({ query: { namespace } });
  return {
    countUnclaimed: (resourceClass) =>
      ask(session, {
        ...{
          operation: 'count-unclaimed-tasks',
          about: `resource class ${resourceClass}`,
          read: readUnclaimed,
        },
        build: (api, fetch) => api.GET(spelled.unclaimed, { params: ofClass(resourceClass), fetch }),
      }),
    countRunning: (resourceClass) =>
      ask(session, {
        ...{ operation: 'count-running-tasks', about: `resource class ${resourceClass}`, read: readRunning },
        build: (api, fetch) => api.GET(spelled.running, { params: ofClass(resourceClass), fetch }),
      }),
    listRunners: (namespace) =>
      ask(session, {
        ...{ operation: 'list-runners', about: `namespace ${namespace}`, read: readRunners },
        build: (api, fetch) => api.GET('/runner', { params: ofNamespace(namespace), fetch }),
      }),
    listResourceClasses: (namespace) =>
      ask(session, {
        ...{ operation: 'list-resource-classes', about: `namespace ${namespace}`, read: readResourceClasses },
        build: (api, fetch) => api.GET('/runner/resource', { params: ofNamespace(namespace), fetch }),
      }),
  };
}

function maskedToken(token: () => Secret, mask: Mask): () => string {
  return () => {
    const value = token().reveal();
    mask.keepRotating('token', value);
    return value;
  };
}

export function createCircleCiClient(options: CircleCiClientOptions): CircleCiClient {
  const { token, clock, random, timeoutMs = 10_000 } = options;
  const apiUrl = options.apiUrl.replace(/\/+$/, '');
  const mask = createMask();
  const onCall = (report: CallReport): void => options.onCall?.({ ...report, service: 'circleci' });
  const transport = createTransport({
    service: 'circleci',
    ...{ clock, random, callsPerHour: Infinity, timeoutMs, mask, onCall },
    ...{ proxies: options.proxies, ending: options.ending },
  });
  return methods(
    { api: createClient<paths>({ baseUrl: apiUrl }), transport, token: maskedToken(token, mask) },
    apiUrl,
  );
}
