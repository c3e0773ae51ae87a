// Runs one loop a group, each on its own: starts, stops and replaces them as the config changes. It decides nothing.

import type { Config, Group } from '../core/config/config.ts';
import { messageOf, StoppingError } from '../core/errors.ts';
import type { Clock } from '../core/process/clock.ts';
import type { Ending } from '../core/process/ending.ts';
import type { Logger } from '../core/process/logger.ts';
import { startLoop, type Loop } from '../core/process/loop.ts';
import { policyOf, type Policy } from './decide/policy.ts';
import type { Plant } from './apply/apply.ts';
import type { Plants } from './plants.ts';
import { Reconciler, type Recorder } from './reconcile.ts';
import type { Events } from './record/events.ts';
import type { Journal } from './record/journal.ts';
import type { ControllerMetrics } from './record/metrics.ts';
import { GroupRecord, type GroupIdentity, type GroupStatus } from './record/status.ts';

export interface GroupsOptions {
  readonly plants: Plants;
  readonly journal: Journal;
  readonly metrics: ControllerMetrics;
  readonly events: Pick<Events, 'decided' | 'applied' | 'forget' | 'startsEdited'>;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Of the program; never, if left out. */
  readonly ending?: Ending | undefined;
}

interface RunningGroup {
  /** Tells whether a new config asks for something else. */
  readonly definition: string;
  readonly reconciler: Reconciler;
  readonly record: GroupRecord;
  readonly policy: Policy;
  readonly loop: Loop;
}

/** A group that is new or edited. */
interface Change {
  readonly group: Group;
  readonly policy: Policy;
  readonly definition: string;
  readonly plant: Plant;
}

/** A group is stale when it was not observed for this many of its calm intervals. */
const staleAfterIntervals = 3;

function definitionOf(group: Group, { constants }: Config, { startsDependOn }: Policy): string {
  return JSON.stringify([group, constants, startsDependOn]);
}

function identityOf({ source, target }: Plant, { group: name, rule: { min, max } }: Policy): GroupIdentity {
  return { name, source: source.description, target: target.description, min, max };
}

export class Groups {
  private readonly options: GroupsOptions;
  private readonly running = new Map<string, RunningGroup>();

  constructor(options: GroupsOptions) {
    this.options = options;
  }

  /**
   * Makes the running groups those of the config. A group that did not change is not disturbed, and none is if one of
   * them can't be built, which throws. No changed group begins before the ticks of all others that change have ended: they may
   * still order runners that it will count as its own, such as after a rename (P1).
   * @param template a digest of the job template in force
   */
  async apply(config: Config, template: string): Promise<void> {
    const wanted = new Set(config.groups.map(({ name }) => name));
    const gone = [...this.running.keys()].filter((name) => !wanted.has(name));
    const changed = config.groups
      .map((group) => ({ group, policy: policyOf(group, config, template) }))
      .map((each) => ({ ...each, definition: definitionOf(each.group, config, each.policy) }))
      .filter(({ group, definition }) => this.running.get(group.name)?.definition !== definition)
      .map((each): Change => ({ ...each, plant: this.options.plants.build(each.group, config) }));
    await Promise.all([
      ...gone.map((name) => this.end(name)),
      ...changed.map(({ group }) => this.running.get(group.name)?.loop.stop()),
    ]);
    for (const change of changed) this.begin(change);
    // Also what is left of groups from before this process last stood down.
    this.options.metrics.keepOnly(wanted);
    this.options.plants.keepOnly(config);
  }

  /** Resolves when every tick under way has ended and nothing is said of any group any more. `apply` begins anew. */
  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map(({ loop }) => loop.stop()));
    for (const name of this.running.keys()) this.forget(name);
    this.running.clear();
    this.options.metrics.standDown();
  }

  statuses(): readonly GroupStatus[] {
    return [...this.running.values()].map(({ record }) => record.status());
  }

  /** How many groups were observed lately, and why the others were not. */
  health(now: number): { readonly working: number; readonly reasons: readonly string[] } {
    const reasons = [...this.running].flatMap(([name, { record, policy }]) => {
      const at = record.lastObservedAt();
      if (at === undefined) return [`group ${name} was never observed`];
      const age = now - at;
      const old = age > staleAfterIntervals * policy.pollingIntervalMs;
      return old ? [`group ${name} was last observed ${Math.round(age / 1000)} s ago`] : [];
    });
    return { working: this.running.size - reasons.length, reasons };
  }

  private async end(name: string): Promise<void> {
    const group = this.running.get(name);
    this.running.delete(name);
    await group?.loop.stop();
    this.forget(name);
  }

  private forget(name: string): void {
    this.options.journal.forget(name);
    this.options.events.forget(name);
  }

  private begin(change: Change): void {
    const { name } = change.group;
    this.running.set(name, this.start(change, this.running.get(name)));
  }

  private start(
    { group, policy, definition, plant }: Change,
    before: RunningGroup | undefined,
  ): RunningGroup {
    const { clock, ending } = this.options;
    const identity = identityOf(plant, policy);
    const record = before?.record ?? new GroupRecord(identity);
    record.identify(identity);
    this.options.metrics.began(group.name, record.lastObservedAt() ?? 0);
    const recorder = this.recorder(record, policy.rule.max);
    const predecessor = before?.reconciler;
    if (before !== undefined && before.policy.startsDependOn !== policy.startsDependOn) {
      this.options.journal.startsEdited(group.name);
      this.options.events.startsEdited(group.name);
    }
    const reconciler = new Reconciler({ plant, policy, clock, predecessor, recorder, ending });
    const loop = startLoop({ clock, step: () => this.step(group.name, reconciler, policy) });
    return { definition, reconciler, record, policy, loop };
  }

  private recorder(record: GroupRecord, max: number): Recorder {
    const { journal, metrics, events } = this.options;
    return {
      decided(decision, observation) {
        metrics.decided(decision, observation, max);
        record.decided(decision, observation);
        journal.decided(decision, observation);
        events.decided(decision);
      },
      applied(decision, results) {
        metrics.applied(decision, results);
        journal.applied(decision, results);
        events.applied(decision, results);
      },
      unfinished: (group, error) => journal.unfinished(group, error),
      interrupted: (group, actions) => journal.interrupted(group, actions),
    };
  }

  /** The one catch of a tick: whatever goes wrong in one group stays in it (P4). */
  private async step(name: string, reconciler: Reconciler, policy: Policy): Promise<number> {
    const { clock, metrics, logger } = this.options;
    const began = clock.now();
    try {
      return await reconciler.tick();
    } catch (error) {
      if (error instanceof StoppingError) return policy.pollingIntervalMs;
      const stack = error instanceof Error ? error.stack : undefined;
      logger.error(
        { group: name, error: messageOf(error), stack },
        'a tick failed unexpectedly; this is a bug, please report it',
      );
      return policy.pollingIntervalMs;
    } finally {
      metrics.ticked((clock.now() - began) / 1000);
    }
  }
}
