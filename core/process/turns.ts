// Lets few large answers be under way at a time. It bounds what slow readers hold, in this process and in the kernel's buffers.

import type { Socket } from 'node:net';
import { Allowance, type Pace } from './paced.ts';

export interface TurnLimits {
  /** Answers under way at a time: each from its first byte until its reader has closed the connection. */
  readonly atOnce: number;
  /** How soon one may follow the other. */
  readonly pace: Pace;
  /** Requests that wait for their turn; the next one is refused. */
  readonly waiting: number;
  /** How long a request waits before it is refused. */
  readonly waitMs: number;
  /** How long a reader may take while others wait. */
  readonly hurriedMs: number;
  /** How long it may take at all. */
  readonly readMs: number;
}

/** `gone`: the reader closed the connection while it waited. */
export type Turn = 'now' | 'refused' | 'gone';

type Settle = (turn: Turn) => void;

export class Turns {
  private readonly limits: TurnLimits;
  private readonly waiting = new Map<Socket, Settle>();
  private readonly underWay = new Set<Socket>();
  /** Those of them that had their time, the longest first. */
  private readonly late = new Set<Socket>();
  private readonly allowance: Allowance;
  private pause: NodeJS.Timeout | undefined;

  constructor(limits: TurnLimits) {
    this.limits = limits;
    this.allowance = new Allowance(limits.pace);
  }

  /** From the turn `now` on, the connection is closed when its reader has read all, or by force. */
  take(socket: Socket): Promise<Turn> {
    const { waiting, limits } = this;
    if (socket.destroyed) return Promise.resolve('gone');
    if (waiting.size >= limits.waiting) return Promise.resolve('refused');
    return new Promise((resolve) => {
      const impatience = setTimeout(() => settle('refused'), limits.waitMs);
      const gone = (): void => settle('gone');
      const settle = (turn: Turn): void => {
        waiting.delete(socket);
        clearTimeout(impatience);
        socket.off('close', gone);
        resolve(turn);
      };
      socket.once('close', gone);
      waiting.set(socket, settle);
      this.proceed();
    });
  }

  private proceed(): void {
    for (const [socket, settle] of this.waiting) {
      if (this.underWay.size >= this.limits.atOnce) return this.hurry();
      const waitMs = this.allowance.waitMs();
      if (waitMs > 0) return this.proceedIn(waitMs);
      this.begin(socket);
      settle('now');
    }
  }

  private proceedIn(waitMs: number): void {
    this.pause ??= setTimeout(() => {
      this.pause = undefined;
      this.proceed();
    }, waitMs);
  }

  /** The place becomes free when the connection is closed. */
  private hurry(): void {
    const [slowest] = this.late;
    if (slowest === undefined) return;
    this.late.delete(slowest);
    cut(slowest);
  }

  private begin(socket: Socket): void {
    const { underWay, late } = this;
    this.allowance.spend();
    underWay.add(socket);
    const timers = [
      setTimeout(() => {
        late.add(socket);
        this.proceed();
      }, this.limits.hurriedMs),
      setTimeout(() => cut(socket), this.limits.readMs),
    ];
    socket.once('close', () => {
      timers.forEach(clearTimeout);
      underWay.delete(socket);
      late.delete(socket);
      this.proceed();
    });
    // Node would close the connection as soon as the kernel has taken the answer, which then holds it for a minute or
    // more if it is not read. Ending our half only, we see when the reader has closed its own.
    socket.destroySoon = () => void socket.end();
  }
}

/** Ends a connection at once: a reset makes the kernel drop what it still holds for the reader. */
export function cut(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy();
}
