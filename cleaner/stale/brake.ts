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

/** Could be heard of: one that was never online is expected to be silent, here as among the silent. */
function isThere({ runner, job }: Subject): boolean {
  return runner === undefined ? machineState(job) === 'runs' : runner.status !== 'unregistered';
}

/** Whether the cluster knows why it is silent: its Job has ended or is being deleted, or its pod is in trouble. */
function isExplained({ job, pod }: Subject): boolean {
  if (job === undefined) return false;
  return machineState(job) !== 'runs' || pod?.trouble !== undefined;
}

/**
 * The CI service does not hear of it, and the cluster knows no cause. A registration without a Job here may be that of another
 * cluster with the same configuration, where an outage silences it as well.
 */
export function isSilent(subject: Subject): boolean {
  const { runner, job } = subject;
  if (isExplained(subject)) return false;
  if (runner === undefined) return job?.managed === true && job.ofThisAccount && job.phase === 'running';
  return runner.status === 'offline' || runner.status === 'unhealthy';
}

/** An outage is no longer waited for once no step can have outlasted it. */
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
  const counted = subjects.filter(isSilent).filter(recent);
  const silent = counted.length;
  const { brakeShare, brakeMinimum, busyOfflineGraceMs } = terms;
  if (silent < Math.max(1, brakeMinimum) || silent <= brakeShare * of) return undefined;
  const elsewhere = counted.filter(({ job }) => job === undefined).length;
  const because =
    `${silent} of ${of} runners are offline, unhealthy or unknown to the CI service without a cause in the cluster` +
    `${elsewhere === 0 ? '' : ` (${elsewhere} have no Job here)`}, which is more than ` +
    `${Math.round(brakeShare * 100)} %: taken for an outage for up to ${seconds(busyOfflineGraceMs)}`;
  return { silent, of, because };
}
