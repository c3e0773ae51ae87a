// Limits the connections of a server. At the limit it accepts a new one and closes the oldest that has sent no whole request.

import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { cut } from './turns.ts';

/** Requests that one connection may send at once. The first is answered; what follows it is not. */
const mostPipelined = 8;

export class Connections {
  private readonly limit: number;
  /** In order of age. */
  private readonly open = new Set<Socket>();
  /** Those that have sent no whole request yet. */
  private readonly silent = new Set<Socket>();
  private readonly requests = new WeakMap<Socket, number>();

  constructor(server: Server, limit: number) {
    this.limit = limit;
    server.on('connection', (socket) => this.opened(socket));
  }

  isSilent(socket: Socket): boolean {
    return this.silent.has(socket);
  }

  /** @returns whether it is the first request of its connection, the one to answer */
  asked(socket: Socket): boolean {
    this.silent.delete(socket);
    const count = (this.requests.get(socket) ?? 0) + 1;
    this.requests.set(socket, count);
    if (count > mostPipelined) cut(socket);
    return count === 1;
  }

  closeAll(): void {
    for (const socket of this.open) socket.destroy();
  }

  /** To refuse new ones instead would let a client that holds the old ones keep the probes out. */
  private opened(socket: Socket): void {
    if (this.open.size >= this.limit) this.makeRoom();
    this.open.add(socket);
    this.silent.add(socket);
    socket.once('close', () => this.forget(socket));
  }

  private makeRoom(): void {
    const [oldest] = this.silent.size > 0 ? this.silent : this.open;
    if (oldest === undefined) return;
    this.forget(oldest);
    cut(oldest);
  }

  private forget(socket: Socket): void {
    this.open.delete(socket);
    this.silent.delete(socket);
  }
}
