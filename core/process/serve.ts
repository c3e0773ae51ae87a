// Serves pages and probes over HTTP, read only but for what a site names as changes. No client can stop the program, or take more of it than the limits here allow:
// connections, bytes and time of a request, answers under way.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import { headersOf, json, rawAnswer, type Answer, type TextAnswer } from './answer.ts';
import { Connections } from './connections.ts';
import { listen, type Place } from './listen.ts';
import { isOfThisSite, isOurHost, pathOf } from './request.ts';
import { cut, Turns, type TurnLimits } from './turns.ts';

export type Route = () => Answer | Promise<Answer>;

/** What is served at each path. */
export type Routes = Readonly<Record<string, Route>>;

export interface Site {
  /** Answered at once and under any host name: the kubelet asks by address, and waits a second. */
  readonly probes: Routes;
  /** Each answer waits for its turn. */
  readonly pages: Routes;
  /** What a POST to a path changes; controller and cleaner have none. A page of another site cannot send one. */
  readonly changes?: Routes | undefined;
}

export interface Limits extends TurnLimits {
  readonly connections: number;
  /** The first line of a request and its headers. */
  readonly headBytes: number;
  /** How long they may take to come; a body, which is not read, may take as long again. */
  readonly headMs: number;
  /** How often that is checked. */
  readonly checkMs: number;
}

/** Several times what the page, a monitoring system and people ask of a large installation: docs/decisions/0016-the-port.md. */
const usualLimits: Limits = {
  ...{ connections: 512, headBytes: 8_192, headMs: 5_000, checkMs: 1_000 },
  ...{ atOnce: 8, pace: { burst: 20, everyMs: 50 }, waiting: 128, waitMs: 10_000 },
  ...{ hurriedMs: 2_000, readMs: 15_000 },
};

export interface ServeOptions extends Place {
  /** Host names that lead here, besides those that cannot lead anywhere else. */
  readonly allowedHosts?: readonly string[] | undefined;
  readonly limits?: Partial<Limits> | undefined;
}

export interface Served {
  readonly url: string;
  /** Ends every connection at once. */
  close(): Promise<void>;
}

const failed = json({ error: 'it could not be answered; this is a bug, please report it' }, 500);
const noPath = json({ error: 'the target of the request is not a path' }, 400);
const readOnly: Answer = {
  ...json({ error: 'read only: GET or HEAD' }, 405),
  headers: { allow: 'GET, HEAD' },
};
const changeOnly: Answer = { ...json({ error: 'POST only' }, 405), headers: { allow: 'POST' } };
const foreign = json({ error: 'a page of another site may change nothing here' }, 403);
const busy: Answer = {
  ...json({ error: 'too many requests at the same time: try again in a few seconds' }, 503),
  headers: { 'retry-after': '5' },
};

function misdirected(host: string): Answer {
  const error = `unknown host name "${host.slice(0, 100)}": use an IP address, or start the program with --allowed-host NAME`;
  return json({ error }, 421);
}

/** Of an error that Node found before there was a request. */
function complaint(code: string | undefined): TextAnswer {
  const [status, error]: [number, string] =
    code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'the headers of the request are too large']
      : [400, 'this is not an HTTP request'];
  return json({ error }, status);
}

interface Task {
  readonly when: 'at once' | 'in its turn';
  readonly make: Route;
  /** A read if left out. */
  readonly isChange?: boolean;
}

function refusal(answer: Answer): Task {
  return { when: 'at once', make: () => answer };
}

/** What a request may do with the task that it asks for. */
function admitted(task: Task, { method, headers }: IncomingMessage): Task {
  if (task.isChange !== true) return method === 'GET' || method === 'HEAD' ? task : refusal(readOnly);
  if (method !== 'POST') return refusal(changeOnly);
  return isOfThisSite(headers) ? task : refusal(foreign);
}

function routeAt(routes: Routes, path: string): Route | undefined {
  return Object.hasOwn(routes, path) ? routes[path] : undefined;
}

