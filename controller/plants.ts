// Builds what each group of a config works with: its source and its target. Shares clients and scopes between groups.

import { scopeKey, type BitbucketGroup, type Config, type Group } from '../core/config/config.ts';
import { keptForLooking, keptForOrders, sharesOf } from '../core/config/budget.ts';
import type { BitbucketClient } from '../core/clients/bitbucket/client.ts';
import type { Clients } from '../core/clients/clients.ts';
import type { Clock } from '../core/process/clock.ts';
import { neverEnding, type Ending } from '../core/process/ending.ts';
import type { Plant } from './apply/apply.ts';
import { CircleCiPlants, keepOnly } from './circleci-plants.ts';
import type { JobTemplate } from './manifest/job-template.ts';
import { BitbucketScope } from './sources/bitbucket-scope.ts';
import { BitbucketSource, type KeptCalls } from './sources/bitbucket.ts';
import { KubernetesJobs } from './targets/kubernetes-jobs.ts';
import { NamespaceJobs } from './targets/namespace-jobs.ts';
import { NamespacePods } from './targets/namespace-pods.ts';

export interface PlantsOptions {
  readonly clients: Clients;
  readonly template: () => JobTemplate;
  readonly clock: Clock;
  /** In [0, 1); spreads repetitions. The machine's if left out. */
  readonly random?: (() => number) | undefined;
  /** Of the program; never, if left out. */
  readonly ending?: Ending | undefined;
  /** Told a sentence when something is odd but not wrong; nobody if left out. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** Of the controller's part of the API budget. */
function keptCalls({ groups, constants }: Config): KeptCalls {
  const share = sharesOf(constants).controller;
  const looks = constants.lookingCallsPerHour;
  const most = groups.reduce(
    (sum, { service, policy }) => sum + (service === 'bitbucket' ? policy.max : 0),
    0,
  );
  return { forLooking: keptForLooking(share, looks), forOrders: keptForOrders(share, looks, most) };
}

/** Settings that change what a scope's list or its free places mean make it another one. */
function scopeId({ scope }: BitbucketGroup, { constants }: Config): string {
  const { bitbucketRunnerLimit, bitbucketApi } = constants;
  return JSON.stringify([
    scopeKey(scope),
    bitbucketRunnerLimit,
    bitbucketApi,
    sharesOf(constants).controller,
  ]);
}

export class Plants {
  private readonly options: PlantsOptions;
  private readonly scopes = new Map<string, BitbucketScope>();
  private readonly jobs = new Map<string, NamespaceJobs>();
  private readonly pods = new Map<string, NamespacePods>();
  private readonly circleCi: CircleCiPlants;

  constructor(options: PlantsOptions) {
    this.options = options;
    const { random = Math.random, ending = neverEnding, warn = () => undefined } = options;
    this.circleCi = new CircleCiPlants({ ...options, random, ending, warn });
  }

  /** @throws ConfigError if the credentials for it are missing */
  build(group: Group, config: Config): Plant {
    return group.service === 'bitbucket' ? this.bitbucket(group, config) : this.circleCi.build(group);
  }

  /** Forgets what no group of the config works with any more. */
  keepOnly(config: Config): void {
    const groups = config.groups.flatMap((group) => (group.service === 'bitbucket' ? [group] : []));
    keepOnly(this.scopes, new Set(groups.map((group) => scopeId(group, config))));
    const namespaces = new Set(groups.map(({ namespace }) => namespace));
    keepOnly(this.jobs, namespaces);
    keepOnly(this.pods, namespaces);
    this.circleCi.keepOnly(config);
  }

  private bitbucket(group: BitbucketGroup, config: Config): Plant {
    const { clients, clock } = this.options;
    const client = clients.bitbucket(config.constants);
    const scope = this.scope(group, config, client);
    return {
      kind: 'runners',
      source: new BitbucketSource({
        ...{ group, scope, client, clock, kept: keptCalls(config) },
        ordersUnderWay: () => this.ordersUnderWay(),
      }),
      target: this.target(group),
    };
  }

  /** One credential pays for all of them. */
  private ordersUnderWay(): number {
    return [...this.scopes.values()].reduce((sum, { placesReserved }) => sum + placesReserved, 0);
  }

  private target(group: BitbucketGroup): KubernetesJobs {
    const { clients, clock, template } = this.options;
    const client = clients.kubernetes();
    const jobs = this.jobs.get(group.namespace) ?? new NamespaceJobs(group.namespace, client);
    this.jobs.set(group.namespace, jobs);
    const pods = this.pods.get(group.namespace) ?? new NamespacePods(group.namespace, client);
    this.pods.set(group.namespace, pods);
    return new KubernetesJobs({ group, client, jobs, pods, template, clock });
  }

  private scope(group: BitbucketGroup, config: Config, client: BitbucketClient): BitbucketScope {
    const { scope } = group;
    const { bitbucketRunnerLimit: runnerLimit } = config.constants;
    const key = scopeId(group, config);
    const known = this.scopes.get(key);
    if (known !== undefined) return known;
    const { clock } = this.options;
    const made = new BitbucketScope({ scope, runnerLimit, clock, list: (of) => client.listRunners(of) });
    this.scopes.set(key, made);
    return made;
  }
}
