// One CircleCI namespace, shared by its groups: one list of runners for all of them, and which resource classes there are.

import type { CircleCiClient, CircleCiRunner } from '../../core/clients/circleci/client.ts';
import type { Clock } from '../../core/process/clock.ts';

export interface CircleCiNamespaceOptions {
  readonly namespace: string;
  readonly client: CircleCiClient;
  readonly clock: Clock;
}

interface Asked<T> {
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly answer: Promise<T>;
}

/** One question at a time for everybody who asks it at about the same time. A failure is theirs too, and is not kept. */
class Shared<T> {
  private readonly ask: () => Promise<T>;
  private readonly clock: Clock;
  private latest: Asked<T> | undefined;

  constructor(clock: Clock, ask: () => Promise<T>) {
    this.clock = clock;
    this.ask = ask;
  }

  /** @param maxAgeMs an answer that was asked for this recently will do */
  get(maxAgeMs: number): Promise<T> {
    const since = this.clock.now();
    if (this.latest !== undefined && since - this.latest.since <= maxAgeMs) return this.latest.answer;
    const asked: Asked<T> = { since, answer: this.ask() };
    this.latest = asked;
    asked.answer.catch(() => {
      if (this.latest === asked) this.latest = undefined;
    });
    return asked.answer;
  }
}

export class CircleCiNamespace {
  readonly namespace: string;
  private readonly runnerList: Shared<readonly CircleCiRunner[]>;
  private readonly classList: Shared<readonly string[]>;
  private readonly proven = new Set<string>();

  constructor({ namespace, client, clock }: CircleCiNamespaceOptions) {
    this.namespace = namespace;
    this.runnerList = new Shared(clock, () => client.listRunners(namespace));
    this.classList = new Shared(clock, () => client.listResourceClasses(namespace));
  }

  /** Everybody's runners of this class, also those that are gone. @throws ServiceError */
  async runners(resourceClass: string, maxAgeMs: number): Promise<readonly CircleCiRunner[]> {
    const all = await this.runnerList.get(maxAgeMs);
    return all.filter((runner) => runner.resourceClass === resourceClass);
  }

  /** Tasks prove that the token sees the class. */
  prove(resourceClass: string): void {
    this.proven.add(resourceClass);
  }

  /**
   * Whether CircleCI shows the class to this token. Asked until it does, and then no more.
   * @throws ServiceError
   */
  async shows(resourceClass: string, maxAgeMs: number): Promise<boolean> {
    if (this.proven.has(resourceClass)) return true;
    for (const each of await this.classList.get(maxAgeMs)) this.proven.add(each);
    return this.proven.has(resourceClass);
  }
}
