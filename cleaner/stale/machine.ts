// What is wrong with the Job and the pod of a runner that is not at work. Pure.

import type { SeenJob, Subject } from './subject.ts';
import type { Terms } from './terms.ts';
import type { Ailment } from './verdict.ts';

export type MachineState = 'runs' | 'ended' | 'absent';

/** A Job that is being deleted counts as gone: nothing new happens in it. */
export function machineState(job: SeenJob | undefined): MachineState {
  if (job === undefined || job.phase === 'stopping') return 'absent';
  return job.phase === 'pending' || job.phase === 'running' ? 'runs' : 'ended';
}

function ended(job: SeenJob, { unhealthyGraceMs: graceMs }: Terms): Ailment {
  const sinceMs = job.endedAt ?? job.createdAt;
  if (job.phase === 'failed') return { reason: 'job-failed', what: 'its Job failed', sinceMs, graceMs };
  return { reason: 'job-finished', what: 'its Job has finished since', sinceMs, graceMs };
}

/** What is said of a pod that is stuck. */
export const troubles = {
  'image-pull': { reason: 'pod-image-pull', what: 'can not get its image' },
  'crash-loop': { reason: 'pod-crash-loop', what: 'ends again and again' },
  unschedulable: { reason: 'pod-unschedulable', what: 'finds no node' },
} as const;

/**
 * A node may take its time, and so may a registry: nothing is stuck before the start timeout, and a runner that worked
 * before gets it anew from when it fell silent.
 */
function stuck({ runner, job, pod }: Subject, graceMs: number): Ailment | undefined {
  if (pod?.trouble === undefined) return undefined;
  const { reason, what } = troubles[pod.trouble];
  const sinceMs = Math.max(pod.createdAt, job?.createdAt ?? 0, runner?.updatedAt ?? 0);
  return { reason, what: `its pod ${what} (${pod.word}) since`, sinceMs, graceMs };
}

/** Undefined while the Job does what it should. One that is absent ails nobody: its registration shows what is wrong. */
export function machineAilment(subject: Subject, terms: Terms): Ailment | undefined {
  const { job } = subject;
  if (job?.phase === 'failed' || job?.phase === 'succeeded') return ended(job, terms);
  return stuck(subject, terms.startTimeoutMs);
}
