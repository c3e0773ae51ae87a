// From a wish for fewer runners to the idle ones that retire. A runner that is or may be busy is never chosen (P2).

import type { Action, Limit } from './decision.ts';
import type { Memory } from './memory.ts';
import type { Policy } from './policy.ts';
import type { Member, Snapshot } from './snapshot.ts';
import { count } from './words.ts';

/** Since when a runner has done nothing, as far as is known: what was not seen counts from the first look. */
function restingSince({ id, createdAt }: Member, memory: Memory): number {
  return Math.max(createdAt, memory.lastBusyAt[id] ?? memory.firstLookAt);
}

function coolEnough(policy: Policy, memory: Memory, now: number): (member: Member) => boolean {
  return (member) => now - restingSince(member, memory) >= policy.coolDownMs;
}

export interface Shrinkage {
  readonly retired: number;
  readonly actions: readonly Action[];
  readonly limits: readonly Limit[];
}

export interface Surplus {
  /** Runners that are too many. */
  readonly surplus: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Retires up to `surplus` idle runners, oldest first, each past its cool-down. */
export function shrink(
  policy: Policy,
  snapshot: Snapshot,
  memory: Memory,
  { surplus, now }: Surplus,
): Shrinkage {
  const idle = snapshot.members
    .filter(({ state }) => state === 'idle')
    .sort((a, b) => a.createdAt - b.createdAt);
  const ready = idle.filter(coolEnough(policy, memory, now));
  const limits: Limit[] = [];
  const free = Math.min(surplus, idle.length);
  if (free < surplus) {
    limits.push({ limit: 'busy', from: surplus, to: free, because: `only ${count(idle.length)} idle` });
  }
  const retired = Math.min(free, ready.length);
  if (retired < free) {
    const because = `${ready.length} of ${idle.length} idle past the cool-down of ${policy.coolDownMs / 1000} s`;
    limits.push({ limit: 'cool-down', from: free, to: retired, because });
  }
  const actions = ready.slice(0, retired).map(({ id }): Action => ({ kind: 'retire', runnerId: id }));
  return { retired, actions, limits };
}
