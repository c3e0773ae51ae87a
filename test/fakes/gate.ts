// An HTTP server in front of a double, which lets a call through, answers it otherwise, or keeps it waiting. It knows no service.

import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GateCall {
  readonly method: string;
  readonly path: string;
}

/** `hang`: no answer, ever. A promise: it is let through once that resolves. */
export type Fate =
  | 'pass'
  | 'hang'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | Promise<'pass'>;

export class Gate {
  /** As they came. */
  readonly calls: GateCall[] = [];
  fate: (call: GateCall) => Fate = () => 'pass';
  private readonly target: string;
  private readonly server: Server;

  constructor(target: string) {
    this.target = target;
    this.server = createServer((incoming, answer) => void this.take(incoming, answer));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = incoming;
    this.calls.push({ method, path });
    const fate = await this.fate({ method, path });
    if (fate === 'hang') return;
    if (fate !== 'pass') {
      answer.writeHead(fate.status, fate.headers);
      answer.end('{}');
      return;
    }
    const { headers } = incoming;
    const onward = request(new URL(path, this.target), { method, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 500, given.headers);
      given.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    incoming.pipe(onward);
  }
}
