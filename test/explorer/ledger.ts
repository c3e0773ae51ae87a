// What an episode counts, and the first promise that it broke. It watches nobody itself.

import type { FaultKind } from './plan.ts';
import type { Process } from './process.ts';
import type { Time } from './time.ts';

export type PromiseName = 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6' | 'P7' | 'P10';

export class BrokenPromise extends Error {
  readonly promise: PromiseName;
  constructor(promise: PromiseName, text: string) {
    super(`${promise} broken: ${text}`);
    this.promise = promise;
  }
}

export interface Counts {
  ticks: number;
  sweeps: number;
  /** Runners registered, Jobs made, and instances ordered. */
  registered: number;
  /** Builds and tasks. */
  builds: number;
  /** What the cleaner removed, and what was drained, of CircleCI groups. */
  removed: number;
  /** Tasks that began between the last look at an instance and its end, which nobody can see. */
  unseen: number;
  readonly faults: Partial<Record<FaultKind, number>>;
}

/** In the last half hour of the calm nothing may be changed any more. */
export const restMs = 30 * 60_000;

export class Ledger {
  readonly counts: Counts = {
    ...{ ticks: 0, sweeps: 0, registered: 0, builds: 0, removed: 0, unseen: 0 },
    faults: {},
  };
  broken: BrokenPromise | undefined;
  /** From when on nothing may be changed any more. */
  restFrom = Infinity;
  protected readonly time: Time;

  constructor(time: Time) {
    this.time = time;
  }

  struck(kind: FaultKind): void {
    this.counts.faults[kind] = (this.counts.faults[kind] ?? 0) + 1;
  }

  /** Anything thrown that is no `ServiceError` (P4). */
  broke(process: Process, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.break('P4', `${process.name}: ${text}`);
  }

  break(promise: PromiseName, text: string): void {
    const { now, startedAt } = this.time;
    this.broken ??= new BrokenPromise(promise, `${text} (${now - startedAt} ms after the start)`);
  }
}
