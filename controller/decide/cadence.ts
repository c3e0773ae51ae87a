// When to look at a group again. Pure: the result is a duration, the caller waits.

import type { Decision, Reason } from './decision.ts';
import type { Policy } from './policy.ts';
import { capacityOf, type Observation } from './snapshot.ts';

const pressingReasons: ReadonlySet<Reason> = new Set(['above-threshold', 'backlog', 'below-min']);

/** Over its threshold or below min, or something is under way: starting, draining, lost, or just ordered. */
export function isUnderPressure(decision: Decision, observation: Observation): boolean {
  if (!observation.ok) return false;
  const { members } = observation.snapshot;
  const { starting, draining } = capacityOf(members);
  const pressing = pressingReasons.has(decision.reason);
  return (
    pressing || decision.actions.length > 0 || starting + draining > 0 || members.some(({ lost }) => lost)
  );
}

/** How the last looks ended. */
export interface Outcome {
  readonly decision: Decision;
  readonly observation: Observation;
  /** Looks in a row that failed, or whose actions did. */
  readonly failuresInRow: number;
}

/**
 * Milliseconds until the next look: soon under pressure, otherwise the calm interval. After a failure soon too,
 * and less often with each further one in a row, up to the calm interval.
 */
export function nextLookIn(policy: Policy, { decision, observation, failuresInRow }: Outcome): number {
  const { fastPollingIntervalMs, pollingIntervalMs } = policy;
  if (failuresInRow > 0) return Math.min(fastPollingIntervalMs * 2 ** (failuresInRow - 1), pollingIntervalMs);
  return isUnderPressure(decision, observation) ? fastPollingIntervalMs : pollingIntervalMs;
}
