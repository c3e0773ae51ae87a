// Bitbucket Pipelines as a source: the runners of one group, and their registration. It decides nothing.

import type { BitbucketGroup } from '../../core/config/config.ts';
import type { BitbucketClient } from '../../core/clients/bitbucket/client.ts';
import type { Clock } from '../../core/process/clock.ts';
import { isOurs, type Runner } from '../../core/runner.ts';
import type { BitbucketScope } from './bitbucket-scope.ts';
import type { Enrolment, Registrar, SourceView } from './source.ts';

export interface BitbucketSourceOptions {
  readonly group: BitbucketGroup;
  readonly scope: BitbucketScope;
  readonly client: BitbucketClient;
  readonly clock: Clock;
  /** Calls of an hour that are kept for looking, so that ordering never makes the controller blind. */
  readonly callsForLooking: number;
}

function sameLabels(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((label, index) => label === right[index]);
}

/** A runner belongs to the group whose labels it has exactly, as in Atlassian's autoscaler, and only if it is ours. */
export function belongsTo(group: BitbucketGroup): (runner: Runner) => boolean {
  const labels = [...group.labels].sort();
  return (runner) => isOurs(runner) && sameLabels([...runner.labels].sort(), labels);
}

/** How long a registration may be missing from the list and still count. */
const listLagMs = 120_000;

export class BitbucketSource implements Registrar {
  readonly description: string;
  private readonly options: BitbucketSourceOptions;
  private readonly isMember: (runner: Runner) => boolean;
  private readonly ordered = new Map<string, number>();

  constructor(options: BitbucketSourceOptions) {
    this.options = options;
    this.isMember = belongsTo(options.group);
    const { workspace, repository } = options.group.scope;
    const place =
      repository === undefined ? `workspace ${workspace}` : `repository ${workspace}/${repository}`;
    this.description = `Bitbucket ${place}`;
  }

  async observe(maxAgeMs: number): Promise<SourceView> {
    const { scope, client, callsForLooking } = this.options;
    const list = await scope.runners(maxAgeMs);
    const runners = list.runners.filter(this.isMember);
    this.forgetListed(runners, list.observedAt);
    return {
      observedAt: list.observedAt,
      demand: { kind: 'ratio' },
      runners,
      ordered: new Map(this.ordered),
      vendorRoom: scope.room(list),
      apiRoom: Math.max(0, client.callsLeft() - callsForLooking),
    };
  }

  reserve(places: number): void {
    this.options.scope.reserve(places);
  }

  release(places: number): void {
    this.options.scope.release(places);
  }

  owner(): Promise<Pick<Enrolment, 'accountUuid' | 'repositoryUuid'>> {
    return this.options.client.resolve(this.options.group.scope);
  }

  async register(): Promise<Enrolment> {
    const { client, group, scope, clock } = this.options;
    const owner = await this.owner();
    const { name, labels } = group;
    const registration = await client.createRunner(group.scope, { name, labels });
    scope.registered(registration.runnerId);
    this.ordered.set(registration.runnerId, clock.now());
    return { ...registration, ...owner };
  }

  look(runnerId: string): Promise<Runner | undefined> {
    return this.options.client.getRunner(this.options.group.scope, runnerId);
  }

  setDisabled(runnerId: string, disabled: boolean): Promise<void> {
    return this.options.client.setDisabled(this.options.group.scope, runnerId, disabled);
  }

  async deregister(runnerId: string): Promise<void> {
    await this.options.client.deleteRunner(this.options.group.scope, runnerId);
    this.ordered.delete(runnerId);
    this.options.scope.deregistered(runnerId);
  }

  private forgetListed(runners: readonly Runner[], observedAt: number): void {
    const listed = new Set(runners.map(({ id }) => id));
    for (const [id, at] of this.ordered) {
      if (listed.has(id) || observedAt - at > listLagMs) this.ordered.delete(id);
    }
  }
}
