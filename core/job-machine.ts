// How a Kubernetes Job reads as a machine: one reading for both programs. Pure.

import type { V1Job } from './clients/kubernetes/types.ts';
import { createdAtAnnotation, runnerLabel } from './job-names.ts';
import type { Machine, MachinePhase } from './runner.ts';

function conditionOf({ status }: V1Job, type: string): { readonly lastTransitionTime?: Date } | undefined {
  return (status?.conditions ?? []).find(
    (condition) => condition.type === type && condition.status === 'True',
  );
}

/** How far a Job has come; it runs when a pod of it is ready. */
export function phaseOf(job: V1Job): MachinePhase {
  if (job.metadata?.deletionTimestamp !== undefined) return 'stopping';
  if (conditionOf(job, 'Complete') !== undefined) return 'succeeded';
  if (conditionOf(job, 'Failed') !== undefined) return 'failed';
  return (job.status?.ready ?? 0) > 0 ? 'running' : 'pending';
}

/** Milliseconds since the epoch. Our own stamp if there is one, so that ages are told by one clock; otherwise the API server's. */
export function createdAt({ metadata }: V1Job): number {
  const stamped = Date.parse(metadata?.annotations?.[createdAtAnnotation] ?? '');
  if (!Number.isNaN(stamped)) return stamped;
  return metadata?.creationTimestamp === undefined ? 0 : new Date(metadata.creationTimestamp).getTime();
}

/** When it completed or failed, by the API server's clock, in milliseconds since the epoch; undefined while it has not. */
export function endedAt(job: V1Job): number | undefined {
  const at = (conditionOf(job, 'Complete') ?? conditionOf(job, 'Failed'))?.lastTransitionTime;
  return at === undefined ? undefined : new Date(at).getTime();
}

/** A Job of ours as a machine; undefined for one without a runner's label. */
export function machineOf(job: V1Job): Machine | undefined {
  const runnerId = job.metadata?.labels?.[runnerLabel];
  const name = job.metadata?.name;
  if (runnerId === undefined || name === undefined) return undefined;
  return { id: name, uid: job.metadata?.uid, runnerId, createdAt: createdAt(job), phase: phaseOf(job) };
}
