// Builds what each group of a config works with: its source and its target. Shares clients and scopes between groups.

import { scopeKey, type BitbucketGroup, type Config, type Group } from '../core/config/config.ts';
import type { BitbucketClient } from '../core/clients/bitbucket/client.ts';
import type { Clients } from '../core/clients/clients.ts';
import { InternalError } from '../core/errors.ts';
import type { Clock } from '../core/process/clock.ts';
import type { Plant } from './apply/apply.ts';
import type { JobTemplate } from './manifest/job-template.ts';
import { BitbucketScope } from './sources/bitbucket-scope.ts';
import { BitbucketSource } from './sources/bitbucket.ts';
import { KubernetesJobs } from './targets/kubernetes-jobs.ts';

export interface PlantsOptions {
  readonly clients: Clients;
  readonly template: () => JobTemplate;
  readonly clock: Clock;
}

/** At most half the budget is kept for looking; the rest is for orders even when there are very many scopes. */
function callsForLooking({ groups, constants }: Config): number {
  const scopes = new Set(
    groups.flatMap((group) => (group.service === 'bitbucket' ? [scopeKey(group.scope)] : [])),
  );
  const looks = (scopes.size * 3_600_000) / constants.pollingIntervalMs;
  return Math.ceil(Math.min(looks, constants.apiCallsPerHour / 2));
}

export class Plants {
  private readonly options: PlantsOptions;
  private readonly scopes = new Map<string, BitbucketScope>();

  constructor(options: PlantsOptions) {
    this.options = options;
  }

  /** @throws InternalError for a kind of group that is not built yet */
  build(group: Group, config: Config): Plant {
    if (group.service !== 'bitbucket') {
      throw new InternalError(`Group ${group.name}: CircleCI groups are not supported yet.`);
    }
    return this.bitbucket(group, config);
  }

  private bitbucket(group: BitbucketGroup, config: Config): Plant {
    const { clients, clock, template } = this.options;
    const client = clients.bitbucket(config.constants);
    const scope = this.scope(group, config, client);
    return {
      kind: 'runners',
      source: new BitbucketSource({ group, scope, client, clock, callsForLooking: callsForLooking(config) }),
      target: new KubernetesJobs({ group, client: clients.kubernetes(), template, clock }),
    };
  }

  private scope({ scope }: BitbucketGroup, { constants }: Config, client: BitbucketClient): BitbucketScope {
    const { bitbucketRunnerLimit: runnerLimit, bitbucketApi, apiCallsPerHour } = constants;
    const key = JSON.stringify([scopeKey(scope), runnerLimit, bitbucketApi, apiCallsPerHour]);
    const known = this.scopes.get(key);
    if (known !== undefined) return known;
    const { clock } = this.options;
    const made = new BitbucketScope({ scope, runnerLimit, clock, list: (of) => client.listRunners(of) });
    this.scopes.set(key, made);
    return made;
  }
}
