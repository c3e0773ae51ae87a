// One pass over one group: who is stale, whether the brake holds, and what may be removed now. A function of values.

import type { Runner } from '../../core/runner.ts';
import { brakeOf, isSilent } from './brake.ts';
import type { Findings } from './findings.ts';
import { judge } from './judge.ts';
import { due, markOf, remark, type Marks } from './marks.ts';
import { sinceFirstSeen } from './since.ts';
import type { Subject } from './subject.ts';
import type { Terms } from './terms.ts';

/** What one pass leaves for the next. */
export interface Memory {
  /** When it was; milliseconds since the epoch. */
  readonly at: number;
  readonly stale: Marks;
  readonly silent: Marks;
  /** As they were seen, since when they have been so. */
  readonly runners: ReadonlyMap<string, Runner>;
}

export const emptyMemory: Memory = { at: 0, stale: new Map(), silent: new Map(), runners: new Map() };

/** In a longer time between two passes a runner may have been at work, and look the same again. */
const longestUnwatchedMs = 3_600_000;

export interface Pass extends Findings {
  /** As they were judged: with the time since when each runner has been as it is. */
  readonly subjects: readonly Subject[];
  readonly memory: Memory;
}

function lasting(subject: Subject, { at, runners }: Memory, now: number): Subject {
  const { id, runner } = subject;
  if (runner === undefined || now - at > longestUnwatchedMs) return subject;
  return { ...subject, runner: sinceFirstSeen(runners.get(id), runner) };
}

/**
 * The same arguments always give the same pass.
 * @param now milliseconds since the epoch
 */
export function pass(seen: readonly Subject[], terms: Terms, before: Memory, now: number): Pass {
  const subjects = seen.map((subject) => lasting(subject, before, now));
  const found = subjects.flatMap((subject) => {
    const verdict = judge(subject, terms, now);
    return verdict === undefined ? [] : [{ verdict, mark: markOf(subject) }];
  });
  const silentIds = subjects.filter(isSilent).map(({ id }) => id);
  const silent = remark(before.silent, silentIds, now);
  const brake = brakeOf(subjects, silent, terms, now);
  const marks = found.map(({ mark }) => mark);
  const runners = new Map(
    subjects.flatMap(({ id, runner }) => (runner === undefined ? [] : [[id, runner] as const])),
  );
  return {
    stale: found.map(({ verdict }) => verdict),
    due: brake === undefined ? due(before.stale, found, now) : [],
    brake,
    subjects,
    memory: { at: now, stale: remark(before.stale, marks, now), silent, runners },
  };
}
