// The start-failure breaker (P7): when capacity that was ordered never comes online, ordering stops but for a rare probe. Pure.

import { tellsMore, type Hindrance } from '../../core/hindrance.ts';
import type { Member } from './snapshot.ts';

/** What is known of starts; part of a group's memory. Times in milliseconds since the epoch. */
export interface StartRecord {
  /** Runners that were given up before they ever came online: by `startOf` → when they were made. */
  readonly failed: Readonly<Record<string, number>>;
  /** What kept each of them, as it was last seen; one of whom nobody could tell is left out. */
  readonly why: Readonly<Record<string, Hindrance>>;
  /** When the newest runner that did come online was made. */
  readonly newestOnline: number;
  /** When the newest runner of all was made. */
  readonly newestMade: number;
  /** When that one was first seen, by our own clock; the vendor's, which dates runners, may run ahead of it or behind. */
  readonly newestSeenAt: number;
}

export const noStarts: StartRecord = { failed: {}, why: {}, newestOnline: 0, newestMade: 0, newestSeenAt: 0 };

/** Failures in a row, none after a success, that open the breaker. */
export const failuresToOpen = 3;
/** Between two probes while it is open: at most two an hour. */
export const probeEveryMs = 30 * 60_000;
/** So that a group that fails for weeks remembers no more than it needs. */
const remembered = 50;

/** One start. The name of a Job that was cleaned away goes to the next one, which is another start. */
function startOf({ id, uid }: Member): string {
  return uid ?? id;
}

function newest(members: readonly Member[], before: number): number {
  return Math.max(before, ...members.map(({ createdAt }) => createdAt));
}

function isOnline({ state }: Member): boolean {
  return state === 'idle' || state === 'busy';
}

/** A runner that is cleaned away keeps the word that it had. */
function whyOf(
  before: StartRecord['why'],
  ids: readonly string[],
  members: readonly Member[],
): StartRecord['why'] {
  const seen = new Map(members.map((member) => [startOf(member), member.hindrance]));
  const why = ids.flatMap((id) => {
    const [was, is] = [before[id], seen.get(id)];
    const kept = is !== undefined && (was === undefined || tellsMore(is)) ? is : was;
    return kept === undefined ? [] : [[id, kept] as const];
  });
  return Object.fromEntries(why);
}

/**
 * The record after one more look. A runner that came online clears every failure that was made before it.
 * @param now when it was looked, in milliseconds since the epoch
 */
export function rememberStarts(before: StartRecord, members: readonly Member[], now: number): StartRecord {
  const newestOnline = newest(members.filter(isOnline), before.newestOnline);
  const failing = members
    .filter(({ neverOnline }) => neverOnline)
    .map((member) => [startOf(member), member.createdAt] as const);
  const failed = [...Object.entries(before.failed), ...failing]
    .filter(([, madeAt]) => madeAt > newestOnline)
    .slice(-remembered);
  const newestMade = newest(members, before.newestMade);
  const newestSeenAt = newestMade > before.newestMade ? now : before.newestSeenAt;
  const ids = failed.map(([id]) => id);
  const why = whyOf(before.why, ids, members);
  return { failed: Object.fromEntries(failed), why, newestOnline, newestMade, newestSeenAt };
}

/** Whether ordering is stopped, and since how many failures. */
export interface Breaker {
  readonly open: boolean;
  readonly failures: number;
  /** When the next probe may be ordered. */
  readonly probeDueAt: number;
}

export function breakerOf({ failed, newestSeenAt }: StartRecord): Breaker {
  const failures = Object.keys(failed).length;
  return { open: failures >= failuresToOpen, failures, probeDueAt: newestSeenAt + probeEveryMs };
}

/** Runners that may be ordered now. */
export function allowedBy({ open, probeDueAt }: Breaker, now: number): number {
  if (!open) return Number.MAX_SAFE_INTEGER;
  return now >= probeDueAt ? 1 : 0;
}
