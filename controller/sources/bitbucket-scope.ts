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

/**
 * How long a registration may be missing from the list before it is taken as gone. It counts so long even if a list showed it: the
 * next answer may be an older one.
 */
const listLagMs = 120_000;

interface UnderWay {
  readonly since: number;
  readonly list: Promise<RunnerList>;
}

export class BitbucketScope {
  readonly scope: Scope;
  private readonly options: BitbucketScopeOptions;
  private latest: RunnerList | undefined;
  private underWay: UnderWay | undefined;
  private reserved = 0;
  private readonly made = new Map<string, number>();

  constructor(options: BitbucketScopeOptions) {
    this.options = options;
    this.scope = options.scope;
  }

  get key(): string {
    return scopeKey(this.scope);
  }

  /** Set aside for orders that are not registered yet. */
  get placesReserved(): number {
    return this.reserved;
  }

  /**
   * One call serves all groups that ask at about the same time (P9). Its failure is theirs too.
   * @param maxAgeMs a list that was asked for earlier, answered or not, may miss what the caller has changed since then
   */
  async runners(maxAgeMs: number): Promise<RunnerList> {
    const { latest, underWay } = this;
    const since = this.options.clock.now();
    const notBefore = since - maxAgeMs;
    if (latest !== undefined && latest.observedAt >= notBefore) return latest;
    if (underWay !== undefined && underWay.since >= notBefore) return underWay.list;
    const mine: UnderWay = { since, list: this.read(since).finally(() => this.ended(mine)) };
    this.underWay = mine;
    return mine.list;
  }

  /**
   * Places that are left, counting everybody's registrations in the newest list, those that it may lack, and those set aside. Not
   * by the list that the asking group has at hand: another group may have filled places since.
   */
  room(): number {
    if (this.latest === undefined) return 0;
    const { runners } = this.latest;
    const listed = new Set(runners.map(({ id }) => id));
    const unlisted = [...this.made.keys()].filter((id) => !listed.has(id)).length;
    return Math.max(0, this.options.runnerLimit - runners.length - unlisted - this.reserved);
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

  private ended(reading: UnderWay): void {
    if (this.underWay === reading) this.underWay = undefined;
  }

  private async read(observedAt: number): Promise<RunnerList> {
    const list = { observedAt, runners: await this.options.list(this.scope) };
    for (const [id, at] of this.made) if (observedAt - at > listLagMs) this.made.delete(id);
    if (this.latest === undefined || this.latest.observedAt <= observedAt) this.latest = list;
    return list;
  }
}
