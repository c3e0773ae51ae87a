// One sweep over every group: observe → judge → record → remove. Waiting between sweeps is the caller's.

import type { BitbucketGroup, Config } from '../core/config/config.ts';
import type { Clock } from '../core/process/clock.ts';
import { observe, type Observation, type Sides } from './observe.ts';
import { unlessStopping } from '../core/errors.ts';
import { maySweep, wantedWhile, type PermissionParts } from './permission.ts';
import { begin, finish, type Place } from './remove.ts';
import type { Removal } from './removal.ts';
import { emptyMemory, pass, type Memory, type Pass } from './stale/pass.ts';
import { termsOf, type Terms } from './stale/terms.ts';

/** Told of each step of a sweep as it happens. */
export interface Recorder {
  judged(group: string, pass: Pass, at: number): void;
  /** The group could not be looked at; nothing of it is removed. `cause` stays the same while only numbers of `because` change. */
  held(group: string, because: string, cause: string): void;
  removed(group: string, removal: Removal, at: number): void;
}

/** What `config` gives is asked anew before each step of a removal, so that an edit takes effect at once. */
export interface SweeperOptions extends PermissionParts {
  readonly sides: () => Sides;
  readonly clock: Clock;
  readonly recorder: Recorder;
}

/**
 * Removals of one group under way at a time; the clients bound theirs too. They look again together, which takes one list, and no
 * more of them wait between that look and the deletion.
 */
const atATime = 4;

async function inBatches<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += atATime) {
    results.push(...(await Promise.all(items.slice(from, from + atATime).map(act))));
  }
  return results;
}

/** The groups that may be swept. */
export function sweptGroups({ groups }: Config): readonly BitbucketGroup[] {
  return groups.flatMap((group) => (group.service === 'bitbucket' && group.cleanerEnabled ? [group] : []));
}

export class Sweeper {
  private readonly options: SweeperOptions;
  private memories: ReadonlyMap<string, Memory> = new Map();

  constructor(options: SweeperOptions) {
    this.options = options;
  }

  async sweep(): Promise<void> {
    const config = this.options.config();
    const groups = sweptGroups(config);
    if (groups.length === 0) {
      this.memories = new Map();
      return;
    }
    const sides = this.options.sides();
    const seen = await observe(sides, groups);
    const before = this.memories;
    const after = new Map<string, Memory>();
    const sweeping = groups.map(async (group) => {
      const observation = seen.get(group.name);
      const memory = before.get(group.name) ?? emptyMemory;
      after.set(group.name, memory);
      if (observation?.ok !== true) return this.hold(group, observation);
      const passed = pass(observation.subjects, termsOf(config), memory, this.options.clock.now());
      after.set(group.name, passed.memory);
      await this.carryOut({ sides, group }, passed);
    });
    this.memories = after;
    // Every group ends before the sweep does, so that two sweeps never overlap.
    const ended = await Promise.allSettled(sweeping);
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
  }

  private hold({ name }: BitbucketGroup, observation: Observation | undefined): void {
    const { message, cause } =
      observation?.ok === false ? observation : { message: 'it was not looked at', cause: 'not looked at' };
    this.options.recorder.held(name, message, cause);
  }

  private async carryOut(
    { sides, group }: { sides: Sides; group: BitbucketGroup },
    passed: Pass,
  ): Promise<void> {
    const { clock, recorder } = this.options;
    recorder.judged(group.name, passed, clock.now());
    // What has begun is ended, or left as it is; nothing more of it is begun.
    const maySweepNow = (): boolean => maySweep(this.options, group, sweptGroups);
    const step = <T>(act: () => Promise<T>): Promise<T | undefined> =>
      maySweepNow() ? unlessStopping(act) : Promise.resolve(undefined);
    const requireWanted = wantedWhile(maySweepNow);
    const place = (): Place => {
      return { sides, group, terms: termsOf(this.options.config()), now: () => clock.now(), requireWanted };
    };
    const told = (removal: Removal): void => recorder.removed(group.name, removal, clock.now());
    const begun = await inBatches(passed.due, async (verdict) => {
      const subject = passed.subjects.find(({ id }) => id === verdict.id);
      if (subject === undefined) return [];
      const started = await step(() => begin(place(), subject, verdict));
      if (started === undefined) return [];
      const { removal, retired } = started;
      told(removal);
      return retired === undefined ? [] : [{ retired, verdict: removal.verdict }];
    });
    const waiting = begun.flat();
    if (waiting.length === 0 || !(await this.waitForBuilds(place().terms))) return;
    await inBatches(waiting, async ({ retired, verdict }) => {
      const removal = await step(() => finish(place(), retired, verdict));
      if (removal !== undefined) told(removal);
    });
  }

  /** A build that came before a runner was disabled shows by then. False if this process ends; the next one finds them drained. */
  private async waitForBuilds({ drainedGraceMs }: Terms): Promise<boolean> {
    const { clock, ending } = this.options;
    await clock.sleep(drainedGraceMs, ending?.stopping);
    return ending?.stopping.aborted !== true;
  }
}
