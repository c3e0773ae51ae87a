// The Job that a suspended CronJob stands for, and the names of its Jobs. Pure; it must not change what the template says.

import type { V1CronJob, V1Job } from '../../core/clients/kubernetes/types.ts';
import { labelValue } from '../../core/config/label-value.ts';
import { createdAtAnnotation, groupLabel, managedByLabel, managedByValue } from '../../core/job-names.ts';

/** Tells the CronJob controller, as `kubectl create job --from` does, that no schedule made this Job. */
const instantiated = { 'cronjob.kubernetes.io/instantiate': 'manual' };

/** Kubernetes adds six characters for the pod's name, which is also its host name and holds 63. */
const longestJobName = 57;

/**
 * The name of the n-th Job, from 0. The same number always gives the same name, so that making a Job again, after a lost
 * answer or by a second controller, makes nothing twice.
 */
export function slotName(cronJobName: string, slot: number): string {
  const end = `-${slot}`;
  return `${cronJobName.slice(0, longestJobName - end.length).replace(/[^a-z0-9]+$/, '')}${end}`;
}

/** The lowest numbers whose names are free, without end. */
export function* freeSlots(
  cronJobName: string,
  taken: Pick<ReadonlySet<string>, 'has'>,
): Generator<string, never> {
  for (let slot = 0; ; slot += 1) {
    const name = slotName(cronJobName, slot);
    if (!taken.has(name)) yield name;
  }
}

export interface JobOrder {
  readonly cronJob: V1CronJob;
  readonly name: string;
  readonly groupName: string;
  readonly createdAtMs: number;
}

export function jobFrom({ cronJob, name, groupName, createdAtMs }: JobOrder): V1Job {
  const { metadata: template = {}, spec = {} } = cronJob.spec?.jobTemplate ?? {};
  const owner = {
    ...{ apiVersion: 'batch/v1', kind: 'CronJob', controller: true },
    ...{ name: cronJob.metadata?.name ?? '', uid: cronJob.metadata?.uid ?? '' },
  };
  return {
    metadata: {
      name,
      // The template's own come last: a Helm release, say, has its managed-by.
      labels: { [managedByLabel]: managedByValue, [groupLabel]: labelValue(groupName), ...template.labels },
      annotations: {
        ...template.annotations,
        ...instantiated,
        [createdAtAnnotation]: new Date(createdAtMs).toISOString(),
      },
      ownerReferences: [owner],
    },
    spec: structuredClone(spec) as NonNullable<V1Job['spec']>,
  };
}

/** Whether the Job was made from this CronJob, by whomever. */
export function isMadeFrom({ metadata }: V1Job, cronJob: V1CronJob): boolean {
  const uid = cronJob.metadata?.uid;
  return uid !== undefined && (metadata?.ownerReferences ?? []).some((owner) => owner.uid === uid);
}
