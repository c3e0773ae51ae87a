// Remembers that a service asked us to wait, for all callers of one client. It neither waits nor sends.

import type { Clock } from '../../process/clock.ts';

const firstWaitMs = 60_000;
const longestGuessMs = 15 * 60_000;

/** The windows of both vendors are an hour; an answer that asks for more is taken as an hour. */
const longestWaitMs = 3_600_000;

export interface Throttle {
  /** Milliseconds until calls may be sent again; 0 if they may now. */
  closedForMs(): number;
  /** A 429 came, with the wait it asked for or none. Returns the wait that now holds. */
  tooMany(askedMs: number | undefined): number;
  /** Any other answer came. */
  calm(): void;
  /** A good answer said that it was the last one for so many milliseconds. */
  spent(waitMs: number): void;
}

/** Without a wait from the service: a minute, doubled for every further 429 in a row, up to a quarter of an hour. */
export function createThrottle(clock: Clock): Throttle {
  let until = 0;
  let inRow = 0;
  const closedForMs = (): number => Math.max(0, until - clock.now());
  return {
    closedForMs,
    tooMany(askedMs) {
      // Several calls under way at once are refused together; that is one refusal, not a row.
      if (closedForMs() > 0 && askedMs === undefined) return closedForMs();
      const guess = Math.min(firstWaitMs * 2 ** inRow, longestGuessMs);
      const wait = Math.min(askedMs ?? guess, longestWaitMs);
      inRow += 1;
      until = Math.max(until, clock.now() + wait);
      return wait;
    },
    calm() {
      if (closedForMs() === 0) inRow = 0;
    },
    spent(waitMs) {
      until = Math.max(until, clock.now() + Math.min(waitMs, longestWaitMs));
    },
  };
}
