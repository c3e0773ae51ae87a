// The registered runners of the modelled CI service, and how its API shows them: some seconds behind the truth.

import type { Build } from './builds.ts';

export interface WorldRunner {
  readonly id: string;
  readonly scope: string;
  readonly name: string;
  readonly labels: readonly string[];
  readonly createdAt: number;
  disabled: boolean;
  /** It could not clean up after a step, and takes no more. */
  unhealthy: boolean;
  /** First contact of the runner's process; undefined before it. */
  contactAt: number | undefined;
  /** The process lives. */
  alive: boolean;
  /** The process can reach the service. */
  connected: boolean;
  /** When it was last reachable, if it is not now. */
  lostAt: number | undefined;
  stateChangedAt: number;
  build: Build | undefined;
  /** Steps that a late answer may still show. */
  readonly steps: { readonly from: number; to: number | undefined }[];
}

export type ShownStatus = 'UNREGISTERED' | 'ONLINE' | 'OFFLINE' | 'DISABLED' | 'UNHEALTHY';

/** A runner as the API answers at one time. */
export interface ShownRunner {
  readonly id: string;
  readonly name: string;
  readonly labels: readonly string[];
  readonly status: ShownStatus;
  readonly step: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface ReportTimes {
  /** How often a runner reports what it does (Bitbucket's runner: 30 s). */
  readonly reportEveryMs: number;
  /** After this long without a report it shows as OFFLINE. */
  readonly offlineAfterMs: number;
}

/** When the runner last reported, at or before `now`. */
function lastReport(runner: WorldRunner, now: number, { reportEveryMs }: ReportTimes): number | undefined {
  if (runner.contactAt === undefined) return undefined;
  const until = Math.min(now, runner.lostAt ?? now);
  if (reportEveryMs === 0) return until;
  return runner.contactAt + Math.floor((until - runner.contactAt) / reportEveryMs) * reportEveryMs;
}

function statusAt(
  runner: WorldRunner,
  now: number,
  report: number | undefined,
  times: ReportTimes,
): ShownStatus {
  if (report === undefined) return runner.disabled ? 'DISABLED' : 'UNREGISTERED';
  if (runner.lostAt !== undefined && now - report >= times.offlineAfterMs) return 'OFFLINE';
  if (runner.disabled) return 'DISABLED';
  return runner.unhealthy ? 'UNHEALTHY' : 'ONLINE';
}

function hadStep(runner: WorldRunner, at: number): boolean {
  return runner.steps.some(({ from, to }) => from <= at && (to === undefined || to > at));
}

/** What the service shows of a runner: its step as of the runner's last report, what it knows itself at once. */
export function showRunner(runner: WorldRunner, now: number, times: ReportTimes): ShownRunner {
  const report = lastReport(runner, now, times);
  return {
    id: runner.id,
    name: runner.name,
    labels: runner.labels,
    status: statusAt(runner, now, report, times),
    step: report !== undefined && hadStep(runner, report),
    createdAt: runner.createdAt,
    updatedAt: Math.max(runner.stateChangedAt, report ?? 0),
  };
}

/** Forgets steps that no answer can show any more. */
export function forgetOldSteps(runner: WorldRunner, now: number, { reportEveryMs }: ReportTimes): void {
  while (runner.steps.length > 1 && (runner.steps[0]?.to ?? now) < now - 2 * reportEveryMs)
    runner.steps.shift();
}
