// What became of each runner after it came online: whether it worked, ended before it ever did, or takes no task while tasks
// wait. Pure. The breaker counts those that failed; see docs/scaling.md, "When starting fails".

import type { Runner } from '../../core/runner.ts';
import { clockSkewMs, isAgentOf, isOfNone, startOf, type EndedStart } from './ended.ts';
import { idlersOf, waitingAfter } from './idlers.ts';
import type { Life, Lives, Look, Tasks, UselessStart } from './life.ts';
import { isOnline, type Demand, type Member, type Snapshot } from './snapshot.ts';

function tasksOf(demand: Demand): Tasks | undefined {
  return demand.kind === 'backlog' ? demand : undefined;
}

function areUnused(tasks: Tasks | undefined): boolean {
  return tasks !== undefined && tasks.unclaimed > 0 && tasks.running === 0;
}

/** Some runner of the class has taken a task since the last look. It may not have been one of ours; that is taken for granted. */
function isProgress(before: Tasks | undefined, now: Tasks | undefined): boolean {
  if (before === undefined || now === undefined) return false;
  return now.unclaimed < before.unclaimed || now.running > before.running;
}

function unborn(madeAt: number, { before }: Look): Life {
  const nothing = { onlineSince: undefined, onlineMs: 0, cameUp: false, worked: false };
  const unused = before === undefined || areUnused(before.tasks);
  return { madeAt, ...nothing, retired: false, unused, ended: false };
}

function lifeBefore(start: string, madeAt: number, look: Look): Life {
  return look.before?.byStart[start] ?? unborn(madeAt, look);
}

/** How long it was online since the last look. What a process finds online at its first look has been so for as long as it may. */
function onlineSinceLook({ createdAt }: Member, past: Life, { at, before }: Look): number {
  if (before === undefined) return at - createdAt;
  return past.onlineSince === undefined ? 0 : at - before.lookedAt;
}

function lifeOf(member: Member, look: Look): Life {
  const { at, tasks, progress } = look;
  const past = lifeBefore(startOf(member), member.createdAt, look);
  const online = isOnline(member);
  const isUp = online || past.onlineSince !== undefined;
  const seen = {
    worked: past.worked || member.busyness === 'busy' || (isUp && progress),
    retired: past.retired || member.state === 'draining',
    unused: past.unused && areUnused(tasks),
  };
  if (!online) return { ...past, ...seen, onlineSince: undefined };
  const onlineMs = past.onlineMs + onlineSinceLook(member, past, look);
  return { ...past, ...seen, onlineMs, onlineSince: past.onlineSince ?? at, cameUp: true };
}

/**
 * Of one that ended before it was first seen: undefined where it may have been at any time. Of a runner that nobody watched, the
 * CI service may tell how long it lasted.
 */
function unseenLife({ createdAt, lastedMs }: EndedStart, look: Look): Life | undefined {
  const isNew = look.before !== undefined && createdAt >= look.before.lookedAt;
  if (!isNew && lastedMs === undefined) return undefined;
  return { ...unborn(createdAt, look), onlineMs: lastedMs ?? 0, cameUp: true };
}

/** Its last look: from then on nothing of it changes, however long its Job is kept. */
function endedLife(end: EndedStart, seen: Life | undefined, look: Look): Life | undefined {
  const past = look.before?.byStart[end.start] ?? unseenLife(end, look);
  if (past === undefined || past.ended) return past;
  const worked = past.worked || seen?.worked === true || look.progress;
  const unused = past.unused && areUnused(look.tasks);
  return { ...past, worked, unused, onlineSince: undefined, ended: true };
}

/**
 * Ended by itself within the start timeout without ever having worked. One that ends well may have waited for its idle time-out,
 * or have done a task between two looks: it has failed only if tasks waited all the while, none ran, and CircleCI never saw it.
 * An agent that connected since and whose name is no member's may have been its agent, as agents need not be named after their Jobs.
 */
