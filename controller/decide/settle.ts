// What earlier decisions left to be finished: drained runners to delete, registrations whose machine is gone. Pure.

import type { Action } from './decision.ts';
import type { Memory } from './memory.ts';
import type { Policy } from './policy.ts';
import type { Snapshot } from './snapshot.ts';

function isPast(since: number | undefined, waitMs: number, now: number): boolean {
  return since !== undefined && now - since >= waitMs;
}

/** A registration that was never seen with a machine here may be starting in another cluster with the same config. */
function lostGrace({ lostGraceMs, startTimeoutMs }: Policy, { hereSince }: Memory, id: string): number {
  return hereSince[id] === undefined ? Math.max(lostGraceMs, startTimeoutMs) : lostGraceMs;
}

/** Deletions that are due, leaving out the runners that this decision takes back. */
export function settle(
  policy: Policy,
  snapshot: Snapshot,
  memory: Memory,
  { now, takenBack }: { readonly now: number; readonly takenBack: ReadonlySet<string> },
): readonly Action[] {
  const actions: Action[] = [];
  for (const { id, state, busyness, lost } of snapshot.members) {
    if (takenBack.has(id)) continue;
    const drained = state === 'draining' && busyness === 'idle';
    if (drained && isPast(memory.drainingIdleSince[id], policy.drainSettleMs, now)) {
      actions.push({ kind: 'remove', runnerId: id });
    } else if (lost && isPast(memory.lostSince[id], lostGrace(policy, memory, id), now)) {
      actions.push({ kind: 'discard', runnerId: id });
    }
  }
  return actions;
}
