// Where the stand-in runners sign on: a runner is connected for as long as its connection lives. It decides nothing.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CiService } from '../../simulate/ci-service.ts';

/** A runner whose connection ended is gone from the modelled service; one that is barred can't come back. */
export class RunnerService {
  /** Sign-ons of each runner; more than one means that its process or its connection broke. */
  readonly signOns = new Map<string, number>();
  private readonly barred = new Set<string>();
  private readonly service: CiService;
  private readonly server: Server;

  constructor(service: CiService) {
    this.service = service;
    this.server = createServer((request, response) => this.answer(request, response));
    this.server.requestTimeout = 0;
  }

  listen(host: string): Promise<string> {
    return new Promise((resolve) => {
      this.server.listen(0, host, () => {
        resolve(`http://${host}:${(this.server.address() as AddressInfo).port}`);
      });
    });
  }

  /** As when the machine lost its network for good: the runner's process is restarted but never gets through. */
  bar(id: string): void {
    this.barred.add(id);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const id = /^\/runners\/\{(.+)\}$/.exec(decodeURIComponent(url))?.[1];
    const [clientId, secret] = Buffer.from(headers.authorization?.replace('Basic ', '') ?? '', 'base64')
      .toString()
      .split(':');
    const known = id !== undefined && clientId && secret && !this.barred.has(id);
    if (!known) {
      response.writeHead(403).end();
      return;
    }
    response.writeHead(200).flushHeaders();
    this.signOns.set(id, (this.signOns.get(id) ?? 0) + 1);
    this.service.connect(id);
    response.on('close', () => this.service.stop(id));
  }
}
