// From a wish for more runners to what may be ordered: draining runners first, then each limit in its visible order.

import type { Action, Limit } from './decision.ts';
import type { Memory } from './memory.ts';
import type { Policy } from './policy.ts';
import type { Member, Snapshot } from './snapshot.ts';
import { count } from './wish.ts';

interface Room {
  readonly limit: Limit['limit'];
  /** Runners that may still be ordered. */
  readonly room: number;
  readonly because: string;
}

/** The limits on ordering, in the order in which they are applied. */
function rooms(policy: Policy, { members, vendorRoom, apiRoom }: Snapshot): readonly Room[] {
  const { max } = policy.rule;
  const all: Room[] = [
    {
      limit: 'max',
      room: max - members.length,
      because: `${count(members.length)} of max ${max} exist already`,
    },
  ];
  if (vendorRoom !== undefined) {
    const because = `the CI service takes ${vendorRoom} more`;
    all.push({ limit: 'vendor-limit', room: vendorRoom, because });
  }
  if (apiRoom !== undefined) {
    const because = `the API budget of this hour leaves ${apiRoom} calls`;
    all.push({ limit: 'api-budget', room: apiRoom, because });
  }
  return all;
}

function applyRooms(wished: number, all: readonly Room[]): { ordered: number; limits: readonly Limit[] } {
  let ordered = wished;
  const limits: Limit[] = [];
  for (const { limit, room, because } of all) {
    const to = Math.max(0, Math.min(ordered, room));
    if (to < ordered) limits.push({ limit, from: ordered, to, because });
    ordered = to;
  }
  return { ordered, limits };
}

/** Idle ones first: they can work at once. Then the newest, which have the longest life before them. */
function takeBackOrder(left: Member, right: Member): number {
  if (left.busyness !== right.busyness) return left.busyness === 'idle' ? -1 : 1;
  return right.createdAt - left.createdAt;
}

export interface Growth {
  readonly added: number;
  readonly actions: readonly Action[];
  readonly limits: readonly Limit[];
}

/** `missing` more enabled runners, as far as the limits allow. Taking back needs no room: those are registered already. */
export function grow(policy: Policy, snapshot: Snapshot, memory: Memory, missing: number): Growth {
  const { takeBackFailedAt } = memory;
  const draining = snapshot.members
    .filter(({ id, canTakeBack }) => canTakeBack && takeBackFailedAt[id] === undefined)
    .sort(takeBackOrder);
  const back = draining.slice(0, missing);
  const { ordered, limits } = applyRooms(missing - back.length, rooms(policy, snapshot));
  const takeBacks = back.map(({ id }): Action => ({ kind: 'take-back', runnerId: id }));
  const orders: readonly Action[] = ordered > 0 ? [{ kind: 'order', count: ordered }] : [];
  return { added: back.length + ordered, actions: [...takeBacks, ...orders], limits };
}
