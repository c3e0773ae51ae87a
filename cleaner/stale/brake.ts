// Tells an outage from a runner that broke: when much of a group falls silent at once, nothing of it is removed. Pure.

import { machineState } from './machine.ts';
import type { Marks } from './marks.ts';
import type { Subject } from './subject.ts';
import type { Terms } from './terms.ts';
import { seconds } from './verdict.ts';

/** Why a group's sweep holds. */
export interface Brake {
  readonly silent: number;
  readonly of: number;
  /** A sentence with the numbers. */
  readonly because: string;
}

function isThere({ runner, job }: Subject): boolean {
  return runner !== undefined || machineState(job) === 'runs';
}

/** Its pod should run, yet the CI service does not hear of it. Where the cluster knows the cause, it is no outage. */
export function isSilent({ runner, job, pod }: Subject): boolean {
  if (machineState(job) !== 'runs' || pod?.trouble !== undefined) return false;
  if (runner === undefined) return job?.managed === true && job.ofThisAccount && job.phase === 'running';
  return runner.status === 'offline' || runner.status === 'unhealthy';
}

/** An outage that lasts longer than any step is no longer waited for. */
function isRecent({ id, runner }: Subject, silentSince: Marks, terms: Terms, now: number): boolean {
  const since = runner?.updatedAt ?? silentSince.get(id) ?? now;
  return now - since < terms.busyOfflineGraceMs;
}

/**
 * Undefined if the sweep may go on. Runners that never came online don't count: they prove no outage.
 * @param silentSince since when the registration of a running Job has been missing
 */
export function brakeOf(
  subjects: readonly Subject[],
  silentSince: Marks,
  terms: Terms,
  now: number,
): Brake | undefined {
  const of = subjects.filter(isThere).length;
  const recent = (subject: Subject): boolean => isRecent(subject, silentSince, terms, now);
  const silent = subjects.filter(isSilent).filter(recent).length;
  const { brakeShare, brakeMinimum, busyOfflineGraceMs } = terms;
  if (silent < Math.max(1, brakeMinimum) || silent <= brakeShare * of) return undefined;
  const because =
    `${silent} of ${of} runners are offline, unhealthy or unknown to the CI service while their pods run, ` +
    `which is more than ${Math.round(brakeShare * 100)} %: taken for an outage for up to ${seconds(busyOfflineGraceMs)}`;
  return { silent, of, because };
}
