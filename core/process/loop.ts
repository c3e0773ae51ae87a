// Does something again and again until it is told to stop; each time says when the next one is due. No more than one at a time.

import type { Clock } from './clock.ts';

export interface LoopOptions {
  readonly clock: Clock;
  /** Milliseconds from its beginning to the next one's. It must not throw. */
  readonly step: () => Promise<number>;
}

export interface Loop {
  /** No further step begins; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/**
 * When the next step is due: at a whole multiple of its interval, so that loops with equal intervals meet and can share
 * one answer, but never sooner than half an interval after the last one began.
 */
export function nextDue(began: number, intervalMs: number): number {
  const due = Math.floor((began + intervalMs) / intervalMs) * intervalMs;
  return due - began < intervalMs / 2 ? due + intervalMs : due;
}

async function run({ clock, step }: LoopOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const began = clock.now();
    const intervalMs = Math.max(1, await step());
    await clock.sleep(nextDue(began, intervalMs) - clock.now(), signal);
  }
}

/** Begins at once. */
export function startLoop(options: LoopOptions): Loop {
  const abort = new AbortController();
  const ended = run(options, abort.signal);
  return {
    stop(): Promise<void> {
      abort.abort();
      return ended;
    },
  };
}
