// How Jobs and Secrets of the cluster read to the cleaner. Pure.

import type { ListedSecret } from '../../core/clients/kubernetes/secrets.ts';
import type { V1Job, V1ObjectMeta } from '../../core/clients/kubernetes/types.ts';
import { createdAt, endedAt, phaseOf } from '../../core/job-machine.ts';
import {
  accountLabel,
  groupLabel,
  jobName,
  managedByLabel,
  managedByValue,
  repositoryLabel,
  runnerLabel,
  secretName,
} from '../../core/job-names.ts';
import { isMarkedToKeep } from '../stale/exemption.ts';
import type { SeenJob, SeenSecret } from '../stale/subject.ts';

/** Whose runners were listed. Uuids without braces. */
export interface Account {
  readonly accountUuid: string;
  readonly repositoryUuid?: string | undefined;
}

function labelsOf(metadata: V1ObjectMeta | undefined): Readonly<Record<string, string>> {
  return metadata?.labels ?? {};
}

export function runnerIdOf({ metadata }: { metadata?: V1ObjectMeta }): string | undefined {
  return labelsOf(metadata)[runnerLabel];
}

/** Made by this program for a group with this label value. */
export function isOfGroup({ metadata }: { metadata?: V1ObjectMeta }, group: string): boolean {
  const labels = labelsOf(metadata);
  return labels[managedByLabel] === managedByValue && labels[groupLabel] === group;
}

function isOfAccount(metadata: V1ObjectMeta | undefined, { accountUuid, repositoryUuid }: Account): boolean {
  const labels = labelsOf(metadata);
  return labels[accountLabel] === accountUuid && labels[repositoryLabel] === repositoryUuid;
}

/** Undefined for a Job that doesn't carry the name of its runner. */
export function readJob(job: V1Job, account: Account): SeenJob | undefined {
  const { metadata } = job;
  const id = runnerIdOf(job);
  if (id === undefined || metadata?.name !== jobName(id)) return undefined;
  return {
    name: metadata.name,
    uid: metadata.uid,
    phase: phaseOf(job),
    createdAt: createdAt(job),
    endedAt: endedAt(job),
    managed: labelsOf(metadata)[managedByLabel] === managedByValue,
    ofThisAccount: isOfAccount(metadata, account),
    keep: isMarkedToKeep(metadata),
  };
}

/** Undefined for a Secret that doesn't carry the name of its runner. */
export function readSecret({ metadata }: ListedSecret, account: Account): SeenSecret | undefined {
  const id = labelsOf(metadata)[runnerLabel];
  if (id === undefined || metadata?.name !== secretName(id)) return undefined;
  const at = metadata.creationTimestamp;
  return {
    name: metadata.name,
    createdAt: at === undefined ? 0 : new Date(at).getTime(),
    ofThisAccount: isOfAccount(metadata, account),
    keep: isMarkedToKeep(metadata),
  };
}
