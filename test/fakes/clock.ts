// Clocks for tests: time passes when the test says so, or at once. They never wait for the machine's.

import type { Clock } from '../../core/process/clock.ts';

export interface ManualClock extends Clock {
  /** Moves time on; sleepers wake in the order of their times, each at its own. */
  advance(ms: number): Promise<void>;
  /** How many sleep now. */
  sleeping(): number;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that stands still until `advance` is called. */
export function manualClock(startAt = 0): ManualClock {
  let time = startAt;
  const sleepers = new Set<Sleeper>();
  const nextDue = (until: number): Sleeper | undefined =>
    [...sleepers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  return {
    now: () => time,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const wake = (): void => {
          sleepers.delete(sleeper);
          resolve();
        };
        const sleeper = { at: time + Math.max(ms, 0), wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
      }),
    async advance(ms) {
      const until = time + ms;
      await settle();
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        time = Math.max(time, due.at);
        due.wake();
        await settle();
      }
      time = until;
    },
    sleeping: () => sleepers.size,
  };
}

export interface AutoAdvanceClock extends Clock {
  /** Moves time on without a sleep. */
  pass(ms: number): void;
  /** Every sleep so far, in milliseconds. */
  readonly sleeps: readonly number[];
}

/** A clock whose sleeps end at once, having moved time on by their length. */
export function autoAdvanceClock(startAt = 0): AutoAdvanceClock {
  let time = startAt;
  const sleeps: number[] = [];
  return {
    now: () => time,
    sleep: (ms, signal) => {
      if (signal?.aborted !== true) {
        sleeps.push(ms);
        time += Math.max(ms, 0);
      }
      return Promise.resolve();
    },
    pass: (ms) => {
      time += ms;
    },
    sleeps,
  };
}

/** Lets everything that only waits for promises run. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
