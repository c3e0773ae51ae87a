// CircleCI's runner API on loopback over the modelled tasks: to try the programs out, and to test them. It decides nothing.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../core/process/clock.ts';
import type { Timeline } from '../../simulate/timeline.ts';
import type { TaskService } from './tasks.ts';

export interface CircleCiDoubleOptions {
  readonly tasks: TaskService;
  /** Advanced to the clock's time before each answer. */
  readonly timeline: Timeline;
  readonly clock: Clock;
  /** The tokens that exist; any other is refused. Left out: every token exists. */
  readonly accepted?: readonly string[] | undefined;
  /** The only token that sees anything; every one if left out. */
  readonly token?: string | undefined;
}

export interface CircleCiCall {
  /** Milliseconds since the epoch, the double's clock. */
  readonly at: number;
  /** With the query. */
  readonly url: string;
  readonly status: number;
}

/** Answers this instead. */
export interface CircleCiFault {
  readonly path?: RegExp | undefined;
  /** How many calls; 1 if left out. */
  readonly times?: number | undefined;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as it is; a message of ours if left out. */
  readonly body?: string | undefined;
}

export interface CircleCiDouble {
  /** Listens on loopback and gives the URL of version 3, such as `http://127.0.0.1:4711/api/v3`. */
  listen(port?: number): Promise<string>;
  close(): Promise<void>;
  failNext(fault: CircleCiFault): void;
  /** Forgets the faults still planned. */
  clearFaults(): void;
  /** While they are withdrawn, every token is refused. */
  withdrawCredentials(areWithdrawn: boolean): void;
  readonly calls: readonly CircleCiCall[];
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body: unknown;
}

const refuse = (status: number, message: string): Answer => ({ status, body: { message } });
const iso = (ms: number): string => new Date(ms).toISOString();
const mostCalls = 10_000;

type Route = (tasks: TaskService, query: URLSearchParams, sees: boolean) => Answer;

/** A token that may not see a class gets 0, as from CircleCI. */
function count(field: string, of: (tasks: TaskService, resourceClass: string) => number): Route {
  return (tasks, query, sees) => {
    const resourceClass = query.get('resource-class');
    if (resourceClass === null) return refuse(400, 'resource-class is required');
    return { status: 200, body: { [field]: sees ? of(tasks, resourceClass) : 0 } };
  };
}

const unclaimed = count('unclaimed_task_count', (tasks, resourceClass) => tasks.unclaimed(resourceClass));
const running = count('running_runner_tasks', (tasks, resourceClass) => tasks.running(resourceClass));

const listRunners: Route = (tasks, query, sees) => {
  const resourceClass = query.get('resource-class');
  const namespace = query.get('namespace') ?? resourceClass?.split('/')[0];
  if (namespace === undefined) return refuse(400, 'must specify one of org-id, resource-class, or namespace');
  const listed = tasks.list(namespace).filter((each) => [null, each.resourceClass].includes(resourceClass));
  const items = listed.map(({ name, resourceClass: of, firstConnectedAt, lastConnectedAt }) => ({
    ...{ resource_class: of, hostname: name, name, version: '3.1.0' },
    ...{ first_connected: iso(firstConnectedAt), last_connected: iso(lastConnectedAt) },
    last_used: iso(lastConnectedAt),
  }));
  return { status: 200, body: { items: sees ? items : [] } };
};

const listClasses: Route = (tasks, query, sees) => {
  const namespace = query.get('namespace');
  if (namespace === null) return refuse(400, 'must specify one of org-id or namespace');
  const items = tasks
    .resourceClasses(namespace)
    .map((resource_class, id) => ({ id: String(id), resource_class }));
  return { status: 200, body: { items: sees ? items : [] } };
};

const routes: Readonly<Record<string, Route>> = {
  '/api/v3/runner/tasks': unclaimed,
  '/api/v3/runner/tasks/running': running,
  '/api/v3/runner': listRunners,
  '/api/v3/runner/resource': listClasses,
  '/api/v2/tasks': unclaimed,
  '/api/v2/tasks/running': running,
  '/api/v2/runner': listRunners,
  '/api/v2/runner/resource': listClasses,
};

class Double implements CircleCiDouble {
  readonly calls: CircleCiCall[] = [];
  private readonly options: CircleCiDoubleOptions;
  private readonly server: Server;
  private faults: { readonly fault: CircleCiFault; left: number }[] = [];
  private areWithdrawn = false;

  constructor(options: CircleCiDoubleOptions) {
    this.options = options;
    this.server = createServer((request, response) => {
      const { status, headers = {}, body } = this.answer(request);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }

  failNext(fault: CircleCiFault): void {
    this.faults.push({ fault, left: fault.times ?? 1 });
  }

  clearFaults(): void {
    this.faults = [];
  }

  withdrawCredentials(areWithdrawn: boolean): void {
    this.areWithdrawn = areWithdrawn;
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/api/v3`;
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private answer(request: IncomingMessage): Answer {
    const { timeline, clock } = this.options;
    const { url = '/' } = request;
    timeline.advance(clock.now());
    const answer = this.fault(url) ?? this.judge(request, new URL(url, 'http://localhost'));
    if (this.calls.push({ at: clock.now(), url, status: answer.status }) > mostCalls) this.calls.shift();
    return answer;
  }

  private judge({ method, headers }: IncomingMessage, { pathname, searchParams }: URL): Answer {
    const route = routes[pathname];
    if (method !== 'GET' || route === undefined) return refuse(404, 'Not Found');
    const token = headers['circle-token'];
    const { tasks, token: right, accepted } = this.options;
    const isToken = typeof token === 'string' && token !== '' && !this.areWithdrawn;
    if (!isToken || accepted?.includes(token) === false) return refuse(401, 'Authentication required');
    return route(tasks, searchParams, right === undefined || token === right);
  }

  private fault(url: string): Answer | undefined {
    const planned = this.faults.find(({ fault: { path }, left }) => left > 0 && (path?.test(url) ?? true));
    if (planned === undefined) return undefined;
    planned.left -= 1;
    const { fault } = planned;
    return {
      status: fault.status,
      headers: fault.headers,
      body: fault.body ?? { message: 'ordered by a test' },
    };
  }
}

export function createCircleCiDouble(options: CircleCiDoubleOptions): CircleCiDouble {
  return new Double(options);
}
