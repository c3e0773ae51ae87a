// The verdict on one instance in service: stale, and why; or nothing. A function of values; it removes nothing.

import type { Terms } from '../terms.ts';
import { isOver, sentence, sinceOf, type Ailment, type Verdict } from '../verdict.ts';
import type { Presence } from './presence.ts';

/** An instance in service, with what is known of its runner. */
export interface JudgedInstance {
  readonly id: string;
  /** When it was first seen in service, in milliseconds since the epoch; AWS does not tell it. */
  readonly since: number;
  readonly presence: Presence;
  /** Why it is left alone, such as `protected from scale-in`; undefined if nobody asked for that. */
  readonly keptBecause: string | undefined;
}

/** The tasks of the class. */
export interface Tasks {
  readonly running: number;
  /** Instances of the group whose runners could be running them. */
  readonly registered: number;
}

/** How often a runner reports is not documented; this is far above any interval seen. */
const longestReportMs = 3_600_000;

/** How long a runner may be silent without having lost contact; milliseconds. */
export function lostAfterMs({ offlineGraceMs }: Terms): number {
  return Math.max(offlineGraceMs, longestReportMs);
}

/** What its silence means if it lasts, whether or not a task may run on it; undefined where nothing is known. */
export function silenceOf({ since, presence }: JudgedInstance, terms: Terms): Ailment | undefined {
  switch (presence.kind) {
    case 'absent':
      return {
        reason: 'never-registered',
        what: 'in service, and never registered with CircleCI, for',
        sinceMs: since,
        graceMs: terms.startTimeoutMs + terms.orphanGraceMs,
      };
    case 'registered':
      return {
        reason: 'lost-contact',
        what: 'no task of its class runs, and its runner has not been heard of for',
        sinceMs: presence.contactAt,
        graceMs: lostAfterMs(terms),
      };
    case 'elsewhere':
    case 'unknown':
      return undefined;
  }
}

/**
 * CircleCI says how many tasks run and not where. One that lost contact may run any of them. One that never registered can
 * run none, unless more run than the others can have (promise P2).
 */
function mayRunTask({ presence }: JudgedInstance, { running, registered }: Tasks): boolean {
  return presence.kind === 'absent' ? running > registered : running > 0;
}

/** @param now milliseconds since the epoch */
export function judgeInstance(
  instance: JudgedInstance,
  tasks: Tasks,
  terms: Terms,
  now: number,
): Verdict | undefined {
  const silence = silenceOf(instance, terms);
  if (silence === undefined || !isOver(silence, now) || mayRunTask(instance, tasks)) return undefined;
  const { id, keptBecause } = instance;
  const because = sentence(silence, now);
  const since = sinceOf(silence);
  if (keptBecause === undefined) return { id, reason: silence.reason, because, since };
  return { id, reason: 'runner-exempt', because: `${keptBecause}; otherwise: ${because}`, since };
}
