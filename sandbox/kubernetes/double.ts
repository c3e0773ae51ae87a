// A Kubernetes API server in a process: enough of it, behind real HTTP, that the client cannot tell. Runs no container.

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../core/process/clock.ts';
import { Deletion } from './deletion.ts';
import { createFaults, type FaultOrder, type ReceivedCall } from './faults.ts';
import type { PodPhase } from './job-status.ts';
import { JobController, type PodPlan } from './jobs.ts';
import { apiVersionOf, resourceOf, type KubeObject } from './objects.ts';
import { negotiate, represented } from './negotiation.ts';
import { noSuchPath, notAllowed } from './refusals.ts';
import { parseRoute } from './route.ts';
import { createHttpServer, type HttpAnswer, type HttpRequest } from './server.ts';
import { createStore } from './store.ts';
import { handlerFor, type Backend } from './verbs.ts';

export interface KubernetesDoubleOptions {
  readonly clock: Clock;
  readonly pods: PodPlan;
  /** How long pods, and Jobs deleted in the foreground, take to go; milliseconds of the clock, 0 if left out. */
  readonly terminationMs?: number | undefined;
  /** In [0, 1); makes uids and generated names. */
  readonly random?: (() => number) | undefined;
}

export interface KubernetesDouble {
  /** Listens on loopback; a free port if none is given. Gives the address, such as `http://127.0.0.1:4711`. */
  listen(port?: number): Promise<string>;
  /** Breaks what is open. */
  close(): Promise<void>;
  /** Does what the clock has made due: back-offs, ends of pods, times to live. Every request does so as well. */
  advance(): void;
  /** What a kubelet would report; false when the pod is gone. */
  setPodPhase(uid: string, phase: PodPhase, reason?: string, message?: string): boolean;
  failNext(order: FaultOrder): void;
  clearFaults(): void;
  /** The latest calls, oldest first, at most 10,000. */
  readonly calls: readonly ReceivedCall[];
  /** Every object of a kind, in every namespace. */
  objects(kind: string): KubeObject[];
  /** Creates an object as `kubectl create` would; throws when it is refused. */
  create(object: {
    kind: string;
    metadata: { name: string; namespace?: string };
    [field: string]: unknown;
  }): KubeObject;
}

const mostCalls = 10_000;
const version = { major: '1', minor: '34', gitVersion: 'v1.34.0-double', platform: 'linux/amd64' };
const health = new Set(['/readyz', '/livez', '/healthz']);

function createBackend({
  clock,
  pods,
  terminationMs = 0,
  random = Math.random,
}: KubernetesDoubleOptions): Backend {
  const store = createStore(clock, random);
  const controller = new JobController({ store, clock, pods, random });
  const deletion = new Deletion({
    ...{ store, clock, terminationMs },
    goesOn: ({ metadata }) => pods.podTerminating?.(metadata.uid) === true,
    removed(object) {
      if (object.kind === 'Pod') pods.podDeleted(object.metadata.uid);
      controller.changed(object);
    },
  });
  return { store, clock, random, controller, deletion };
}

function answer(backend: Backend, request: HttpRequest): HttpAnswer {
  const { method, path, query, body, contentType } = request;
  if (health.has(path)) return { code: 200, body: 'ok' };
  if (path === '/version') return { code: 200, body: version };
  if (!path.startsWith('/api')) throw noSuchPath();
  const route = parseRoute(path);
  const handler = handlerFor(method, route);
  if (handler === undefined) throw notAllowed();
  const representation = negotiate(request.accept);
  const done = handler(backend, { route, query, body, contentType });
  return { ...done, body: represented(done.body, representation) };
}

/** Starts and stops the listening. */
function listening(server: Server): Pick<KubernetesDouble, 'listen' | 'close'> {
  return {
    async listen(port = 0) {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function advance({ controller, deletion }: Backend): void {
  controller.advance();
  deletion.advance();
}

/** Answers with everything done that is due, before and after. */
function settledAnswer(backend: Backend, request: HttpRequest): HttpAnswer {
  advance(backend);
  try {
    return answer(backend, request);
  } finally {
    advance(backend);
  }
}

export function createKubernetesDouble(options: KubernetesDoubleOptions): KubernetesDouble {
  const backend = createBackend(options);
  const faults = createFaults();
  const calls: ReceivedCall[] = [];
  const settled = (request: HttpRequest): HttpAnswer => settledAnswer(backend, request);
  const server = createHttpServer({
    answer: settled,
    fault(call) {
      if (calls.push(call) > mostCalls) calls.shift();
      return faults.take(call);
    },
  });
  const double: KubernetesDouble = {
    ...listening(server),
    advance: () => advance(backend),
    setPodPhase: (uid, phase, reason, message) =>
      backend.controller.setPodPhase(uid, phase, { reason, message }),
    failNext: (order) => faults.order(order),
    clearFaults: () => faults.clear(),
    calls,
    objects: (kind) => structuredClone(backend.store.list(resourceOf(kind), '')),
    create: (object) => createDirectly(settled, object),
  };
  for (const name of ['default', 'kube-system']) double.create({ kind: 'Namespace', metadata: { name } });
  return double;
}

function createDirectly(
  send: (request: HttpRequest) => HttpAnswer,
  object: { kind: string; metadata: { namespace?: string } },
): KubeObject {
  const resource = resourceOf(object.kind);
  const root = resource.group === '' ? '/api/v1' : `/apis/${apiVersionOf(resource)}`;
  const place = resource.namespaced ? `/namespaces/${object.metadata.namespace ?? 'default'}` : '';
  const path = `${root}${place}/${resource.plural}`;
  const sent = { method: 'POST', path, query: {}, body: object };
  const { body } = send({ ...sent, contentType: 'application/json', accept: '' });
  return structuredClone(body) as KubeObject;
}
