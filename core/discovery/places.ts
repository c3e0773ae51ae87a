// Where groups are found: the Auto Scaling groups of a region by their tag, the CronJobs of a namespace by their labels.

import type { AutoScalingClient } from '../clients/auto-scaling/client.ts';
import type { KubernetesClient } from '../clients/kubernetes/client.ts';
import { isInNamespace, type Found } from './found.ts';

/** Names that the users of circleci-runner-autoscaler have in their set-ups. */
export const tagKey = 'resource-class';
export const orgLabel = 'resource-class-org';
export const nameLabel = 'resource-class-name';

export interface Place {
  /** For people. */
  readonly description: string;
  /** A sentence for when nothing is there: what was looked for, where, and what to do. */
  readonly nothing: string;
  /** Everything there is, or an error. @throws ServiceError */
  find(): Promise<readonly Found[]>;
}

export function regionPlace(client: AutoScalingClient, circleCiNamespace: string): Place {
  const { region } = client;
  return {
    description: `Auto Scaling groups in ${region}`,
    nothing: `No Auto Scaling group in ${region} has the tag ${tagKey} with a value such as ${circleCiNamespace}/NAME: tag one, or look in another region.`,
    async find() {
      const groups = await client.findTagged(tagKey);
      return groups.flatMap(({ name, tags }): Found[] => {
        const resourceClass = tags[tagKey] ?? '';
        if (!isInNamespace(resourceClass, circleCiNamespace)) return [];
        return [{ resourceClass, target: { kind: 'auto-scaling-group', name, region } }];
      });
    },
  };
}

export function cronJobPlace(client: KubernetesClient, namespace: string, circleCiNamespace: string): Place {
  return {
    description: `CronJobs in ${namespace}`,
    nothing: `No CronJob in namespace ${namespace} has the labels ${orgLabel}=${circleCiNamespace} and ${nameLabel}=NAME: label one, or look in another namespace.`,
    async find() {
      const selector = `${orgLabel}=${circleCiNamespace},${nameLabel}`;
      const cronJobs = await client.listCronJobs(namespace, selector);
      return cronJobs.flatMap(({ metadata }): Found[] => {
        const { name, labels = {} } = metadata ?? {};
        const resourceClass = `${circleCiNamespace}/${labels[nameLabel] ?? ''}`;
        if (name === undefined || !isInNamespace(resourceClass, circleCiNamespace)) return [];
        return [{ resourceClass, target: { kind: 'cron-job', namespace, name } }];
      });
    },
  };
}
