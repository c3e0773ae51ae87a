// What one observation can't show: since when something has been so. A value that is passed in and returned; losing it
// (a restart) only makes the controller wait longer, never act sooner.

import { noStarts, rememberStarts, type StartRecord } from './breaker.ts';
import type { Member, Snapshot } from './snapshot.ts';

/** Tasks, unclaimed and running, at one look. */
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
  /** Could not be enabled again; a new runner is ordered instead. */
  readonly takeBackFailedAt: Since;
  readonly starts: StartRecord;
  /** Of a backlog: each look with more tasks than any later one, oldest first. Tells the most since any time. */
  readonly taskPeaks: readonly TaskPeak[];
}

function since(before: Since | undefined, members: readonly Member[], at: number): Since {
  return Object.fromEntries(members.map(({ id }) => [id, before?.[id] ?? at]));
}

function kept(before: Since | undefined, members: readonly Member[]): Since {
  if (before === undefined) return {};
  return Object.fromEntries(
    members.flatMap(({ id }) => {
      const at = before[id];
      return at === undefined ? [] : [[id, at] as const];
    }),
  );
}

function lastBusy(before: Since | undefined, snapshot: Snapshot): Since {
  const known = snapshot.members.flatMap((member) => {
    const seen = member.busyness === 'idle' ? before?.[member.id] : snapshot.observedAt;
    return seen === undefined ? [] : [[member.id, seen] as const];
  });
  return Object.fromEntries(known);
}

function peaks(before: Memory | undefined, { demand, observedAt }: Snapshot): readonly TaskPeak[] {
  if (demand.kind !== 'backlog') return [];
  const tasks = demand.unclaimed + demand.running;
  const higher = before?.taskPeaks.filter((peak) => peak.tasks > tasks) ?? [];
  return [...higher, { at: observedAt, tasks }];
}

/** The memory after enabling these runners failed. */
export function rememberFailedTakeBacks(memory: Memory, runnerIds: readonly string[], at: number): Memory {
  const failed = Object.fromEntries(runnerIds.map((id) => [id, at]));
  return { ...memory, takeBackFailedAt: { ...memory.takeBackFailedAt, ...failed } };
}

/** The memory of a process that has just looked for the first time. */
export function firstMemory(at: number): Memory {
  return {
    firstLookAt: at,
    lastBusyAt: {},
    drainingIdleSince: {},
    lostSince: {},
    hereSince: {},
    takeBackFailedAt: {},
    starts: noStarts,
    taskPeaks: [],
  };
}

/** The memory after one more look. What is no longer observed is forgotten. */
export function remember(before: Memory | undefined, snapshot: Snapshot): Memory {
  const { members, observedAt } = snapshot;
  const draining = members.filter(({ state, busyness }) => state === 'draining' && busyness === 'idle');
  return {
    firstLookAt: before?.firstLookAt ?? observedAt,
    lastBusyAt: lastBusy(before?.lastBusyAt, snapshot),
    drainingIdleSince: since(before?.drainingIdleSince, draining, observedAt),
    lostSince: since(
      before?.lostSince,
      members.filter(({ lost }) => lost),
      observedAt,
    ),
    hereSince: since(
      before?.hereSince,
      members.filter(({ id, isHere }) => isHere || before?.hereSince[id] !== undefined),
      observedAt,
    ),
    takeBackFailedAt: kept(before?.takeBackFailedAt, members),
    starts: rememberStarts(before?.starts ?? noStarts, members, observedAt),
    taskPeaks: peaks(before, snapshot),
  };
}
