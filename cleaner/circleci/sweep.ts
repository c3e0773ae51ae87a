// One sweep over every CircleCI group: look → judge → record → remove. Waiting between sweeps is the caller's.

import pLimit from 'p-limit';
import type { CircleCiGroup, Config } from '../../core/config/config.ts';
import { ConfigError, ServiceError, unlessStopping } from '../../core/errors.ts';
import { holdCauseOf } from '../../core/hold-link.ts';
import type { Clock } from '../../core/process/clock.ts';
import { maySweep, wantedWhile, type PermissionParts } from '../permission.ts';
import { orFailed, type Removal } from '../removal.ts';
import type { Findings } from '../stale/findings.ts';
import { termsOf, type Terms } from '../stale/terms.ts';
import { CronJobYard } from './cron-job-yard.ts';
import { InstanceYard } from './instance-yard.ts';
import { Reads, type ReadingClients } from './reads.ts';
import { GroupSearch } from './search.ts';
import type { Yard } from './yard.ts';

/** Told of each step of a sweep as it happens. */
export interface CircleCiRecorder {
  judged(group: string, findings: Findings, at: number): void;
  /** The group could not be looked at; nothing of it is removed. */
  held(group: string, because: string, cause: string): void;
  removed(group: string, removal: Removal, at: number): void;
  /** A place where groups may be found could not be searched; those that it showed before are swept. */
  unsearched(place: string, because: string): void;
}

/** What `config` gives is asked anew before each removal, so that an edit takes effect at once. */
export interface CircleCiSweeperOptions extends PermissionParts {
  readonly clients: ReadingClients;
  readonly clock: Clock;
  readonly recorder: CircleCiRecorder;
  readonly warn: (text: string) => void;
}

/** What can not be seen is held; anything else is a bug. */
export function holdOf(error: unknown): string {
  if (error instanceof ServiceError) return error.message;
  if (error instanceof ConfigError) return error.problems.map(({ message }) => message).join('; ');
  throw error;
}

function causeOf(error: unknown): string {
  return error instanceof ServiceError ? holdCauseOf(error) : 'configuration';
}

/** Another target is another place, whatever the group is called. */
export function yardFor(
  group: CircleCiGroup,
  { clients, clock }: Pick<CircleCiSweeperOptions, 'clients' | 'clock'>,
): Yard {
  const { target } = group;
  if (target.kind === 'cron-job') return new CronJobYard({ place: target, clients, clock });
  return new InstanceYard({ group: { ...group, target }, clients, clock });
}

export class CircleCiSweeper {
  private readonly options: CircleCiSweeperOptions;
  private readonly search: GroupSearch;
  private yards: ReadonlyMap<string, Yard> = new Map();

  constructor(options: CircleCiSweeperOptions) {
    this.options = options;
    this.search = new GroupSearch(options);
  }

  /** The groups that are known now. */
  names(): readonly string[] {
    return this.known(this.options.config()).map(({ name }) => name);
  }

  private known(config: Config): readonly CircleCiGroup[] {
    try {
      return this.search.known(config);
    } catch (error) {
      holdOf(error);
      return this.search.declared(config);
    }
  }

  async sweep(): Promise<void> {
    const config = this.options.config();
    const groups = await this.groups(config);
    const reads = new Reads(this.options.clients, groups);
    this.yards = new Map(groups.map((group) => [keyOf(group), this.yardOf(group)]));
    const sweeping = groups.map((group) => this.sweepGroup(group, reads, termsOf(config)));
    // Every group ends before the sweep does, so that two sweeps never overlap.
    const ended = await Promise.allSettled(sweeping);
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
  }

  private async groups(config: Config): Promise<readonly CircleCiGroup[]> {
    const { recorder } = this.options;
    try {
      await this.search.look(config);
      for (const [place, because] of this.search.failing()) recorder.unsearched(place, because);
      return this.search.known(config);
    } catch (error) {
      recorder.unsearched('the places of discovery', holdOf(error));
      return this.search.declared(config);
    }
  }

  private async sweepGroup(group: CircleCiGroup, reads: Reads, terms: Terms): Promise<void> {
    const { recorder, clock } = this.options;
    const yard = this.yardOf(group);
    let findings: Findings;
    try {
      findings = await yard.look(reads, terms);
    } catch (error) {
      return recorder.held(group.name, holdOf(error), causeOf(error));
    }
    recorder.judged(group.name, findings, clock.now());
    const maySweepNow = (): boolean => maySweep(this.options, group, (now) => this.known(now));
    const limit = pLimit(yard.atATime);
    const removals = findings.due.map((verdict) =>
      limit(async () => {
        if (!maySweepNow()) return;
        const inForce = termsOf(this.options.config());
        const removal = await unlessStopping(() =>
          orFailed(verdict, () => yard.remove(verdict, inForce, wantedWhile(maySweepNow))),
        );
        if (removal === undefined) return;
        recorder.removed(group.name, removal, clock.now());
      }),
    );
    await Promise.all(removals);
  }

  private yardOf(group: CircleCiGroup): Yard {
    return this.yards.get(keyOf(group)) ?? yardFor(group, this.options);
  }
}

function keyOf({ name, resourceClass, target }: CircleCiGroup): string {
  return JSON.stringify([name, resourceClass, target]);
}
