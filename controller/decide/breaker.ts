// The start-failure breaker (P7): when capacity that was ordered never comes online, ordering stops but for a rare probe. Pure.

import { tellsMore, type Hindrance } from '../../core/hindrance.ts';
import { startOf } from './ended.ts';
import type { Lives } from './life.ts';
import { isOnline, type Member } from './snapshot.ts';

/** What is known of starts; part of a group's memory. Times in milliseconds since the epoch. */
export interface StartRecord {
  /** Starts that failed: by `startOf` → when they were made. */
  readonly failed: Readonly<Record<string, number>>;
  /** What kept each of them, as it was last seen; one of whom nobody could tell is left out. */
  readonly why: Readonly<Record<string, Hindrance>>;
  /** When the newest runner that did come online was made. */
  readonly newestOnline: number;
  /** When the newest runner of all was made. */
  readonly newestMade: number;
  /** Runners made up to then were ordered under settings that are no longer in force: their failures do not count. */
  readonly editedAfter: number;
  /**
   * Since when the next probe is waited for: since the breaker opened, or the latest probe was first seen. By our own clock;
   * the vendor's, which dates runners, may run ahead of it or behind.
   */
  readonly waitsSince: number;
  /** Whether there was a probe since the breaker opened. */
  readonly probed: boolean;
}

export const noStarts: StartRecord = {
  ...{ failed: {}, why: {}, newestOnline: 0, newestMade: 0, editedAfter: 0, waitsSince: 0, probed: false },
};

/** Failures in a row, none after a success, that open the breaker. */
export const failuresToOpen = 3;
/** From the opening to the first probe: most causes are mended within minutes. */
export const firstProbeAfterMs = 5 * 60_000;
/** From each probe to the next one while it stays open: at most two an hour. */
export const probeEveryMs = 30 * 60_000;
/** So that a group that fails for weeks remembers no more than it needs. */
const remembered = 50;

function newest(members: readonly Member[], before: number): number {
  return Math.max(before, ...members.map(({ createdAt }) => createdAt));
}

/** A runner that is cleaned away keeps the word that it had. */
function whyOf(
  before: StartRecord['why'],
  ids: readonly string[],
  seen: ReadonlyMap<string, Hindrance | undefined>,
): StartRecord['why'] {
  const why = ids.flatMap((id) => {
    const [was, is] = [before[id], seen.get(id)];
    const kept = is !== undefined && (was === undefined || tellsMore(is)) ? is : was;
    return kept === undefined ? [] : [[id, kept] as const];
  });
  return Object.fromEntries(why);
}

/** The record once the settings that starts depend on were edited: what failed before says nothing of what is ordered after. */
export function forgiveStarts(before: StartRecord): StartRecord {
  return { ...before, failed: {}, why: {}, editedAfter: before.newestMade, probed: false };
}

/** What came of the runners that did come online. */
export type Outcomes = Pick<Lives, 'useless' | 'idlers' | 'newestProven' | 'newestMade'>;

const noOutcomes: Outcomes = { useless: [], idlers: [], newestProven: 0, newestMade: 0 };

/** Every failure that is known after this look, by `startOf`, with its cause; what has been cleared since is still among them. */
function allFailures(
  before: StartRecord,
  members: readonly Member[],
  { useless, idlers }: Outcomes,
): Pick<StartRecord, 'failed' | 'why'> {
  const inVain = [...useless, ...idlers];
  const failed = {
    ...before.failed,
    ...Object.fromEntries(
      members
        .filter(({ neverOnline }) => neverOnline)
        .map((each) => [startOf(each), each.createdAt] as const),
    ),
    ...Object.fromEntries(inVain.map(({ start, madeAt }) => [start, madeAt] as const)),
  };
  const seen = new Map([
    ...members.map((member) => [startOf(member), member.hindrance] as const),
    ...inVain.map(({ start, why }) => [start, why] as const),
  ]);
  return { failed, why: whyOf(before.why, Object.keys(failed), seen) };
}

function isOpen({ failed }: Pick<StartRecord, 'failed'>): boolean {
  return Object.keys(failed).length >= failuresToOpen;
}

/** @param opens whether the breaker is open after this look */
function probing(
  before: StartRecord,
  { opens, newestMade, now }: { opens: boolean; newestMade: number; now: number },
): Pick<StartRecord, 'probed' | 'waitsSince'> {
  if (!opens) return { probed: false, waitsSince: before.waitsSince };
  // Open at the first look of all: another process may have sent a probe just before.
  if (!isOpen(before)) return { probed: before.newestMade === 0, waitsSince: now };
  if (newestMade > before.newestMade) return { probed: true, waitsSince: now };
  return { probed: before.probed, waitsSince: before.waitsSince };
}

/**
 * The record after one more look. A runner that came online clears every failure to do so that was made before it; one that
 * has worked clears those that came online in vain, too. One that takes no task counts for as long as that is so. What was
 * ordered before the latest edit does not count.
 * @param now when it was looked, in milliseconds since the epoch
 */
export function rememberStarts(
  before: StartRecord,
  members: readonly Member[],
  now: number,
  outcomes: Outcomes = noOutcomes,
): StartRecord {
  const { editedAfter } = before;
  const newestOnline = newest(members.filter(isOnline), before.newestOnline);
  const all = allFailures(before, members, outcomes);
  const idle = new Set(outcomes.idlers.map(({ start }) => start));
  const isCleared = (id: string, madeAt: number): boolean =>
    madeAt <= (all.why[id]?.link === 'ended-early' ? outcomes.newestProven : newestOnline);
  const entries = Object.entries(all.failed)
    .filter(([id, madeAt]) => madeAt > editedAfter && (idle.has(id) || !isCleared(id, madeAt)))
    .slice(-remembered);
  const failed = Object.fromEntries(entries);
  const why = whyOf(all.why, Object.keys(failed), new Map());
  const newestMade = newest(members, Math.max(before.newestMade, outcomes.newestMade));
  const probe = probing(before, { opens: isOpen({ failed }), newestMade, now });
  return { failed, why, newestOnline, newestMade, editedAfter, ...probe };
}

/** Whether ordering is stopped. */
export interface Breaker {
  readonly open: boolean;
  /** When the next probe may be ordered. */
  readonly probeDueAt: number;
}

export function breakerOf({ failed, probed, waitsSince }: StartRecord): Breaker {
  const probeDueAt = waitsSince + (probed ? probeEveryMs : firstProbeAfterMs);
  return { open: isOpen({ failed }), probeDueAt };
}

/** Runners that may be ordered now. */
export function allowedBy({ open, probeDueAt }: Breaker, now: number): number {
  if (!open) return Number.MAX_SAFE_INTEGER;
  return now >= probeDueAt ? 1 : 0;
}