function isEarlyEnd(
  end: EndedStart,
  life: Life,
  { agents, members }: Snapshot,
  { startTimeoutMs, tasks }: Look,
): boolean {
  if (life.worked || life.retired || life.onlineMs >= startTimeoutMs) return false;
  if (tasks === undefined || end.how === 'failed') return life.cameUp;
  const isExcuse = (agent: Runner): boolean =>
    isAgentOf(agent, end) || (agent.createdAt >= end.createdAt - clockSkewMs && isOfNone(agent, members));
  return life.unused && agents !== undefined && !agents.some(isExcuse);
}

function earlyEnds(snapshot: Snapshot, lives: Lives['byStart'], look: Look): readonly UselessStart[] {
  const members = new Map(snapshot.members.map((member) => [startOf(member), member]));
  return (snapshot.ended ?? []).flatMap((end): UselessStart[] => {
    const { start, createdAt, how } = end;
    const [member, life] = [members.get(start), lives[start]];
    // A start that the members call failed is counted as one that never came online.
    if (member?.neverOnline === true || life?.ended !== true || !isEarlyEnd(end, life, snapshot, look))
      return [];
    const word = member?.hindrance?.word ?? (how === 'failed' ? 'Failed' : 'Completed');
    return [{ start, madeAt: createdAt, why: { link: 'ended-early', word } }];
  });
}

/**
 * Given up and cleaned away between two looks, while tasks waited and none ran. After a gap as long as the start timeout, such as
 * an outage of CircleCI, a runner may also have worked and ended in between, so nothing counts.
 */
function missedStarts(
  lives: Lives['byStart'],
  { at, before, tasks, startTimeoutMs }: Look,
): readonly UselessStart[] {
  if (before === undefined || at - before.lookedAt >= startTimeoutMs || !areUnused(tasks)) return [];
  return Object.entries(before.byStart).flatMap(([start, life]): UselessStart[] => {
    const { madeAt, cameUp, retired, unused, ended } = life;
    const isOver = lives[start] === undefined && !ended && at - madeAt >= startTimeoutMs;
    if (!isOver || cameUp || retired || !unused) return [];
    return [{ start, madeAt, why: { link: 'unknown', word: '' } }];
  });
}

function livesAfter({ members, ended = [] }: Snapshot, look: Look): Lives['byStart'] {
  const seen = new Map(members.map((member) => [startOf(member), lifeOf(member, look)]));
  for (const end of ended) {
    const life = endedLife(end, seen.get(end.start), look);
    if (life !== undefined) seen.set(end.start, life);
  }
  return Object.fromEntries(seen);
}

/** @param startTimeoutMs `runner_start_timeout` */
export function rememberLives(before: Lives | undefined, snapshot: Snapshot, startTimeoutMs: number): Lives {
  const at = snapshot.observedAt;
  const tasks = tasksOf(snapshot.demand);
  const look: Look = { at, before, tasks, startTimeoutMs, progress: isProgress(before?.tasks, tasks) };
  const byStart = livesAfter(snapshot, look);
  const waiting = waitingAfter(Object.values(byStart), look);
  const lasts = ({ onlineSince, onlineMs }: Life): boolean =>
    waiting === undefined && onlineSince !== undefined && onlineMs >= startTimeoutMs;
  const proven = Object.values(byStart).filter((life) => life.worked || lasts(life));
  return {
    ...{ lookedAt: at, tasks, byStart, waiting },
    newestMade: Math.max(before?.newestMade ?? 0, ...Object.values(byStart).map(({ madeAt }) => madeAt)),
    newestProven: Math.max(before?.newestProven ?? 0, ...proven.map(({ madeAt }) => madeAt)),
    useless: [...earlyEnds(snapshot, byStart, look), ...missedStarts(byStart, look)],
    idlers: idlersOf(snapshot, byStart, waiting, look),
  };
}
