// One episode of CircleCI groups: both programs on one world while its faults strike, then calm, then the reckoning. The same
// seed and plan always give the same outcome.

import type { AutoScalingClient } from '../../../core/clients/auto-scaling/client.ts';
import type { CircleCiClient } from '../../../core/clients/circleci/client.ts';
import type { KubernetesClient } from '../../../core/clients/kubernetes/client.ts';
import type { LeaseCalls } from '../../../core/clients/kubernetes/leases.ts';
import type { Clock } from '../../../core/process/clock.ts';
import { restMs, type BrokenPromise, type Counts } from '../ledger.ts';
import { Network } from '../network.ts';
import {
  circleCiFaults,
  isCallFault,
  isProcessFault,
  makePlan,
  seeded,
  type CircleCiFault,
  type PlannedFault,
} from '../plan.ts';
import type { Process } from '../process.ts';
import { minute } from '../setting.ts';
import { leaseEffects } from '../sides.ts';
import { Stage, type Program } from '../stage.ts';
import { leftovers, starving } from './left.ts';
import { hurt } from './mishaps.ts';
import { startCleaner, startController, type Surroundings } from './programs.ts';
import { TaskPromises } from './promises.ts';
import { taskSettingOf, type TaskSetting } from './setting.ts';
import { autoScalingEffects, circleCiEffects, clusterEffects } from './sides.ts';
import { Temptation } from './temptation.ts';
import { circleCiWays, snapshotOf } from './ways.ts';
import { TaskWorld } from './world.ts';

export interface TaskOutcome {
  readonly setting: TaskSetting;
  readonly plan: readonly PlannedFault[];
  readonly counts: Counts;
  readonly broken: BrokenPromise | undefined;
}

export type Tamper = (of: Surroundings) => Surroundings;

/** So that an episode has nothing in common with Bitbucket's of the same number. */
const seedOffset = 7_654_321;
const endlessMs = 1000 * 60 * minute;

class TaskEpisode {
  private readonly setting: TaskSetting;
  private readonly plan: readonly PlannedFault[];
  private readonly random: () => number;
  private readonly world: TaskWorld;
  private readonly promises: TaskPromises;
  private readonly network: Network;
  private readonly leases = { controller: leaseEffects(), cleaner: leaseEffects() };
  private readonly stage: Stage;
  private readonly tamper: Tamper;
  private isRough = true;

  constructor(seed: number, plan?: readonly PlannedFault[], tamper: Tamper = (of) => of) {
    const random = seeded(seed + seedOffset);
    this.tamper = tamper;
    this.setting = taskSettingOf(random);
    const { setting } = this;
    this.plan = plan ?? makePlan(random, setting.roughMs, setting.faultEveryMs, circleCiFaults);
    this.random = seeded(seed + seedOffset + 1_000_003);
    this.world = new TaskWorld(setting, this.random);
    if (setting.kind === 'futile') this.world.starts = 'never';
    this.promises = new TaskPromises(this.world, setting);
    this.network = new Network(this.world, this.random, this.promises, circleCiWays);
    const twins = ['controller-a', 'controller-b', 'cleaner-a', 'cleaner-b'];
    this.stage = new Stage({
      ...{ time: this.world, random: this.random, freezesAtAwaits: true },
      roles: setting.kind === 'twins' ? twins : ['controller', 'cleaner'],
      launch: (role, process, clock) => this.launch(role, process, clock),
    });
    this.promises.leaders = () => this.stage.leaders();
    this.promises.temptation = new Temptation(this.world, this.random, {
      isOn: () => this.isRough && setting.kind !== 'futile',
      dawdle: () => this.network.arm('late', this.random(), undefined),
      meddled: () => void (this.promises.meddledAt = this.world.now),
    });
  }

  async run(): Promise<TaskOutcome> {
    const { setting, world, plan, promises } = this;
    this.stage.begin();
    for (const fault of plan) world.later(fault.at, () => this.strike(fault));
    this.planTasks();
    world.later(setting.roughMs, () => this.beCalm());
    const end = world.startedAt + setting.roughMs + setting.calmMs;
    if (setting.kind !== 'twins') promises.restFrom = end - restMs;
    await this.stage.pass(end, () => promises.broken !== undefined);
    if (promises.broken === undefined) this.reckon();
    const { counts, broken } = promises;
    counts.builds = world.tasks.builds.all.length;
    this.stage.end();
    return { setting, plan, counts, broken };
  }

