// Counts the calls of the last hour against what one credential may spend. It sends and refuses nothing itself.

import type { Clock } from '../../process/clock.ts';

const hourMs = 3_600_000;

/** Kept for disabling and deleting, so that capacity can be taken back when the budget is used up. */
const reservedShare = 0.05;

export interface Budget {
  /** Counts one call and returns 0, or counts nothing and returns the milliseconds until there is room for it. */
  take(essential: boolean): number;
  /** Calls that may be made now without touching the reserve. */
  left(): number;
}

/** @param callsPerHour Infinity for a service that names no number; then nothing is counted */
export function createBudget(callsPerHour: number, clock: Clock): Budget {
  if (callsPerHour === Infinity) return { take: () => 0, left: () => Infinity };
  const usual = Math.max(1, callsPerHour - Math.ceil(callsPerHour * reservedShare));
  let sent: number[] = [];
  const used = (): number => {
    const since = clock.now() - hourMs;
    sent = sent.filter((at) => at > since);
    return sent.length;
  };
  return {
    take(essential) {
      const room = (essential ? callsPerHour : usual) - used();
      if (room > 0) {
        sent.push(clock.now());
        return 0;
      }
      const freeing = sent[-room];
      return freeing === undefined ? hourMs : freeing + hourMs - clock.now();
    },
    left: () => Math.max(0, usual - used()),
  };
}
