// What was decided for one group: plain data that the log, the metrics, plan, explain, the simulator and the page all show.

import type { HoldLink } from '../../core/hold-link.ts';
import type { StartTrouble } from './starts.ts';

/** One thing to do. Runner ids are the vendor's. */
export type Action =
  /** Register (where the vendor asks for it) and create this many runners. */
  | { readonly kind: 'order'; readonly count: number }
  /** Enable a draining runner again. */
  | { readonly kind: 'take-back'; readonly runnerId: string }
  /** Keep new work away from a runner: disable an idle one, or drain one of a pool by one TERM. */
  | { readonly kind: 'retire'; readonly runnerId: string }
  /** Look afresh at a drained runner, and delete it with its machine if it is still disabled and idle. */
  | { readonly kind: 'remove'; readonly runnerId: string }
  /** Look afresh at a registration whose machine is gone, and delete it if that is still so. */
  | { readonly kind: 'discard'; readonly runnerId: string };

/** The stable word for why; a metric label and what tests assert. */
export type Reason =
  | 'above-threshold'
  | 'below-threshold'
  | 'within-thresholds'
  | 'below-min'
  | 'above-max'
  | 'waiting-for-start'
  | 'backlog'
  | 'no-backlog'
  | 'busyness-unknown'
  | 'source-unavailable'
  | 'target-unavailable';

export type LimitName =
  | 'min'
  | 'max'
  | 'vendor-limit'
  | 'target-limit'
  | 'would-grow-back'
  | 'busy'
  | 'not-drainable'
  | 'cool-down'
  | 'start-failures'
  | 'call-saving'
  | 'api-budget';

/** A limit that bit: what was wished before it, what it left, and why. Counts of runners. */
export interface Limit {
  readonly limit: LimitName;
  readonly from: number;
  readonly to: number;
  readonly because: string;
}

export interface Decision {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly group: string;
  /** Enabled runners (online and starting) before; undefined if the group could not be observed. */
  readonly from: number | undefined;
  /** Enabled runners that the actions lead to; undefined if the group could not be observed. */
  readonly to: number | undefined;
  readonly actions: readonly Action[];
  readonly reason: Reason;
  /** A sentence with the numbers. */
  readonly because: string;
  readonly limits: readonly Limit[];
  /** Starts that failed or are late, and at which link; left out while every start goes well. */
  readonly starts?: StartTrouble | undefined;
  /** Of a hold: what broke between us and who was asked. */
  readonly link?: HoldLink | undefined;
}

/** Whether the decision leaves everything as it is. */
export function isHold(decision: Decision): boolean {
  return decision.actions.length === 0;
}
