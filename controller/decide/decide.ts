// The decision for one group: a function of values. It sees no clock, network or environment, and changes nothing.

import { backlogWish } from './backlog.ts';
import { bound, type Bounded } from './bounds.ts';
import type { Action, Decision, Limit, Reason } from './decision.ts';
import { drain } from './drain.ts';
import { grow } from './grow.ts';
import { firstMemory, type Memory } from './memory.ts';
import type { Policy } from './policy.ts';
import { ratioWish } from './ratio.ts';
import { save } from './saving.ts';
import { settle } from './settle.ts';
import { startTroubleOf } from './starts.ts';
import { shrink, type Shrinkage } from './shrink.ts';
import {
  capacityOf,
  type Capacity,
  type Demand,
  type Observation,
  type ObservationFailure,
  type Snapshot,
} from './snapshot.ts';
import type { Wish } from './wish.ts';
import { count } from './words.ts';

function wishOf(policy: Policy, demand: Demand, snapshot: Snapshot, capacity: Capacity): Wish {
  const { rule } = policy;
  if (rule.strategy === 'unclaimedTasks') {
    return demand.kind === 'backlog'
      ? backlogWish(rule, demand, capacity)
      : { wanted: enabledOf(capacity), reason: 'source-unavailable', because: 'the source shows no backlog' };
  }
  const unknown = snapshot.members.filter(
    ({ state, busyness }) => state === 'busy' && busyness === 'unknown',
  ).length;
  return ratioWish(rule, capacity, unknown);
}

function enabledOf({ starting, idle, busy }: Capacity): number {
  return starting + idle + busy;
}

interface Change {
  readonly to: number;
  readonly actions: readonly Action[];
  readonly limits: readonly Limit[];
}

/** Runners above max that may retire. Those that are starting may never come, so what is online alone keeps min. */
function overMaxOf({ rule }: Policy, capacity: Capacity): number {
  const online = capacity.busy + capacity.idle;
  // Bitbucket fails a step that finds nobody online: one stays until another comes.
  const kept = Math.min(rule.max, Math.max(rule.min, 1));
  return Math.min(enabledOf(capacity) - rule.max, online - kept);
}

function shrinkTo(
  policy: Policy,
  snapshot: Snapshot,
  memory: Memory,
  at: { readonly wanted: number; readonly now: number },
): Shrinkage {
  const { rule } = policy;
  if (rule.strategy === 'unclaimedTasks') return drain(policy, snapshot, memory, at);
  const capacity = capacityOf(snapshot.members);
  const unwanted = capacity.busy + capacity.idle - at.wanted;
  const saving = save(rule, snapshot, memory, { surplus: unwanted, now: at.now });
  const surplus = Math.max(overMaxOf(policy, capacity), saving.surplus);
  const limits = surplus < unwanted ? saving.limits.map((limit) => ({ ...limit, to: surplus })) : [];
  if (surplus <= 0) return { retired: 0, actions: [], limits };
  const shrinkage = shrink(policy, snapshot, memory, { surplus, now: at.now });
  return { ...shrinkage, limits: [...limits, ...shrinkage.limits] };
}

function changeFor(
  policy: Policy,
  snapshot: Snapshot,
  memory: Memory,
  at: { now: number; bounded: Bounded },
): Change {
  const enabled = enabledOf(capacityOf(snapshot.members));
  const { wanted, limits } = at.bounded;
  if (wanted > enabled) {
    const growth = grow(policy, snapshot, memory, { missing: wanted - enabled, now: at.now });
    return { to: enabled + growth.added, actions: growth.actions, limits: [...limits, ...growth.limits] };
  }
  const shrinkage = shrinkTo(policy, snapshot, memory, { wanted, now: at.now });
  return {
    to: enabled - shrinkage.retired,
    actions: shrinkage.actions,
    limits: [...limits, ...shrinkage.limits],
  };
}

/** Min and max explain a change that the rule itself did not ask for. */
function explain(wish: Wish, policy: Policy, enabled: number): { reason: Reason; because: string } {
  const { min, max } = policy.rule;
  if (enabled < min && wish.wanted < min) {
    return { reason: 'below-min', because: `${count(enabled)} online or starting, min is ${min}` };
  }
  if (enabled > max && wish.reason !== 'below-threshold') {
    return { reason: 'above-max', because: `${count(enabled)} online or starting, max is ${max}` };
  }
  return wish;
}

function takenBackBy(actions: readonly Action[]): ReadonlySet<string> {
  return new Set(actions.flatMap((action) => (action.kind === 'take-back' ? [action.runnerId] : [])));
}

function decideOn(policy: Policy, snapshot: Snapshot, memory: Memory, now: number): Decision {
  const capacity = capacityOf(snapshot.members);
  const enabled = enabledOf(capacity);
  const wish = wishOf(policy, snapshot.demand, snapshot, capacity);
  const change = changeFor(policy, snapshot, memory, { now, bounded: bound(policy.rule, wish, capacity) });
  const finishing = settle(policy, snapshot, memory, { now, takenBack: takenBackBy(change.actions) });
  const { reason, because } = explain(wish, policy, enabled);
  const starts = startTroubleOf(memory.starts, snapshot.members);
  return {
    at: now,
    group: policy.group,
    from: enabled,
    to: change.to,
    actions: [...finishing, ...change.actions],
    reason,
    because,
    limits: change.limits,
    ...(starts === undefined ? {} : { starts }),
  };
}

/** A failed observation holds everything: unknown is not zero (P3). */
function holdOn(policy: Policy, { reason, message, link }: ObservationFailure, now: number): Decision {
  return {
    at: now,
    group: policy.group,
    from: undefined,
    to: undefined,
    actions: [],
    reason,
    because: message,
    limits: [],
    ...(link === undefined ? {} : { link }),
  };
}

/**
 * What to do for one group now. The same arguments always give the same decision.
 * @param memory what `remember` made of this snapshot and the ones before it
 * @param now milliseconds since the epoch
 */
export function decide(
  policy: Policy,
  observation: Observation,
  memory: Memory | undefined,
  now: number,
): Decision {
  if (!observation.ok) return holdOn(policy, observation.failure, now);
  const { snapshot } = observation;
  return decideOn(policy, snapshot, memory ?? firstMemory(snapshot.observedAt), now);
}
