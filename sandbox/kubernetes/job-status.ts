// What a Job's status says after its pods changed (Kubernetes 1.34). Values in, values out; starts and stops nothing.

import { timestamp, type KubeObject } from './objects.ts';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** How many pods of a Job are where. */
export interface PodCounts {
  readonly active: number;
  readonly ready: number;
  readonly succeeded: number;
  readonly failed: number;
}

export function phaseOf(pod: KubeObject): PodPhase {
  return (pod.status?.['phase'] as PodPhase | undefined) ?? 'Pending';
}

function condition(type: string, reason: string, now: number): Record<string, unknown> {
  const at = timestamp(now);
  return { type, status: 'True', reason, lastProbeTime: at, lastTransitionTime: at };
}

export function isFinished({ status }: KubeObject): boolean {
  const conditions = (status?.['conditions'] ?? []) as { type: string }[];
  return conditions.some(({ type }) => type === 'Complete' || type === 'Failed');
}

/** Milliseconds since the epoch when the Job completed or failed. */
export function finishedAt({ status }: KubeObject): number | undefined {
  const conditions = (status?.['conditions'] ?? []) as { type: string; lastTransitionTime: string }[];
  const last = conditions.find(({ type }) => type === 'Complete' || type === 'Failed');
  return last === undefined ? undefined : Date.parse(last.lastTransitionTime);
}

/** Complete with one pod that succeeded; failed with more failures than `backoffLimit`. */
export function outcome(job: KubeObject, counts: PodCounts): 'complete' | 'failed' | 'open' {
  if (counts.succeeded > 0) return 'complete';
  return counts.failed > Number(job.spec?.['backoffLimit'] ?? 6) ? 'failed' : 'open';
}

function conditionsFor(job: KubeObject, counts: PodCounts, now: number): Record<string, unknown>[] {
  const result = outcome(job, counts);
  const all = (types: string[], reason: string) => types.map((type) => condition(type, reason, now));
  if (result === 'complete') return all(['SuccessCriteriaMet', 'Complete'], 'CompletionsReached');
  if (result === 'failed') return all(['FailureTarget', 'Failed'], 'BackoffLimitExceeded');
  return job.spec?.['suspend'] === true ? all(['Suspended'], 'JobSuspended') : [];
}

/** The status after these counts; `now` is milliseconds since the epoch. A count of 0 is left out, but for `ready`. */
export function statusFor(job: KubeObject, counts: PodCounts, now: number): Record<string, unknown> {
  const { ready, ...rest } = counts;
  const conditions = conditionsFor(job, counts, now);
  const suspended = job.spec?.['suspend'] === true;
  return {
    ...(suspended ? {} : { startTime: job.status?.['startTime'] ?? timestamp(now) }),
    ...Object.fromEntries(Object.entries(rest).filter(([, count]) => count > 0)),
    ...{ ready, terminating: 0, uncountedTerminatedPods: {} },
    ...(conditions.length > 0 ? { conditions } : {}),
    ...(outcome(job, counts) === 'complete' ? { completionTime: timestamp(now) } : {}),
  };
}
