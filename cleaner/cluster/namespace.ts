// Everything in one namespace that may belong to runners, read completely or not at all. Deletes nothing.

import type { KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import type { ListedSecret } from '../../core/clients/kubernetes/secrets.ts';
import type { V1Job, V1Pod } from '../../core/clients/kubernetes/types.ts';
import { managedByLabel, managedByValue, runnerLabel } from '../../core/job-names.ts';

export interface NamespaceContents {
  readonly jobs: readonly V1Job[];
  readonly pods: readonly V1Pod[];
  /** Without their values. */
  readonly secrets: readonly ListedSecret[];
}

type Reading = Pick<KubernetesClient, 'listJobs' | 'listPods' | 'listSecrets'>;

/** Jobs of other programs too, as they may run a runner of ours; Secrets of ours only. @throws ServiceError */
export async function readNamespace(client: Reading, namespace: string): Promise<NamespaceContents> {
  const [jobs, pods, secrets] = await Promise.all([
    client.listJobs(namespace, runnerLabel),
    client.listPods(namespace, runnerLabel),
    client.listSecrets(namespace, `${managedByLabel}=${managedByValue},${runnerLabel}`),
  ]);
  return { jobs, pods, secrets };
}
