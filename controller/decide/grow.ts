// From a wish for more runners to what may be ordered: draining runners first, then each limit in its visible order.

import { allowedBy, breakerOf } from './breaker.ts';
import type { Action, Limit } from './decision.ts';
import type { Memory } from './memory.ts';
import type { Policy } from './policy.ts';
import type { Member, Snapshot } from './snapshot.ts';
import { startTroubleOf } from './starts.ts';
import { count, timeOf } from './words.ts';

interface Room {
  readonly limit: Limit['limit'];
  /** Runners that may still be ordered. */
  readonly room: number;
  readonly because: string;
}

function vendorRooms({ vendorRoom, targetRoom }: Snapshot): readonly Room[] {
  const all: Room[] = [];
  if (vendorRoom !== undefined) {
    const because = `the CI service takes ${vendorRoom} more`;
    all.push({ limit: 'vendor-limit', room: vendorRoom, because });
  }
  if (targetRoom !== undefined) {
    all.push({ limit: 'target-limit', room: targetRoom.machines, because: targetRoom.because });
  }
  return all;
}

function breakerRooms({ members }: Snapshot, { starts }: Memory, now: number): readonly Room[] {
  const breaker = breakerOf(starts);
  const trouble = startTroubleOf(starts, members);
  if (!breaker.open || trouble === undefined) return [];
  const probe = new Date(breaker.probeDueAt).toISOString();
  const because = `${trouble.because}; one is tried at ${probe}`;
  return [{ limit: 'start-failures', room: allowedBy(breaker, now), because }];
}

function budgetRooms({ apiBudget }: Snapshot): readonly Room[] {
  if (apiBudget === undefined) return [];
  const { room, backAt } = apiBudget;
  const back = backAt === undefined ? '' : `; calls come back from ${timeOf(backAt)} on`;
  return [{ limit: 'api-budget', room, because: `the API budget of this hour leaves ${room} calls${back}` }];
}

/** The limits on ordering, in the order in which they are applied. */
function rooms(policy: Policy, snapshot: Snapshot, memory: Memory, now: number): readonly Room[] {
  const { max } = policy.rule;
  const exist = snapshot.members.length;
  const most: Room = {
    limit: 'max',
    room: max - exist,
    because: `${count(exist)} of max ${max} exist already`,
  };
  return [most, ...vendorRooms(snapshot), ...breakerRooms(snapshot, memory, now), ...budgetRooms(snapshot)];
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
  const [leftIdle, rightIdle] = [left.busyness === 'idle', right.busyness === 'idle'];
  if (leftIdle !== rightIdle) return leftIdle ? -1 : 1;
  return right.createdAt - left.createdAt;
}

export interface Growth {
  readonly added: number;
  readonly actions: readonly Action[];
  readonly limits: readonly Limit[];
}

export interface Missing {
  /** Enabled runners that are too few. */
  readonly missing: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** `missing` more enabled runners, as far as the limits allow. Taking back needs no room: those are registered already. */
export function grow(policy: Policy, snapshot: Snapshot, memory: Memory, { missing, now }: Missing): Growth {
  const { takeBackFailedAt, brokenSince } = memory;
  const works = (id: string): boolean => takeBackFailedAt[id] === undefined && brokenSince[id] === undefined;
  const draining = snapshot.members
    .filter(({ id, canTakeBack }) => canTakeBack && works(id))
    .sort(takeBackOrder);
  const back = draining.slice(0, missing);
  const { ordered, limits } = applyRooms(missing - back.length, rooms(policy, snapshot, memory, now));
  const takeBacks = back.map(({ id }): Action => ({ kind: 'take-back', runnerId: id }));
  const orders: readonly Action[] = ordered > 0 ? [{ kind: 'order', count: ordered }] : [];
  return { added: back.length + ordered, actions: [...takeBacks, ...orders], limits };
}
