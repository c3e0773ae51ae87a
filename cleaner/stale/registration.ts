// What is wrong with a registration, from its state at the CI service and whether anything still runs it. Pure.

import type { Runner } from '../../core/runner.ts';
import { maybeBusy } from './doubt.ts';
import { machineAilment, machineState } from './machine.ts';
import type { Subject } from './subject.ts';
import type { Terms } from './terms.ts';
import type { Ailment } from './verdict.ts';

type Registered = Subject & { readonly runner: Runner };

/** Only where nothing can tell any more that it works: offline, or drained without a machine. Online is at work. */
function doubtful({ runner, job }: Registered, terms: Terms): Ailment | undefined {
  const { status, busyness, updatedAt } = runner;
  const drains = status === 'disabled' || status === 'enabled';
  if (drains && busyness === 'busy' && machineState(job) === 'runs') return undefined;
  return {
    reason: 'busy-offline-too-long',
    what: `${status} ${busyness === 'busy' ? 'with a step' : 'and perhaps with a step'} for`,
    sinceMs: updatedAt,
    graceMs: terms.busyOfflineGraceMs,
  };
}

/**
 * A runner that never came online may be another cluster's that works from the same configuration, where its Job is; so
 * it gets as long as a start may take.
 */
function withoutJob({ runner }: Registered, terms: Terms): Ailment {
  const { orphanGraceMs, startTimeoutMs } = terms;
  const starting = runner.status === 'unregistered';
  return {
    reason: 'registration-without-job',
    what: `${starting ? 'never online' : runner.status} and without a Job for`,
    sinceMs: starting ? runner.createdAt : runner.updatedAt,
    graceMs: starting ? Math.max(orphanGraceMs, startTimeoutMs) : orphanGraceMs,
  };
}

function neverOnline({ runner }: Registered, terms: Terms): Ailment {
  const graceMs = terms.startTimeoutMs + terms.orphanGraceMs;
  return { reason: 'never-online', what: 'never online for', sinceMs: runner.createdAt, graceMs };
}

function offline({ runner }: Registered, terms: Terms): Ailment {
  const { updatedAt: sinceMs } = runner;
  return { reason: 'offline', what: 'offline without a step for', sinceMs, graceMs: terms.offlineGraceMs };
}

/** What the cluster knows of it first, as that is the cause; then what the CI service shows. */
function silent(subject: Registered, terms: Terms, own: Ailment): readonly Ailment[] {
  if (machineState(subject.job) === 'absent') return [withoutJob(subject, terms)];
  const cause = machineAilment(subject, terms);
  return cause === undefined ? [own] : [cause, own];
}

function resting(subject: Registered, terms: Terms): readonly Ailment[] {
  const { status, updatedAt: sinceMs } = subject.runner;
  switch (status) {
    case 'unhealthy':
      return [
        { reason: 'unhealthy', what: 'unhealthy for', sinceMs, graceMs: terms.unhealthyGraceMs },
        ...(machineState(subject.job) === 'absent' ? [withoutJob(subject, terms)] : []),
      ];
    case 'disabled':
      return [{ reason: 'drained', what: 'drained for', sinceMs, graceMs: terms.drainedGraceMs }];
    case 'unregistered':
      return silent(subject, terms, neverOnline(subject, terms));
    case 'offline':
      return silent(subject, terms, offline(subject, terms));
    case 'enabled':
      return machineState(subject.job) === 'runs' ? [] : silent(subject, terms, offline(subject, terms));
    case 'online':
    case 'other':
      return [];
  }
}

/** Everything that is wrong with it, whether or not its grace is over. Online, or in a state that nobody knows: nothing. */
export function registrationAilments(subject: Registered, terms: Terms): readonly Ailment[] {
  const { runner } = subject;
  if (runner.status === 'online' || runner.status === 'other') return [];
  if (!maybeBusy(runner)) return resting(subject, terms);
  const ailment = doubtful(subject, terms);
  return ailment === undefined ? [] : [ailment];
}
