// CircleCI as a source: the tasks of one resource class, and the runners that have registered for it. It decides nothing.

import type { CircleCiClient, CircleCiRunner } from '../../core/clients/circleci/client.ts';
import { circleTokenVariables } from '../../core/credentials.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Runner } from '../../core/runner.ts';
import type { CircleCiNamespace } from './circleci-namespace.ts';
import type { Source, SourceView } from './source.ts';

export interface CircleCiSourceOptions {
  /** `namespace/name`. */
  readonly resourceClass: string;
  readonly client: CircleCiClient;
  readonly namespace: CircleCiNamespace;
  readonly clock: Clock;
  /** False where the target itself knows which machines serve: then the list is asked for only to explain. */
  readonly needsRunners: boolean;
}

/**
 * A runner that was not heard of for this long is gone. CircleCI keeps gone ones listed for many hours; how often one
 * that is busy reports is not documented, so the bound is far above any interval seen.
 */
const goneAfterMs = 3_600_000;

/** Tasks that wait for so long make it worth asking which runners have come. */
const askAfterMs = 60_000;

function runnerOf({ name, firstConnectedAt, lastConnectedAt }: CircleCiRunner, now: number): Runner {
  return {
    id: name,
    name,
    labels: [],
    status: now - lastConnectedAt <= goneAfterMs ? 'online' : 'offline',
    cordoned: false,
    // CircleCI does not say which runner has a task.
    busyness: 'unknown',
    createdAt: firstConnectedAt,
    updatedAt: lastConnectedAt,
  };
}

export class CircleCiSource implements Source {
  readonly description: string;
  private readonly options: CircleCiSourceOptions;
  /** Since when some task has been unclaimed at every look; milliseconds since the epoch. */
  private waitingSince: number | undefined;

  constructor(options: CircleCiSourceOptions) {
    this.options = options;
    this.description = `CircleCI resource class ${options.resourceClass}`;
  }

  async observe(maxAgeMs: number): Promise<SourceView> {
    const { clock } = this.options;
    const observedAt = clock.now();
    const [tasks, runners] = await Promise.all([this.tasks(maxAgeMs), this.runners(maxAgeMs)]);
    const agents = await this.agents(tasks.unclaimed, maxAgeMs);
    return {
      ...{
        observedAt,
        runners,
        agents,
        ordered: new Map<string, number>(),
        vendorRoom: undefined,
        apiBudget: undefined,
      },
      demand: { kind: 'backlog', ...tasks },
    };
  }

  /**
   * Running first: a task that is taken between the two answers is then missing from both until the next look. The other
   * way round it would be counted twice, and a burst that is taken at once would be ordered again.
   */
  private async tasks(maxAgeMs: number): Promise<{ unclaimed: number; running: number }> {
    const { client, resourceClass, namespace } = this.options;
    const running = await client.countRunning(resourceClass);
    const unclaimed = await client.countUnclaimed(resourceClass);
    if (running + unclaimed > 0) namespace.prove(resourceClass);
    else await this.requireShown(maxAgeMs);
    return { unclaimed, running };
  }

  /** For a wrong token or class CircleCI answers with 0 tasks; that is not calm. */
  private async requireShown(maxAgeMs: number): Promise<void> {
    const { resourceClass, namespace } = this.options;
    if (await namespace.shows(resourceClass, maxAgeMs)) return;
    const text =
      `circleci count-unclaimed-tasks, resource class ${resourceClass}: 0 tasks, but the namespace ${namespace.namespace} ` +
      `does not list this class, so the number says nothing. Check the resource class, and that ${circleTokenVariables} ` +
      "belongs to a member of the namespace's organization.";
    throw new ServiceError(text, {
      service: 'circleci',
      operation: 'count-unclaimed-tasks',
      failure: 'malformed',
    });
  }

  /** Only while tasks wait for long. Whatever it fails at, the group is looked at all the same. */
  private async agents(unclaimed: number, maxAgeMs: number): Promise<readonly Runner[] | undefined> {
    const { needsRunners, clock } = this.options;
    const now = clock.now();
    this.waitingSince = unclaimed === 0 ? undefined : (this.waitingSince ?? now);
    if (needsRunners || this.waitingSince === undefined || now - this.waitingSince < askAfterMs)
      return undefined;
    return this.list(maxAgeMs).catch(() => undefined);
  }

  private async runners(maxAgeMs: number): Promise<readonly Runner[]> {
    return this.options.needsRunners ? this.list(maxAgeMs) : [];
  }

  private async list(maxAgeMs: number): Promise<readonly Runner[]> {
    const { namespace, resourceClass, clock } = this.options;
    const listed = await namespace.runners(resourceClass, maxAgeMs);
    return listed.map((runner) => runnerOf(runner, clock.now()));
  }
}
