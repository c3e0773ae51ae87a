// What tests of the cleaner say of a runner and its parts; the rest is filled in.

import type { Runner } from '../../../core/runner.ts';
import type { SeenJob, SeenPod, Subject } from '../../../cleaner/stale/subject.ts';
import type { Terms } from '../../../cleaner/stale/terms.ts';

export const now = Date.parse('2026-11-23T12:00:00Z');
export const labels = ['autoscaler.created', 'linux', 'my.group', 'self.hosted'];

/** The defaults of the configuration. */
export const terms: Terms = {
  ...{ startTimeoutMs: 600_000, offlineGraceMs: 600_000, busyOfflineGraceMs: 46_800_000 },
  ...{ unhealthyGraceMs: 300_000, orphanGraceMs: 300_000, drainedGraceMs: 60_000 },
  ...{ brakeShare: 0.5, brakeMinimum: 5 },
};

/** @param ageS seconds since its state changed; it was made a day before, unless it never was online */
export function runner(status: Runner['status'], ageS: number, given: Partial<Runner> = {}): Runner {
  const updatedAt = now - ageS * 1000;
  const createdAt = status === 'unregistered' ? updatedAt : updatedAt - 86_400_000;
  const rest = { id: 'r', name: 'group', labels, cordoned: false, busyness: 'idle' } as const;
  return { ...rest, status, createdAt, updatedAt, ...given };
}

/** @param ageS seconds since it was made, and since it ended */
export function job(phase: SeenJob['phase'], ageS: number, given: Partial<SeenJob> = {}): SeenJob {
  const createdAt = now - ageS * 1000;
  const endedAt = phase === 'failed' || phase === 'succeeded' ? createdAt : undefined;
  const rest = { managed: true, ofThisAccount: true, keep: false };
  return { name: 'runner-r', uid: 'uid', phase, createdAt, endedAt, ...rest, ...given };
}

export function pod(trouble: SeenPod['trouble'], ageS: number): SeenPod {
  return { createdAt: now - ageS * 1000, trouble, word: trouble ?? '', mayHaveRun: true };
}

export function subject(parts: Partial<Subject>): Subject {
  return { id: 'r', runner: undefined, job: undefined, pod: undefined, secret: undefined, ...parts };
}