  private launch(role: string, process: Process, clock: Clock): Program {
    const { world, network, setting, promises, leases } = this;
    const isController = role.startsWith('controller');
    const calls = isController ? leases.controller : leases.cleaner;
    const of: Surroundings = {
      ...{ process, clock, config: setting.config },
      circleCi: network.client<CircleCiClient>(process, 'circleci', circleCiEffects(world)),
      autoScaling: network.client<AutoScalingClient>(process, 'aws', autoScalingEffects(world)),
      kubernetes: network.client<KubernetesClient>(
        process,
        'kubernetes',
        clusterEffects(world, process.name),
      ),
      leases: setting.kind === 'twins' ? network.client<LeaseCalls>(process, 'leases', calls) : undefined,
    };
    return (isController ? startController : startCleaner)(this.tamper(of), promises);
  }

  private planTasks(): void {
    const { setting, world } = this;
    const next = (): void => {
      world.later(-Math.log(1 - this.random()) * setting.taskEveryMs, () => {
        if (!this.isRough) return;
        // Now and then many at once.
        const many = this.random() < 0.15 ? 1 + Math.floor(this.random() * 12) : 1;
        for (let count = 0; count < many; count += 1) this.arrive(this.lengthOfTask());
        next();
      });
    };
    next();
  }

  /** A few run for hours: longer than a silent runner is taken for one that may be heard of again. */
  private lengthOfTask(): number {
    if (this.random() < 0.04) return (60 + 180 * this.random()) * minute;
    return 0.2 * minute + 2 * this.random() * this.setting.taskMs;
  }

  private arrive(runMs: number): void {
    const { groups } = this.setting;
    const group = groups[Math.floor(this.random() * groups.length)];
    if (group !== undefined) this.world.tasks.arrive(group.resourceClass, Math.round(runMs));
  }

  private strike({ kind, chance }: PlannedFault): void {
    const { network, setting, world, promises, stage } = this;
    const isFutile = setting.kind === 'futile';
    if (isCallFault(kind)) {
      const shown = kind === 'old' ? snapshotOf(circleCiEffects(world), setting) : undefined;
      return network.arm(kind, chance, shown);
    }
    if (isProcessFault(kind)) {
      const mayBe = kind !== 'crash' || !isFutile;
      if (mayBe && stage.disturb(kind, chance)) promises.struck(kind);
      return;
    }
    // Where nothing starts, capacity is ours alone.
    if (isFutile && kind !== 'outage' && kind !== 'blind') return;
    const meddled = (): void => void (promises.meddledAt = world.now);
    if (hurt({ world, network, meddled }, kind as CircleCiFault, chance)) promises.struck(kind);
  }

  /** No fault any more, and demand that stays as it is. */
  private beCalm(): void {
    const { world, network, setting } = this;
    this.isRough = false;
    network.calm();
    this.stage.beCalm();
    world.blindUntil = 0;
    world.starts = setting.kind === 'futile' ? 'never' : 'well';
    const { builds } = world.tasks;
    for (const build of [...builds.waiting()]) builds.fail(build, world.now);
    for (let count = 0; count < setting.constantTasks; count += 1) this.arrive(endlessMs);
  }

  private reckon(): void {
    const { world, setting, promises } = this;
    if (setting.kind === 'futile' || setting.kind === 'twins') return;
    const [left] = leftovers(world, setting);
    if (left !== undefined) promises.break('P5', left);
    const [hungry] = promises.mayWait() ? [] : starving(world, setting);
    if (hungry !== undefined) promises.break('P6', hungry);
  }
}

/** @param tamper puts a bug between a program and its clients, to see whether it is noticed */
export function runTaskEpisode(
  seed: number,
  plan?: readonly PlannedFault[],
  tamper?: Tamper,
): Promise<TaskOutcome> {
  return new TaskEpisode(seed, plan, tamper).run();
}
