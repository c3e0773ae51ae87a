// Counts the calls of the last hour against what this program may spend. It sends and refuses nothing itself.

import { withoutReserve } from '../../config/budget.ts';
import type { Clock } from '../../process/clock.ts';
import { CallRecord } from './call-record.ts';

/** What is left of the budget. */
export interface BudgetView {
  /** Infinity for a service that names no number; then nothing is counted. */
  readonly callsPerHour: number;
  /** Calls that may be made now, the reserve for disabling and deleting included. */
  left(): number;
  /** Calls that may go into changes now, if so many an hour are kept for looking. Below 0 if more were made. */
  leftForChanges(keptForLooking: number): number;
  /** When so many calls of the last hour count no longer, in milliseconds since the epoch. */
  backAt(calls: number): number;
}

/** What a call is for. */
export interface Purpose {
  /** May use the reserve. */
  readonly essential: boolean;
  /** Changes something, or is the last look before a change. */
  readonly change: boolean;
}

export interface Budget extends BudgetView {
  /** Counts one call and returns 0, or counts nothing and returns the milliseconds until there is room for it. */
  take(purpose: Purpose): number;
}

export const unlimited: Budget = {
  callsPerHour: Infinity,
  take: () => 0,
  left: () => Infinity,
  leftForChanges: () => Infinity,
  backAt: () => 0,
};

/** @param record of the process: it goes on when the budget changes */
export function createBudget(callsPerHour: number, clock: Clock, record = new CallRecord(clock)): Budget {
  if (callsPerHour === Infinity) return unlimited;
  const usual = withoutReserve(callsPerHour);
  const used = (): number => {
    const { looks, changes } = record.spent();
    return looks + changes;
  };
  const backAt = (calls: number): number => record.backAt(calls) ?? clock.now() + 3_600_000;
  return {
    callsPerHour,
    take({ essential, change }) {
      const room = (essential ? callsPerHour : usual) - used();
      if (room < 1) return backAt(1 - room) - clock.now();
      record.add(change ? 'changes' : 'looks');
      return 0;
    },
    left: () => Math.max(0, callsPerHour - used()),
    leftForChanges(keptForLooking) {
      const { looks, changes } = record.spent();
      return usual - Math.max(keptForLooking, looks) - changes;
    },
    backAt,
  };
}
