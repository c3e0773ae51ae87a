// A program that can die, be frozen, and have its clock set, on virtual time. It does not know what the program does.

import type { Clock } from '../../core/process/clock.ts';
import type { Time } from './time.ts';

/** Told whenever something that a program waited for has come, so that it is let run before time goes on. */
export type Woken = () => void;

export class Process {
  readonly name: string;
  alive = true;
  readonly startedAt: number;
  private readonly world: Time;
  private readonly woken: Woken;
  private readonly died: () => void;
  private frozenUntil = 0;
  private awaitsLeft = Infinity;
  private freezing: { awaitsLeft: number; readonly ms: number } | undefined;

  constructor(name: string, world: Time, hooks: { woken: Woken; died: () => void }) {
    this.name = name;
    this.world = world;
    this.startedAt = world.now;
    this.woken = hooks.woken;
    this.died = hooks.died;
  }

  /** Never set: what deadlines are measured by. */
  get steady(): Clock {
    return { now: () => this.world.now, sleep: (ms, signal) => this.sleep(ms, signal) };
  }

  die(): void {
    if (!this.alive) return;
    this.alive = false;
    this.died();
  }

  /** The process dies when it has awaited so many times more. */
  dieAfter(awaits: number): void {
    this.awaitsLeft = awaits;
  }

  freeze(ms: number): void {
    this.frozenUntil = Math.max(this.frozenUntil, this.world.now + ms);
  }

  /** It freezes when it has awaited so many times more, so that it wakes in the middle of something. */
  freezeAfter(awaits: number, ms: number): void {
    this.freezing = { awaitsLeft: awaits, ms };
  }

  /** Goes on with something that was awaited: now, when it thaws, or never if it is dead. */
  resume(go: () => void): void {
    if (!this.alive || this.isItsLast()) return;
    if (this.freezing !== undefined && --this.freezing.awaitsLeft <= 0) {
      this.freeze(this.freezing.ms);
      this.freezing = undefined;
    }
    if (this.world.now < this.frozenUntil) {
      this.world.timeline.plan(this.frozenUntil, () => this.resume(go));
      return;
    }
    this.woken();
    go();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const end = (): void => {
        signal?.removeEventListener('abort', end);
        resolve();
      };
      this.world.later(Math.max(0, ms), () => this.resume(end));
      signal?.addEventListener('abort', end, { once: true });
    });
  }

  private isItsLast(): boolean {
    this.awaitsLeft -= 1;
    if (this.awaitsLeft > 0) return false;
    this.die();
    return true;
  }
}
