// One CircleCI namespace, shared by its groups: one list of runners for all of them, and which resource classes there are.

import type { CircleCiClient, CircleCiRunner } from '../../core/clients/circleci/client.ts';
import { ServiceError } from '../../core/errors.ts';
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
  /** Classes of which tasks were seen. */
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

  /** Tasks prove that the token sees the class, where there is no list to ask. */
  prove(resourceClass: string): void {
    this.proven.add(resourceClass);
  }

  /** Forgets classes that no group has any more. */
  keepOnly(resourceClasses: ReadonlySet<string>): void {
    for (const known of this.proven) if (!resourceClasses.has(known)) this.proven.delete(known);
  }

  /**
   * Whether CircleCI shows the class to this token now: one that did may have lost its rights. A server that has no list of
   * classes is taken at the tasks that it once showed.
   * @throws ServiceError
   */
  async shows(resourceClass: string, maxAgeMs: number): Promise<boolean> {
    try {
      return (await this.classList.get(maxAgeMs)).includes(resourceClass);
    } catch (error) {
      const hasNoList = error instanceof ServiceError && error.status === 404;
      if (hasNoList && this.proven.has(resourceClass)) return true;
      throw error;
    }
  }
}
