// Limits how often something costly is done. Nothing old is handed out: what is asked for meanwhile waits and shares the next one.

import { setTimeout } from 'node:timers/promises';

export interface Pace {
  /** How many may follow each other without a pause. */
  readonly burst: number;
  /** Then one begins in each of these spans. */
  readonly everyMs: number;
}

export class Allowance {
  private readonly pace: Pace;
  /** When the whole burst is available again: each one that begins moves it by one span. */
  private paidAt = 0;

  constructor(pace: Pace) {
    this.pace = pace;
  }

  /** Milliseconds until one more may begin. */
  waitMs(): number {
    const { burst, everyMs } = this.pace;
    return Math.max(0, this.paidAt - performance.now() - (burst - 1) * everyMs);
  }

  /** One begins, now or after `waitMs`. */
  spend(): void {
    this.paidAt = Math.max(this.paidAt, performance.now()) + this.pace.everyMs;
  }
}

export function paced<T>(make: () => T | Promise<T>, pace: Pace): () => Promise<T> {
  const allowance = new Allowance(pace);
  let next: Promise<T> | undefined;
  const makeInTime = async (): Promise<T> => {
    const waitMs = allowance.waitMs();
    allowance.spend();
    await (waitMs > 0 ? setTimeout(waitMs, undefined, { ref: false }) : undefined);
    // From here on it may be older than a new question.
    next = undefined;
    return make();
  };
  return () => (next ??= makeInTime());
}