class SiteServer {
  private readonly site: Site;
  private readonly server: Server;
  private readonly connections: Connections;
  private readonly turns: Turns;
  private readonly hosts: ReadonlySet<string>;
  private readonly notFound: Answer;

  constructor(site: Site, allowedHosts: readonly string[], limits: Limits) {
    this.site = site;
    const paths = [site.probes, site.pages, site.changes ?? {}].flatMap((routes) => Object.keys(routes));
    this.notFound = json({ error: 'not found', paths }, 404);
    this.hosts = new Set([hostname(), ...allowedHosts].map((name) => name.toLowerCase()));
    this.turns = new Turns(limits);
    this.server = createServer({
      maxHeaderSize: limits.headBytes,
      headersTimeout: limits.headMs,
      requestTimeout: 2 * limits.headMs,
      connectionsCheckingInterval: limits.checkMs,
      highWaterMark: 16_384,
    });
    this.connections = new Connections(this.server, limits.connections);
    const respond = (request: IncomingMessage, response: ServerResponse): void =>
      void this.respond(request, response).catch(() => cut(request.socket));
    // A client that asks before it sends a body (`Expect: 100-continue`) is answered without the body.
    this.server.on('request', respond).on('checkContinue', respond);
    this.server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      this.complain(error.code, socket as Socket);
    });
  }

  async start(place: Place): Promise<Served> {
    const url = await listen(this.server, place);
    return { url, close: () => this.close() };
  }

  private close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
      this.connections.closeAll();
    });
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A client that is gone is no error of ours; without a listener it would end the process.
    response.on('error', () => cut(request.socket));
    if (!this.connections.asked(request.socket)) return;
    const answer = await this.answerTo(request).catch(() => failed);
    if (answer === undefined) return;
    response.writeHead(answer.status, headersOf(answer));
    const pieces = typeof answer.body === 'string' ? [answer.body] : answer.body;
    // The pieces are shared by all who read them: what waits to be sent is not copied.
    for (const piece of pieces) response.write(piece);
    response.end();
  }

  /** @returns undefined if the client is gone */
  private async answerTo(request: IncomingMessage): Promise<Answer | undefined> {
    const { when, make } = this.choose(request);
    const turn = when === 'at once' ? 'now' : await this.turns.take(request.socket);
    if (turn === 'gone') return undefined;
    return turn === 'refused' ? busy : make();
  }

  private choose(request: IncomingMessage): Task {
    const { host = '' } = request.headers;
    const path = pathOf(request.url ?? '');
    if (path === undefined) return refusal(noPath);
    const task = this.taskAt(path);
    if (task?.when !== 'at once' && !isOurHost(host, this.hosts)) return refusal(misdirected(host));
    return task === undefined ? refusal(this.notFound) : admitted(task, request);
  }

  private taskAt(path: string): Task | undefined {
    const { probes, pages, changes = {} } = this.site;
    const [probe, page, change] = [probes, pages, changes].map((routes) => routeAt(routes, path));
    if (probe !== undefined) return { when: 'at once', make: probe };
    if (page !== undefined) return { when: 'in its turn', make: page };
    return change === undefined ? undefined : { when: 'in its turn', make: change, isChange: true };
  }

  private complain(code: string | undefined, socket: Socket): void {
    // What did not come in time is reset: hundreds may be late at once, and an answer to each would keep others waiting.
    if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return cut(socket);
    // In the middle of an answer there is no place for another one.
    if (!socket.writable || !this.connections.isSilent(socket)) return cut(socket);
    socket.end(rawAnswer(complaint(code)));
    socket.destroySoon();
  }
}

/** @throws if it can't listen there */
export function serve(site: Site, { allowedHosts = [], limits, ...place }: ServeOptions): Promise<Served> {
  return new SiteServer(site, allowedHosts, { ...usualLimits, ...limits }).start(place);
}
