// Builds what CircleCI groups work with: one source for each resource class, and a CronJob or an Auto Scaling group.

import type { AutoScalingGroup } from '../core/clients/auto-scaling/client.ts';
import type { Clients } from '../core/clients/clients.ts';
import type { V1Job } from '../core/clients/kubernetes/types.ts';
import type { CircleCiGroup, Config } from '../core/config/config.ts';
import type { DiscoveredGroup } from '../core/discovery/found.ts';
import type { Clock } from '../core/process/clock.ts';
import type { Ending } from '../core/process/ending.ts';
import type { Plant } from './apply/apply.ts';
import { CircleCiNamespace } from './sources/circleci-namespace.ts';
import { CircleCiSource } from './sources/circleci.ts';
import { AutoScalingPool } from './targets/auto-scaling-group.ts';
import { ContestedPool } from './targets/contested.ts';
import { CronJobPool } from './targets/cron-job.ts';
import { NamespacePods } from './targets/namespace-pods.ts';
import type { PoolTarget } from './targets/target.ts';
import { Together } from '../core/together.ts';

export interface CircleCiPlantsOptions {
  readonly clients: Clients;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly ending: Ending;
  readonly warn: (text: string) => void;
}

function kept<T>(known: Map<string, T>, key: string, make: () => T): T {
  const made = known.get(key) ?? make();
  known.set(key, made);
  return made;
}

/** Removes the entries with other keys. */
export function keepOnly(known: Map<string, unknown>, keys: ReadonlySet<string>): void {
  for (const key of known.keys()) if (!keys.has(key)) known.delete(key);
}

function namespaceOf(resourceClass: string): string {
  return resourceClass.split('/')[0] ?? '';
}

export class CircleCiPlants {
  private readonly options: CircleCiPlantsOptions;
  private readonly namespaces = new Map<string, CircleCiNamespace>();
  private readonly jobs = new Map<string, Together<readonly V1Job[]>>();
  private readonly pods = new Map<string, NamespacePods>();
  private readonly regions = new Map<string, Together<readonly AutoScalingGroup[]>>();

  constructor(options: CircleCiPlantsOptions) {
    this.options = options;
  }

  /** @throws ConfigError if the credentials for it are missing */
  build(group: CircleCiGroup | DiscoveredGroup): Plant {
    return { kind: 'pool', source: this.source(group), target: this.target(group) };
  }

  /** Forgets what no group of the config works with any more. */
  keepOnly({ groups }: Config): void {
    const own = groups.flatMap((group) => (group.service === 'circleci' ? [group] : []));
    const targets = own.map(({ target }) => target);
    keepOnly(this.namespaces, new Set(own.map(({ resourceClass }) => namespaceOf(resourceClass))));
    const namespaces = new Set(targets.flatMap((each) => (each.kind === 'cron-job' ? [each.namespace] : [])));
    keepOnly(this.jobs, namespaces);
    keepOnly(this.pods, namespaces);
    keepOnly(
      this.regions,
      new Set(targets.flatMap((each) => (each.kind === 'auto-scaling-group' ? [each.region] : []))),
    );
    const classes = new Set(own.map(({ resourceClass }) => resourceClass));
    for (const namespace of this.namespaces.values()) namespace.keepOnly(classes);
  }

  private source({ resourceClass, target }: CircleCiGroup): CircleCiSource {
    const { clients, clock } = this.options;
    const client = clients.circleCi();
    const name = namespaceOf(resourceClass);
    const namespace = kept(
      this.namespaces,
      name,
      () => new CircleCiNamespace({ namespace: name, client, clock }),
    );
    const needsRunners = target.kind === 'auto-scaling-group';
    return new CircleCiSource({ resourceClass, client, namespace, clock, needsRunners });
  }

  private target(group: CircleCiGroup | DiscoveredGroup): PoolTarget {
    const { clients, clock, random, ending, warn } = this.options;
    const { target: place } = group;
    if ('contestedBy' in group && group.contestedBy !== undefined) {
      return new ContestedPool(group.resourceClass, group.contestedBy);
    }
    if (place.kind === 'auto-scaling-group') {
      const client = clients.autoScaling(place.region);
      const together = (): Together<readonly AutoScalingGroup[]> =>
        new Together((names) => client.describe(names));
      const region = kept(this.regions, place.region, together);
      return new AutoScalingPool({ place, client, region, clock, random, ending });
    }
    const client = clients.kubernetes();
    const together = (): Together<readonly V1Job[]> =>
      new Together(() => client.listJobs(place.namespace, ''));
    const jobs = kept(this.jobs, place.namespace, together);
    const pods = kept(this.pods, place.namespace, () => new NamespacePods(place.namespace, client));
    const { scaleIn } = group.policy;
    return new CronJobPool({ group, place, client, jobs, pods, clock, scaleIn, warn });
  }
}
