// One workspace or repository at Bitbucket, shared by its groups: one list for all of them, and one count of free places.

import { scopeKey, type Scope } from '../../core/config/config.ts';
import type { Runner } from '../../core/runner.ts';
import type { Clock } from '../../core/process/clock.ts';

export interface RunnerList {
  /** When it was asked, in milliseconds since the epoch. */
  readonly observedAt: number;
  readonly runners: readonly Runner[];
}

export interface BitbucketScopeOptions {
  readonly scope: Scope;
  /** Runners that Bitbucket allows the scope. */
  readonly runnerLimit: number;
  readonly list: (scope: Scope) => Promise<readonly Runner[]>;
  readonly clock: Clock;
}

/** How long a registration may be missing from the list before it is taken as gone. */
const listLagMs = 120_000;

export class BitbucketScope {
  readonly scope: Scope;
  private readonly options: BitbucketScopeOptions;
  private latest: RunnerList | undefined;
  private underWay: Promise<RunnerList> | undefined;
  private reserved = 0;
  private readonly made = new Map<string, number>();

  constructor(options: BitbucketScopeOptions) {
    this.options = options;
    this.scope = options.scope;
  }

  get key(): string {
    return scopeKey(this.scope);
  }

  /** One call serves all groups that ask at about the same time (P9). Its failure is theirs too. */
  async runners(maxAgeMs: number): Promise<RunnerList> {
    const { latest } = this;
    if (latest !== undefined && this.options.clock.now() - latest.observedAt <= maxAgeMs) return latest;
    this.underWay ??= this.read().finally(() => (this.underWay = undefined));
    return this.underWay;
  }

  /** Places that are left, counting everybody's registrations, those not listed yet, and those set aside. */
  room(list: RunnerList): number {
    const listed = new Set(list.runners.map(({ id }) => id));
    const unlisted = [...this.made.keys()].filter((id) => !listed.has(id)).length;
    return Math.max(0, this.options.runnerLimit - list.runners.length - unlisted - this.reserved);
  }

  reserve(places: number): void {
    this.reserved += places;
  }

  release(places: number): void {
    this.reserved -= places;
  }

  /** A reserved place has become a registration. */
  registered(runnerId: string): void {
    this.reserved -= 1;
    this.made.set(runnerId, this.options.clock.now());
  }

  deregistered(runnerId: string): void {
    this.made.delete(runnerId);
  }

  private async read(): Promise<RunnerList> {
    const observedAt = this.options.clock.now();
    const list = { observedAt, runners: await this.options.list(this.scope) };
    for (const [id, at] of this.made) {
      if (list.runners.some((runner) => runner.id === id) || observedAt - at > listLagMs)
        this.made.delete(id);
    }
    this.latest = list;
    return list;
  }
}
