// What one look at a group has found, whatever the CI service: what is stale, what of it may go, what keeps it. Plain data.

import type { Brake } from './brake.ts';
import type { Verdict } from './verdict.ts';

export interface Findings {
  /** Everything that is stale, marked for the first time or again. */
  readonly stale: readonly Verdict[];
  /** What was stale in an earlier pass too; empty while the brake holds. */
  readonly due: readonly Verdict[];
  readonly brake: Brake | undefined;
}
