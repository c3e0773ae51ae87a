// The Jobs of one namespace as machines by group: one list for all groups that ask in the same turn. Only the machines are kept of it.

import { labelValue } from '../../core/config/label-value.ts';
import type { KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import { groupLabel, managedByLabel, managedByValue } from '../../core/job-names.ts';
import type { Machine } from '../../core/runner.ts';
import { machineOf } from '../../core/job-machine.ts';
import { Together } from '../../core/together.ts';

/** Beyond so many groups the selector would outgrow a URL, and next to all Jobs are wanted anyway. */
const mostNamed = 20;

function selectorFor(values: readonly string[]): string {
  const ours = `${managedByLabel}=${managedByValue}`;
  return values.length > mostNamed ? ours : `${ours},${groupLabel} in (${values.join(',')})`;
}

export class NamespaceJobs {
  readonly namespace: string;
  private readonly client: KubernetesClient;
  private readonly looks: Together<ReadonlyMap<string, readonly Machine[]>>;

  constructor(namespace: string, client: KubernetesClient) {
    this.namespace = namespace;
    this.client = client;
    this.looks = new Together((values) => this.look(values));
  }

  /** Every machine of the group, as it is after this was asked. @throws ServiceError */
  async machines(groupName: string): Promise<readonly Machine[]> {
    const value = labelValue(groupName);
    const found = await this.looks.ask(value);
    return found.get(value) ?? [];
  }

  private async look(values: readonly string[]): Promise<ReadonlyMap<string, readonly Machine[]>> {
    const jobs = await this.client.listJobs(this.namespace, selectorFor(values));
    const found = new Map<string, Machine[]>();
    for (const job of jobs) {
      const machine = machineOf(job);
      const value = job.metadata?.labels?.[groupLabel] ?? '';
      if (machine !== undefined) found.set(value, [...(found.get(value) ?? []), machine]);
    }
    return found;
  }
}
