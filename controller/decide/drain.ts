// From a backlog that has fallen to the runners that are drained, where scale-in is on. It takes capacity away, never a
// task: whoever drains ends the task it has (P2).

import type { BacklogPolicy } from '../../core/config/config.ts';
import type { Action, Limit } from './decision.ts';
import type { Memory } from './memory.ts';
import type { Policy } from './policy.ts';
import type { Shrinkage } from './shrink.ts';
import { capacityOf, type Member, type Snapshot } from './snapshot.ts';
import { count } from './words.ts';

/** What is kept, in enabled runners. */
interface Kept {
  readonly kept: number;
  /** Why it is more than was wanted. */
  readonly because: string;
}

/**
 * As many as the most tasks at any look of the last cool-down ask for. CircleCI's two counts are taken one after the other,
 * and a task that is claimed in between shows in neither: one low look must not end the runners of a burst.
 */
function keptFor(policy: Policy, { headroom }: BacklogPolicy, memory: Memory, now: number): Kept {
  const { coolDownMs } = policy;
  const window = `the cool-down of ${coolDownMs / 1000} s`;
  if (now - memory.firstLookAt < coolDownMs) {
    return { kept: Infinity, because: `the group has been looked at for less than ${window}` };
  }
  const recent = memory.taskPeaks.filter(({ at }) => now - at <= coolDownMs);
  const most = Math.max(0, ...recent.map(({ tasks }) => tasks));
  return {
    kept: most + headroom,
    because: `${count(most, 'task')} within ${window}, and headroom ${headroom}`,
  };
}

/** What is starting has no task: the newest first. Of those online nobody knows: the oldest first. */
function order(left: Member, right: Member): number {
  const [leftStarts, rightStarts] = [left.state === 'starting', right.state === 'starting'];
  if (leftStarts !== rightStarts) return leftStarts ? -1 : 1;
  return leftStarts ? right.createdAt - left.createdAt : left.createdAt - right.createdAt;
}

const enabledStates: ReadonlySet<Member['state']> = new Set(['starting', 'idle', 'busy']);

/** Those who drain already are not among them: a second TERM would kill the task. */
function drainable(members: readonly Member[]): readonly Member[] {
  return members.filter((member) => member.drainable === true && enabledStates.has(member.state)).sort(order);
}

/** The first `surplus`, but no more of those online than `spare`: what is starting may never come. */
function choose(ready: readonly Member[], surplus: number, spare: number): readonly Member[] {
  const starting = ready.filter(({ state }) => state === 'starting').slice(0, surplus);
  const online = ready.filter(({ state }) => state !== 'starting');
  return [...starting, ...online.slice(0, Math.max(0, Math.min(surplus - starting.length, spare)))];
}

function bite(limit: Limit['limit'], [from, to]: readonly [number, number], because: string): Limit[] {
  return to < from ? [{ limit, from, to, because }] : [];
}

function drainSome(
  policy: Policy,
  members: readonly Member[],
  { surplus, spare, now }: { readonly surplus: number; readonly spare: number; readonly now: number },
): Shrinkage {
  const able = drainable(members);
  const ready = able.filter(({ createdAt }) => now - createdAt >= policy.coolDownMs);
  const chosen = choose(ready, surplus, spare);
  const free = Math.min(surplus, able.length);
  const coolDown = `${ready.length} of ${able.length} are past the cool-down of ${policy.coolDownMs / 1000} s, and ${spare < surplus ? 'what is starting may never come' : 'no more are'}`;
  return {
    retired: chosen.length,
    actions: chosen.map(({ id }): Action => ({ kind: 'retire', runnerId: id })),
    limits: [
      ...bite(
        'not-drainable',
        [surplus, free],
        `only ${count(able.length)} would get the time to end a task`,
      ),
      ...bite('cool-down', [free, chosen.length], coolDown),
    ],
  };
}

export interface Wanted {
  /** Enabled runners, after min and max. */
  readonly wanted: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const nothing: Shrinkage = { retired: 0, actions: [], limits: [] };

/**
 * Drains what is more than min, headroom and the tasks of the last cool-down ask for, while nothing is unclaimed. Each was
 * made at least a cool-down ago.
 */
export function drain(
  policy: Policy,
  snapshot: Snapshot,
  memory: Memory,
  { wanted, now }: Wanted,
): Shrinkage {
  const { rule } = policy;
  const { demand, members } = snapshot;
  if (rule.strategy !== 'unclaimedTasks' || !rule.scaleIn) return nothing;
  if (demand.kind !== 'backlog' || demand.unclaimed > 0) return nothing;
  const { starting, idle, busy } = capacityOf(members);
  const enabled = starting + idle + busy;
  const needed = Math.max(wanted, demand.running + rule.headroom);
  const recent = keptFor(policy, rule, memory, now);
  const kept = Math.max(needed, Math.min(recent.kept, enabled));
  const held = bite('cool-down', [enabled - needed, enabled - kept], recent.because);
  if (kept >= enabled) return { ...nothing, limits: held };
  const shrinkage = drainSome(policy, members, {
    surplus: enabled - kept,
    spare: idle + busy - kept,
    now,
  });
  return { ...shrinkage, limits: [...held, ...shrinkage.limits] };
}
