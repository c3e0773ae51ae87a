// How a Job made from a CronJob reads to the cleaner, and whether we made it. Pure.

import type { ListedJob } from '../../core/clients/kubernetes/jobs.ts';
import type { V1ContainerStatus, V1Job, V1Pod } from '../../core/clients/kubernetes/types.ts';
import { createdAt, endedAt, phaseOf } from '../../core/job-machine.ts';
import { createdAtAnnotation } from '../../core/job-names.ts';
import { troubleOf } from '../../core/pod-trouble.ts';
import { bornAt, newestFirst } from '../../core/pods.ts';
import { isMarkedToKeep } from '../stale/exemption.ts';
import type { SeenPods, SeenRunnerJob } from '../stale/circleci/subject.ts';

/**
 * The CronJob's own controller owns its Jobs too, and so does who makes one by hand; the template may overwrite our label
 * (a Helm release has its managed-by). Our stamp has nobody else.
 */
export function isOurs({ metadata }: Pick<V1Job, 'metadata'>, cronJobName: string): boolean {
  const isOwned = (metadata?.ownerReferences ?? []).some(
    ({ kind, name, controller }) => kind === 'CronJob' && name === cronJobName && controller === true,
  );
  return isOwned && !Number.isNaN(Date.parse(metadata?.annotations?.[createdAtAnnotation] ?? ''));
}

function time(at: Date | undefined): number | undefined {
  return at === undefined ? undefined : new Date(at).getTime();
}

function containersOf({ status }: V1Pod): readonly V1ContainerStatus[] {
  return status?.containerStatuses ?? [];
}

/** Runs, or is said to: a node that is lost says nothing else. */
function isRunning(pod: V1Pod): boolean {
  return containersOf(pod).some(({ state }) => state?.running !== undefined);
}

function lastRunOf(pod: V1Pod): SeenPods['lastRun'] {
  const runs = containersOf(pod).flatMap(({ lastState }) => {
    const [started, ended] = [
      time(lastState?.terminated?.startedAt),
      time(lastState?.terminated?.finishedAt),
    ];
    return started === undefined || ended === undefined ? [] : [{ startedAt: started, endedAt: ended }];
  });
  return runs.sort((left, right) => right.endedAt - left.endedAt)[0];
}

function podsOf(pods: readonly V1Pod[]): SeenPods | undefined {
  const [newest] = newestFirst(pods);
  if (newest === undefined) return undefined;
  return {
    uid: newest.metadata?.uid ?? '',
    createdAt: bornAt(newest),
    trouble: troubleOf(newest),
    runs: pods.some(isRunning),
    lastRun: lastRunOf(newest),
  };
}

/** @param pods may be those of other Jobs too */
export function readRunnerJob(job: ListedJob, pods: readonly V1Pod[]): SeenRunnerJob {
  const { name = '', uid = '' } = job.metadata ?? {};
  const { ttlSecondsAfterFinished: ttl } = job;
  const own = pods.filter(({ metadata }) => metadata?.ownerReferences?.some((owner) => owner.uid === uid));
  return {
    ...{ name, uid, phase: phaseOf(job), createdAt: createdAt(job), endedAt: endedAt(job) },
    ttlMs: ttl === undefined ? undefined : ttl * 1000,
    keep: isMarkedToKeep(job.metadata ?? {}),
    pods: podsOf(own),
  };
}
