// What a sweep reads for CircleCI groups: each thing once, however many groups ask for it. It changes nothing and keeps nothing.

import type { AutoScalingGroup } from '../../core/clients/auto-scaling/client.ts';
import type { CircleCiRunner } from '../../core/clients/circleci/client.ts';
import type { Clients } from '../../core/clients/clients.ts';
import type { ListedJob } from '../../core/clients/kubernetes/jobs.ts';
import type { V1Pod } from '../../core/clients/kubernetes/types.ts';
import type { CircleCiGroup } from '../../core/config/config.ts';

export type ReadingClients = Pick<Clients, 'kubernetes' | 'circleCi' | 'autoScaling'>;

export interface NamespaceJobs {
  readonly jobs: readonly ListedJob[];
  readonly pods: readonly V1Pod[];
}

/** Every pod of a Job has it. */
export const jobNameLabel = 'batch.kubernetes.io/job-name';

/** Every method throws a ServiceError, or a ConfigError if the credentials for it are missing. */
export class Reads {
  private readonly clients: ReadingClients;
  private readonly groups: readonly CircleCiGroup[];
  private readonly asked = new Map<string, Promise<unknown>>();

  /** @param groups those that may be asked for; one call for all that share something */
  constructor(clients: ReadingClients, groups: readonly CircleCiGroup[]) {
    this.clients = clients;
    this.groups = groups;
  }

  jobs(namespace: string): Promise<NamespaceJobs> {
    return this.once(`jobs ${namespace}`, async () => {
      const kubernetes = this.clients.kubernetes();
      // Jobs first: a pod that is seen then belongs to one of them, or to a younger one.
      const jobs = await kubernetes.listJobs(namespace, '');
      return { jobs, pods: await kubernetes.listPods(namespace, jobNameLabel) };
    });
  }

  /** The groups of the region that are swept, with their instances. */
  scalingGroups(region: string): Promise<readonly AutoScalingGroup[]> {
    return this.once(`region ${region}`, async () => {
      const names = this.groups.flatMap(({ target }) =>
        target.kind === 'auto-scaling-group' && target.region === region ? [target.name] : [],
      );
      return this.clients.autoScaling(region).describe([...new Set(names)]);
    });
  }

  /** Everybody's runners, also those that are gone. */
  runners(circleCiNamespace: string): Promise<readonly CircleCiRunner[]> {
    return this.once(`runners ${circleCiNamespace}`, async () =>
      this.clients.circleCi().listRunners(circleCiNamespace),
    );
  }

  resourceClasses(circleCiNamespace: string): Promise<readonly string[]> {
    return this.once(`classes ${circleCiNamespace}`, async () =>
      this.clients.circleCi().listResourceClasses(circleCiNamespace),
    );
  }

  running(resourceClass: string): Promise<number> {
    return this.once(`running ${resourceClass}`, async () =>
      this.clients.circleCi().countRunning(resourceClass),
    );
  }

  private once<T>(key: string, read: () => Promise<T>): Promise<T> {
    const answer = (this.asked.get(key) as Promise<T> | undefined) ?? read();
    this.asked.set(key, answer);
    return answer;
  }
}
