// Stands between the production clients and a double, and plays one fault on the calls of one endpoint. Knows no vendor.

import {
  createServer,
  request as send,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { isBreakage, isRefusal, refusal, spoilt, type Answer, type Breakage, type Fault } from './faults.ts';

export interface Received {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: string;
}

export interface Strike {
  readonly matches: (call: Received) => boolean;
  readonly fault: Fault;
  /** Calls that it strikes. */
  readonly times: number;
}

const slowForMs = 30_000;

/** Told of every good answer before it is spoilt. */
export type Overhear = (answer: string) => void;

export class Proxy {
  /** How often the fault has struck. */
  struck = 0;
  url = '';
  private readonly upstream: URL;
  private readonly server: Server;
  private readonly overhear: Overhear;
  private strike: Strike | undefined;
  /** The answer that was struck first. */
  private first: Answer | undefined;
  private readonly slow = new Set<NodeJS.Timeout>();

  constructor(upstream: string, overhear: Overhear) {
    this.upstream = new URL(upstream);
    this.overhear = overhear;
    this.server = createServer(
      (message, response) => void this.serve(message, response).catch(() => response.destroy()),
    );
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this.url;
  }

  async close(): Promise<void> {
    for (const timer of this.slow) clearInterval(timer);
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  play(strike: Strike): void {
    this.strike = strike;
    this.struck = 0;
  }

  /** The fault strikes no more. */
  forgive(): void {
    this.strike = undefined;
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = message;
    const body = await readText(message);
    const fault = this.take({ method, path, body });
    if (fault === 'reset before') return void message.socket.resetAndDestroy();
    if (fault === 'time-out') return;
    if (fault !== undefined && isRefusal(fault)) {
      return deliver(response, refusal(fault, body.includes('Action=')));
    }
    const answer = this.again(fault) ?? (await this.forward(message, body));
    this.overhear(answer.body);
    if (this.struck === 1) this.first = answer;
    if (fault === undefined) return deliver(response, answer);
    if (isBreakage(fault)) return this.break(response, answer, fault);
    deliver(response, spoilt(answer, fault, { url: `${this.url}${path}`, page: this.struck }));
  }

  /** Every page says what the first one said. */
  private again(fault: Fault | undefined): Answer | undefined {
    const isPage = fault === 'duplicate page' || fault === 'endless next';
    return isPage && this.struck > 1 ? this.first : undefined;
  }

  private take(call: Received): Fault | undefined {
    const { strike } = this;
    if (strike === undefined || this.struck >= strike.times || !strike.matches(call)) return undefined;
    this.struck += 1;
    return strike.fault;
  }

  private break(response: ServerResponse, answer: Answer, fault: Breakage): void {
    if (fault === 'reset after') return void response.socket?.resetAndDestroy();
    const length = Math.max(2, Buffer.byteLength(answer.body));
    response.writeHead(200, { ...answer.headers, 'content-length': length });
    const half = answer.body.slice(0, Math.floor(answer.body.length / 2));
    if (fault === 'half body') return void response.write(half || ' ', () => response.destroy());
    this.trickle(response, Buffer.from(answer.body.padEnd(2)));
  }

  /** Byte by byte, so that only a bound on the whole of it helps. */
  private trickle(response: ServerResponse, bytes: Buffer): void {
    let sent = 0;
    const timer = setInterval(() => {
      const size = Math.max(1, Math.floor((bytes.length * 20) / slowForMs));
      response.write(bytes.subarray(sent, sent + size));
      sent += size;
      if (sent < bytes.length && !response.destroyed) return;
      clearInterval(timer);
      this.slow.delete(timer);
      response.end();
    }, 20);
    this.slow.add(timer);
    response.once('close', () => {
      clearInterval(timer);
      this.slow.delete(timer);
    });
  }

  private forward({ method, url, headers }: IncomingMessage, body: string): Promise<Answer> {
    const { hostname, port } = this.upstream;
    return new Promise((resolve, reject) => {
      const options = { hostname, port, method, path: url, headers: { ...headers, connection: 'close' } };
      const sent = send(options, (answer) => {
        readText(answer).then((text) => {
          resolve({ status: answer.statusCode ?? 500, headers: kept(answer.headers), body: text });
        }, reject);
      });
      sent.once('error', reject);
      sent.end(body);
    });
  }
}

/** Those that describe this very connection are left out. */
function kept(headers: IncomingMessage['headers']): Record<string, string> {
  const own = ['content-length', 'transfer-encoding', 'connection', 'keep-alive'];
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      own.includes(name) || value === undefined ? [] : [[name, String(value)] as const],
    ),
  );
}

function deliver(response: ServerResponse, { status, headers, body }: Answer): void {
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length });
  response.end(status === 204 ? undefined : body);
}
