// What one observation can't show: since when something has been so. A value that is passed in and returned; losing it
// (a restart) only makes the controller wait longer, never act sooner.

import { forgiveStarts, noStarts, rememberStarts, type StartRecord } from './breaker.ts';
import type { Lives } from './life.ts';
import { rememberLives } from './lives.ts';
import type { Policy } from './policy.ts';
import { capacityOf, type Member, type Snapshot } from './snapshot.ts';

/** Tasks, unclaimed and running, at one look; of a ratio, busy runners. */
export interface TaskPeak {
  readonly at: number;
  readonly tasks: number;
}

type Since = Readonly<Record<string, number>>;

/** All times in milliseconds since the epoch, the observer's clock. Keys are member ids. */
export interface Memory {
  /** The first observation since the process started. */
  readonly firstLookAt: number;
  readonly lastBusyAt: Since;
  readonly drainingIdleSince: Since;
  readonly lostSince: Since;
  /** Made by this process, or seen with a machine here. What is not may be another cluster's. */
  readonly hereSince: Since;
  /** Broken when it was last seen enabled: whoever disabled it, it is not enabled again. */
  readonly brokenSince: Since;
  /** Could not be enabled again; a new runner is ordered instead. */
  readonly takeBackFailedAt: Since;
  readonly starts: StartRecord;
  /** Undefined before the first look. */
  readonly lives: Lives | undefined;
  /** Each look with more tasks than any later one, oldest first. Tells the most since any time. */
  readonly taskPeaks: readonly TaskPeak[];
}

function since(before: Since, members: readonly Member[], at: number): Since {
  return Object.fromEntries(members.map(({ id }) => [id, before[id] ?? at]));
}

function kept(before: Since, members: readonly Member[]): Since {
  return Object.fromEntries(
    members.flatMap(({ id }) => {
      const at = before[id];
      return at === undefined ? [] : [[id, at] as const];
    }),
  );
}

function lastBusy(before: Since, snapshot: Snapshot): Since {
  const known = snapshot.members.flatMap((member) => {
    const seen = member.busyness === 'idle' ? before[member.id] : snapshot.observedAt;
    return seen === undefined ? [] : [[member.id, seen] as const];
  });
  return Object.fromEntries(known);
}

function broken(before: Since, members: readonly Member[]): readonly Member[] {
  const was = (id: string): boolean => before[id] !== undefined;
  return members.filter(({ id, state }) => state === 'unhealthy' || (state === 'draining' && was(id)));
}

function peaks(before: readonly TaskPeak[], { demand, members, observedAt }: Snapshot): readonly TaskPeak[] {
  const tasks = demand.kind === 'backlog' ? demand.unclaimed + demand.running : capacityOf(members).busy;
  return [...before.filter((peak) => peak.tasks > tasks), { at: observedAt, tasks }];
}

/** The memory after enabling these runners failed. */
export function rememberFailedTakeBacks(memory: Memory, runnerIds: readonly string[], at: number): Memory {
  const failed = Object.fromEntries(runnerIds.map((id) => [id, at]));
  return { ...memory, takeBackFailedAt: { ...memory.takeBackFailedAt, ...failed } };
}

/** The memory under an edited policy. An edit of what starts depend on closes an open breaker: it may be the repair. */
export function memoryAfterEdit(memory: Memory, before: Policy, after: Policy): Memory {
  if (before.startsDependOn === after.startsDependOn) return memory;
  return { ...memory, starts: forgiveStarts(memory.starts) };
}

/** The memory of a process that has just looked for the first time. */
export function firstMemory(at: number): Memory {
  return {
    firstLookAt: at,
    lastBusyAt: {},
    drainingIdleSince: {},
    lostSince: {},
    hereSince: {},
    brokenSince: {},
    takeBackFailedAt: {},
    starts: noStarts,
    lives: undefined,
    taskPeaks: [],
  };
}

/**
 * The memory of a controller that has watched this very world since each of its runners was made. `plan` begins with it: one look
 * shows when a runner was made, but not since when it has been idle.
 * @param startTimeoutMs `runner_start_timeout`
 */
export function memoryAsIfWatched(snapshot: Snapshot, startTimeoutMs: number): Memory {
  const madeAt = Object.fromEntries(snapshot.members.map(({ id, createdAt }) => [id, createdAt]));
  return remember(
    { ...firstMemory(0), drainingIdleSince: madeAt, lostSince: madeAt },
    snapshot,
    startTimeoutMs,
  );
}

/**
 * The memory after one more look. What is no longer observed is forgotten.
 * @param startTimeoutMs `runner_start_timeout`
 */
export function remember(before: Memory | undefined, snapshot: Snapshot, startTimeoutMs: number): Memory {
  const { members, observedAt } = snapshot;
  const past = before ?? firstMemory(observedAt);
  const drained = members.filter(({ state, busyness }) => state === 'draining' && busyness === 'idle');
  const lost = members.filter((member) => member.lost);
  const lives = rememberLives(past.lives, snapshot, startTimeoutMs);
  const here = members.filter(({ id, isHere }) => isHere || past.hereSince[id] !== undefined);
  return {
    firstLookAt: past.firstLookAt,
    lastBusyAt: lastBusy(past.lastBusyAt, snapshot),
    drainingIdleSince: since(past.drainingIdleSince, drained, observedAt),
    lostSince: since(past.lostSince, lost, observedAt),
    hereSince: since(past.hereSince, here, observedAt),
    brokenSince: since(past.brokenSince, broken(past.brokenSince, members), observedAt),
    takeBackFailedAt: kept(past.takeBackFailedAt, members),
    starts: rememberStarts(past.starts, members, observedAt, lives),
    lives,
    taskPeaks: peaks(past.taskPeaks, snapshot),
  };
}
