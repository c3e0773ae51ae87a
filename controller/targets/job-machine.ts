// How a Kubernetes Job reads as a machine. Pure.

import type { V1Job } from '../../core/clients/kubernetes/types.ts';
import { createdAtAnnotation, runnerLabel } from '../../core/job-names.ts';
import type { Machine, MachinePhase } from '../../core/runner.ts';

function hasCondition({ status }: V1Job, type: string): boolean {
  return (status?.conditions ?? []).some(
    (condition) => condition.type === type && condition.status === 'True',
  );
}

function phaseOf(job: V1Job): MachinePhase {
  if (job.metadata?.deletionTimestamp !== undefined) return 'stopping';
  if (hasCondition(job, 'Complete')) return 'succeeded';
  if (hasCondition(job, 'Failed')) return 'failed';
  return (job.status?.ready ?? 0) > 0 ? 'running' : 'pending';
}

/** Our own stamp if there is one, so that ages are told by one clock; otherwise the API server's. */
function createdAt({ metadata }: V1Job): number {
  const stamped = Date.parse(metadata?.annotations?.[createdAtAnnotation] ?? '');
  if (!Number.isNaN(stamped)) return stamped;
  return metadata?.creationTimestamp === undefined ? 0 : new Date(metadata.creationTimestamp).getTime();
}

/** A Job of ours as a machine; undefined for one without a runner's label. */
export function machineOf(job: V1Job): Machine | undefined {
  const runnerId = job.metadata?.labels?.[runnerLabel];
  const name = job.metadata?.name;
  if (runnerId === undefined || name === undefined) return undefined;
  return { id: name, uid: job.metadata?.uid, runnerId, createdAt: createdAt(job), phase: phaseOf(job) };
}
