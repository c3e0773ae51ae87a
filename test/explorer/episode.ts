// One episode: both programs on one world while its faults strike, then calm, then the reckoning. The same seed and plan always
// give the same outcome.

import type { Clock } from '../../core/process/clock.ts';
import type { BitbucketGroup } from '../../core/config/config.ts';
import type { LeaseCalls } from '../../core/clients/kubernetes/leases.ts';
import { bitbucketWays } from './bitbucket-ways.ts';
import { restMs, type BrokenPromise, type Counts } from './ledger.ts';
import { Network } from './network.ts';
import { isCallFault, isProcessFault, isWorldFault, makePlan, seeded } from './plan.ts';
import type { PlannedFault, ProcessFault, WorldFault } from './plan.ts';
import type { Process } from './process.ts';
import { ControllerProgram, startCleaner, type Surroundings } from './programs.ts';
import { Promises } from './promises.ts';
import { minute, settingOf, type Setting } from './setting.ts';
import { bitbucketEffects, kubernetesEffects, leaseEffects } from './sides.ts';
import { Stage, type Program } from './stage.ts';
import { scope, World } from './world.ts';
import { hurt } from './mishaps.ts';

export interface Outcome {
  readonly setting: Setting;
  readonly plan: readonly PlannedFault[];
  readonly counts: Counts;
  readonly broken: BrokenPromise | undefined;
}

class Episode {
  readonly setting: Setting;
  private readonly plan: readonly PlannedFault[];
  private readonly random: () => number;
  private readonly world: World;
  private readonly promises: Promises;
  private readonly network: Network;
  private readonly leases = leaseEffects();
  private readonly stage: Stage;
  private isRough = true;

  constructor(seed: number, plan?: readonly PlannedFault[]) {
    const random = seeded(seed);
    this.setting = settingOf(random);
    const { setting } = this;
    this.plan = plan ?? makePlan(random, setting.roughMs, setting.faultEveryMs);
    this.random = seeded(seed + 1_000_003);
    const bootMs = (): number => setting.bootMs * (0.5 + this.random());
    const bitbucketRunnerLimit = setting.config.constants.bitbucketRunnerLimit;
    const startsAt = Date.UTC(2026, 10, 23);
    this.world = new World({ runnerLimit: bitbucketRunnerLimit, room: setting.room, bootMs, startsAt });
    this.world.imagesFail = setting.kind === 'barren';
    this.promises = new Promises(this.world, setting);
    this.network = new Network(this.world, this.random, this.promises, bitbucketWays);
    const controllers = setting.kind === 'replicas' ? ['controller-a', 'controller-b'] : ['controller'];
    this.stage = new Stage({
      ...{ time: this.world, random: this.random, roles: [...controllers, 'cleaner'] },
      launch: (role, process, clock) => this.launch(role, process, clock),
    });
    this.promises.tempt = (id) => this.tempt(id);
    this.promises.leaders = () => this.stage.leaders();
  }

  async run(): Promise<Outcome> {
    const { setting, world, plan } = this;
    this.stage.begin();
    for (const fault of plan) world.later(fault.at, () => this.strike(fault));
    this.planBuilds();
    world.later(setting.roughMs, () => this.beCalm());
    const end = world.startedAt + setting.roughMs + setting.calmMs;
    this.promises.restFrom = end - restMs;
    await this.stage.pass(end, () => this.promises.broken !== undefined);
    if (this.promises.broken === undefined) this.promises.checkLeft();
    const { counts, broken } = this.promises;
    counts.builds = world.service.builds.all.length;
    this.stage.end();
    return { setting, plan, counts, broken };
  }

  private launch(role: string, process: Process, clock: Clock): Program | undefined {
    const { world, network, setting, promises, leases } = this;
    const of: Surroundings = {
      ...{ process, clock, setting },
      bitbucket: network.client(process, 'bitbucket', bitbucketEffects(world)),
      kubernetes: network.client(process, 'kubernetes', kubernetesEffects(world)),
    };
    if (role === 'cleaner') return void startCleaner(of, promises);
    const calls: LeaseCalls | undefined =
      setting.kind === 'replicas' ? network.client(process, 'leases', leases) : undefined;
    const program = new ControllerProgram(of, promises, calls);
    program.start();
    return program;
  }

  private planBuilds(): void {
    const { setting, world } = this;
    const next = (): void => {
      world.later(-Math.log(1 - this.random()) * setting.buildEveryMs, () => {
        if (!this.isRough) return;
        this.arrive(0.2 * minute + 2 * this.random() * setting.buildMs);
        next();
      });
    };
    next();
  }

  /** As many builds as it takes to reach this very runner, while the call that takes it away is on its way. */
  private tempt(id: string): void {
    const group = this.setting.groups.find(({ name }) => name === this.world.service.find(scope, id)?.name);
    if (!this.isRough || group === undefined || this.random() < 0.7) return;
    const { runMs, wait } = { runMs: (1 + 10 * this.random()) * minute, wait: this.random() * 150 };
    this.world.later(wait, () => {
      for (let count = 0; count < group.policy.max; count += 1) this.arrive(runMs, group);
    });
  }

  private arrive(runMs: number, chosen?: BitbucketGroup): void {
    const { groups } = this.setting;
    const group = chosen ?? groups[Math.floor(this.random() * groups.length)];
    const labels = (group?.labels ?? []).filter((label) => !label.startsWith('autoscaler.'));
    this.world.service.arrive({ scope, labels, runMs });
  }

  private strike({ kind, chance }: PlannedFault): void {
    if (isCallFault(kind)) {
      const shown =
        kind === 'old' ? (bitbucketEffects(this.world).listRunners?.({ workspace: scope }) ?? []) : [];
      return this.network.arm(kind, chance, shown);
    }
    if (isProcessFault(kind)) return this.disturb(kind, chance);
    if (!isWorldFault(kind)) return;
    if (this.setting.kind !== 'barren' || kind === 'outage') this.breakWorld(kind, chance);
  }

  private disturb(kind: ProcessFault, chance: number): void {
    if (kind === 'crash' && this.setting.kind === 'barren') return;
    if (this.stage.disturb(kind, chance)) this.promises.struck(kind);
  }

  private breakWorld(kind: WorldFault, chance: number): void {
    const struck = hurt({ world: this.world, network: this.network }, kind, chance);
    if (struck) this.promises.struck(kind);
  }

  /** No fault any more, and demand that stays as it is. */
  private beCalm(): void {
    this.isRough = false;
    this.network.calm();
    this.stage.beCalm();
    this.world.imagesFail = this.setting.kind === 'barren';
    const { builds } = this.world.service;
    for (const build of [...builds.waiting()]) builds.fail(build, this.world.now);
    for (let count = 0; count < this.setting.constantBuilds; count += 1) this.arrive(1000 * 60 * minute);
  }
}

export function runEpisode(seed: number, plan?: readonly PlannedFault[]): Promise<Outcome> {
  return new Episode(seed, plan).run();
}
