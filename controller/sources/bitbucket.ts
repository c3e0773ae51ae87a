// Bitbucket Pipelines as a source: the runners of one group, and their registration. It decides nothing.

import { belongsTo } from '../../core/belonging.ts';
import type { BitbucketGroup } from '../../core/config/config.ts';
import { RegistrationError, type BitbucketClient } from '../../core/clients/bitbucket/client.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Runner } from '../../core/runner.ts';
import type { ApiBudget } from '../decide/snapshot.ts';
import type { BitbucketScope } from './bitbucket-scope.ts';
import type { Enrolment, Registrar, SourceView } from './source.ts';

export interface BitbucketSourceOptions {
  readonly group: BitbucketGroup;
  readonly scope: BitbucketScope;
  readonly client: BitbucketClient;
  readonly clock: Clock;
  /** Calls of an hour that are kept. */
  readonly kept: KeptCalls;
  /** Orders that all groups have decided on and not sent yet. */
  readonly ordersUnderWay: () => number;
}

export interface KeptCalls {
  /** So that ordering never makes the controller blind. */
  readonly forLooking: number;
  /** So that retiring never makes it unable to order. */
  readonly forOrders: number;
}

/** How long a registration may be missing from the list and still count. */
const listLagMs = 120_000;

export class BitbucketSource implements Registrar {
  readonly description: string;
  private readonly options: BitbucketSourceOptions;
  private readonly isMember: (runner: Runner) => boolean;
  private readonly ordered = new Map<string, number>();
  private readonly made = new Set<string>();

  constructor(options: BitbucketSourceOptions) {
    this.options = options;
    this.isMember = belongsTo(options.group);
    const { workspace, repository } = options.group.scope;
    const place =
      repository === undefined ? `workspace ${workspace}` : `repository ${workspace}/${repository}`;
    this.description = `Bitbucket ${place}`;
  }

  async observe(maxAgeMs: number): Promise<SourceView> {
    const { scope } = this.options;
    const list = await scope.runners(maxAgeMs);
    const runners = list.runners.filter(this.isMember);
    this.forgetListed(runners, list.observedAt);
    return {
      observedAt: list.observedAt,
      demand: { kind: 'ratio' },
      runners,
      ordered: new Map(this.ordered),
      made: new Set(this.made),
      vendorRoom: () => scope.room(),
      apiBudget: () => this.apiBudget(),
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
    const registration = await client
      .createRunner(group.scope, { name, labels })
      .catch((error: unknown) => this.giveUp(error));
    scope.registered(registration.runnerId);
    this.ordered.set(registration.runnerId, clock.now());
    this.made.add(registration.runnerId);
    return { ...registration, ...owner };
  }

  look(runnerId: string): Promise<Runner | undefined> {
    return this.options.client.getRunner(this.options.group.scope, runnerId);
  }

  setDisabled(runnerId: string, disabled: boolean): Promise<void> {
    return this.options.client.setDisabled(this.options.group.scope, runnerId, disabled);
  }

  async deregister(runnerId: string, purpose: 'removal' | 'undo' = 'removal'): Promise<void> {
    const { client, group } = this.options;
    await client.deleteRunner(group.scope, runnerId, purpose);
    this.ordered.delete(runnerId);
    this.made.delete(runnerId);
    this.options.scope.deregistered(runnerId);
  }

  private apiBudget(): ApiBudget {
    const { client, kept, ordersUnderWay } = this.options;
    const room = client.budget.leftForChanges(kept.forLooking) - ordersUnderWay();
    const budget = { room: Math.max(0, room), keptForOrders: kept.forOrders };
    return room > 0 ? budget : { ...budget, backAt: client.budget.backAt(1 - room) };
  }

  /** A runner whose secret did not come can only be deleted. If that fails too, the next looks find it without a machine. */
  private async giveUp(error: unknown): Promise<never> {
    if (error instanceof RegistrationError) {
      const { client, group } = this.options;
      await client.deleteRunner(group.scope, error.runnerId, 'undo').catch(() => undefined);
    }
    throw error;
  }

  private forgetListed(runners: readonly Runner[], observedAt: number): void {
    const listed = new Set(runners.map(({ id }) => id));
    for (const [id, at] of this.ordered) {
      if (listed.has(id) || observedAt - at > listLagMs) this.ordered.delete(id);
    }
    for (const id of this.made) if (!listed.has(id) && !this.ordered.has(id)) this.made.delete(id);
  }
}
