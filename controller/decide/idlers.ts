// Runners that are up and take no task while tasks wait. CircleCI tells how many tasks of a class run, not where. Pure.

import type { Hindrance } from '../../core/hindrance.ts';
import { isAgentOf, isOfNone, startOf } from './ended.ts';
import type { Life, Lives, Look, UselessStart, Waiting } from './life.ts';
import type { Member, Snapshot } from './snapshot.ts';

/** Looks in a row that must show waiting tasks beside runners that do nothing; they must span the start timeout, too. */
export const looksToBeIdle = 3;

/**
 * Runners that were up at the last look and are at this one, more than all tasks that run: so many do nothing, at least. While
 * tasks are taken, they may be runners between two tasks.
 */
export function waitingAfter(lives: readonly Life[], look: Look): Waiting | undefined {
  const { at, before, tasks, progress } = look;
  if (tasks === undefined || tasks.unclaimed === 0 || progress) return undefined;
  const up = lives.filter(({ onlineSince }) => onlineSince !== undefined && onlineSince < at).length;
  const idle = up - tasks.running;
  if (idle <= 0) return undefined;
  const { since, looks, idle: fewest } = before?.waiting ?? { since: at, looks: 0, idle };
  return { since, looks: looks + 1, idle: Math.min(fewest, idle) };
}

/** Never seen by CircleCI only if what is connected there are other Jobs' runners: one of an unknown name may be its. */
function whyIdle(member: Member, { members, agents }: Snapshot): Hindrance {
  const isListed = agents?.some((agent) => isAgentOf(agent, member)) ?? true;
  const unknown = agents?.some((agent) => agent.status === 'online' && isOfNone(agent, members)) ?? false;
  return { link: isListed || unknown ? 'never-claims' : 'never-registered', word: '' };
}

/** Nobody tells which of those that are up do nothing: the newest are taken. */
export function idlersOf(
  snapshot: Snapshot,
  lives: Lives['byStart'],
  waiting: Waiting | undefined,
  look: Look,
): readonly UselessStart[] {
  if (waiting === undefined || waiting.looks < looksToBeIdle) return [];
  if (look.at - waiting.since < look.startTimeoutMs) return [];
  const up = snapshot.members.filter(
    (each) => (lives[startOf(each)]?.onlineSince ?? Infinity) <= waiting.since,
  );
  const newest = [...up].sort((left, right) => right.createdAt - left.createdAt);
  return newest.slice(0, waiting.idle).map((each) => {
    const why = whyIdle(each, snapshot);
    return { start: startOf(each), madeAt: each.createdAt, why };
  });
}

/** Runners that take no task are no capacity: they count as unhealthy for as long as tasks wait. */
export function withoutIdlers(members: readonly Member[], lives: Lives): readonly Member[] {
  if (lives.idlers.length === 0) return members;
  const why = new Map(lives.idlers.map(({ start, why: hindrance }) => [start, hindrance]));
  return members.map((member) => {
    const hindrance = why.get(startOf(member));
    return hindrance === undefined ? member : { ...member, state: 'unhealthy', hindrance };
  });
}
