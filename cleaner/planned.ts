// One group in a plan of the cleaner. Plain data.

import type { Findings } from './stale/findings.ts';
import type { Reason, Verdict } from './stale/verdict.ts';

export interface PlannedCleaning {
  readonly group: string;
  /** Undefined if the group could not be looked at. */
  readonly stale: readonly Verdict[] | undefined;
  /** What of it would go, if the next sweep and a last look find it so too. */
  readonly remove: readonly Verdict[];
  /** Why nothing of it would be removed; undefined if nothing keeps the sweep. */
  readonly hold: string | undefined;
}

const kept: ReadonlySet<Reason> = new Set<Reason>(['runner-exempt', 'at-min-size']);

export function plannedFrom(
  group: string,
  { stale, brake }: Pick<Findings, 'stale' | 'brake'>,
): PlannedCleaning {
  const remove = brake === undefined ? stale.filter(({ reason }) => !kept.has(reason)) : [];
  return { group, stale, remove, hold: brake?.because };
}

/** @param hold why it can't be looked at */
export function plannedHold(group: string, hold: string | undefined): PlannedCleaning {
  return { group, stale: undefined, remove: [], hold };
}
