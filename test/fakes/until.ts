// Waits in tests for what real I/O on this machine brings about. It never lets time pass on a test's clock.

import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import type { ManualClock } from './clock.ts';

/** Far more than the slowest machine needs for one step: only a hang gets there. */
const hangMs = 120_000;

/** @throws Error when it does not come about at all */
export async function until(what: string, check: () => boolean): Promise<void> {
  const end = performance.now() + hangMs;
  while (!check()) {
    if (performance.now() > end) throw new Error(`it did not come: ${what}`);
    await turn();
  }
}

/** Until that many tasks sleep on the clock, which means that nothing goes on until time passes. */
export async function untilAsleep(clock: ManualClock, tasks: () => number): Promise<void> {
  await turn();
  await until('that every task sleeps', () => clock.sleeping() >= tasks());
}
