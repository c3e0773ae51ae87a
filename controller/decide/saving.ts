// How many idle runners may go while API calls are short: those that the last hour needed would soon be ordered again, which takes
// calls that ordering and looking need more. Pure.

import { callsPerRunner, callsToDelete } from '../../core/config/budget.ts';
import type { RatioPolicy } from '../../core/config/config.ts';
import { growsBackBelow } from './bounds.ts';
import type { Limit } from './decision.ts';
import type { Memory } from './memory.ts';
import { capacityOf, type Snapshot } from './snapshot.ts';

/** Calls come back after an hour; so long a peak is remembered. */
const hourMs = 3_600_000;

export interface Saving {
  /** Runners that may retire. */
  readonly surplus: number;
  readonly limits: readonly Limit[];
}

interface Needed {
  /** Runners that the busiest look of the last hour asks for. */
  readonly runners: number;
  readonly because: string;
}

function neededLately(rule: RatioPolicy, { firstLookAt, taskPeaks }: Memory, now: number): Needed {
  if (now - firstLookAt < hourMs) {
    return { runners: Infinity, because: 'what an hour needs is not known yet' };
  }
  const busy = Math.max(0, ...taskPeaks.filter(({ at }) => now - at <= hourMs).map(({ tasks }) => tasks));
  const runners = Math.min(rule.max, Math.max(rule.min, growsBackBelow(rule, busy)));
  return { runners, because: `the last hour needed ${runners}` };
}

/**
 * All of those that the last hour did not need, and as many of the others as the calls beyond those for orders pay for. It never
 * stops shrinking for ever: a peak counts for an hour, and calls come back.
 */
export function save(
  rule: RatioPolicy,
  { apiBudget, members }: Snapshot,
  memory: Memory,
  { surplus, now }: { readonly surplus: number; readonly now: number },
): Saving {
  if (apiBudget === undefined || surplus <= 0) return { surplus, limits: [] };
  const { busy, idle, draining } = capacityOf(members);
  const needed = neededLately(rule, memory, now);
  const spare = Math.max(0, busy + idle - needed.runners);
  const left = apiBudget.room - apiBudget.keptForOrders - callsToDelete * draining;
  const affordable = Math.max(0, Math.floor(left / callsPerRunner));
  const to = Math.min(surplus, spare + affordable);
  if (to === surplus) return { surplus, limits: [] };
  const because = `${apiBudget.room} API calls of this hour are left, ${apiBudget.keptForOrders} of them are kept for orders; to retire one and order it again takes ${callsPerRunner}, and ${needed.because}`;
  return { surplus: to, limits: [{ limit: 'call-saving', from: surplus, to, because }] };
}
