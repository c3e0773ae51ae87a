// One group in a plan of the cleaner. Plain data.

import type { Verdict } from './stale/verdict.ts';

export interface PlannedCleaning {
  readonly group: string;
  /** Undefined if the group could not be looked at. */
  readonly stale: readonly Verdict[] | undefined;
  /** Why nothing of it would be removed; undefined if nothing keeps the sweep. */
  readonly hold: string | undefined;
}
