// One episode: both programs on one world while its faults strike, then calm, then the reckoning. The same seed and plan always
// give the same outcome.

import { evenTime, type Clock } from '../../core/process/clock.ts';
import type { BitbucketGroup } from '../../core/config/config.ts';
import type { LeaseCalls } from '../../core/clients/kubernetes/leases.ts';
import { Network, landingMs } from './network.ts';
import { isCallFault, isProcessFault, makePlan, seeded } from './plan.ts';
import type { PlannedFault, ProcessFault, WorldFault } from './plan.ts';
import { Process } from './process.ts';
import { ControllerProgram, startCleaner, type Surroundings } from './programs.ts';
import { Promises, restMs, type BrokenPromise, type Counts } from './promises.ts';
import { minute, second, settingOf, type Setting } from './setting.ts';
import { bitbucketEffects, kubernetesEffects, leaseEffects } from './sides.ts';
import { scope, World } from './world.ts';
import { hurt } from './mishaps.ts';

export interface Outcome {
  readonly setting: Setting;
  readonly plan: readonly PlannedFault[];
  readonly counts: Counts;
  readonly broken: BrokenPromise | undefined;
}

/** Everything that was awaited goes on before time does. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Slot {
  readonly role: string;
  process: Process | undefined;
  program: ControllerProgram | undefined;
  generation: number;
}

class Episode {
  readonly setting: Setting;
  private readonly plan: readonly PlannedFault[];
  private readonly random: () => number;
  private readonly world: World;
  private readonly promises: Promises;
  private readonly network: Network;
  private readonly leases = leaseEffects();
  private readonly slots: readonly Slot[];
  private skewMs = 0;
  private awake = true;
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
    this.network = new Network(this.world, this.random, this.promises);
    const roles = setting.kind === 'replicas' ? ['controller-a', 'controller-b'] : ['controller'];
    this.slots = [...roles, 'cleaner'].map((role) => ({
      role,
      process: undefined,
      program: undefined,
      generation: 0,
    }));
    this.promises.tempt = (id) => this.tempt(id);
    this.promises.leaders = () =>
      this.slots.flatMap(({ process, program }) =>
        program?.isLeading() === true && process ? [process.name] : [],
      );
  }

  async run(): Promise<Outcome> {
    const { setting, world, plan } = this;
    for (const slot of this.slots) this.start(slot);
    for (const fault of plan) world.later(fault.at, () => this.strike(fault));
    this.planBuilds();
    world.later(setting.roughMs, () => this.beCalm());
    const end = world.startedAt + setting.roughMs + setting.calmMs;
    this.promises.restFrom = end - restMs;
    await this.pass(end);
    if (this.promises.broken === undefined) this.promises.checkLeft();
    const { counts, broken } = this.promises;
    counts.builds = world.service.builds.all.length;
    for (const { process } of this.slots) if (process) process.alive = false;
    return { setting, plan, counts, broken };
  }

  private async pass(end: number): Promise<void> {
    const { timeline } = this.world;
    for (;;) {
      if (this.awake) {
        this.awake = false;
        // The second turn is for those who gather in the first (controller/targets/together.ts).
        await turn();
        await turn();
      }
      const next = timeline.nextAt() ?? end;
      if (next >= end || this.promises.broken !== undefined) return;
      timeline.advance(next);
    }
  }

  private start(slot: Slot): void {
    slot.generation += 1;
    const woken = (): void => void (this.awake = true);
    const died = (): void => this.restartLater(slot);
    const process = new Process(`${slot.role}#${slot.generation}`, this.world, { woken, died });
    slot.process = process;
    const of = this.surroundings(process);
    woken();
    if (slot.role === 'cleaner') return startCleaner(of, this.promises);
    const leases: LeaseCalls | undefined =
      this.setting.kind === 'replicas' ? this.network.client(process, 'leases', this.leases) : undefined;
    slot.program = new ControllerProgram(of, this.promises, leases);
    slot.program.start();
  }

  private surroundings(process: Process): Surroundings {
    const { world, network, setting } = this;
    const now = evenTime(
      () => world.now + this.skewMs,
      () => world.now,
    );
    const clock: Clock = { now, sleep: (ms, signal) => process.sleep(ms, signal) };
    return {
      ...{ process, clock, setting },
      bitbucket: network.client(process, 'bitbucket', bitbucketEffects(world)),
      kubernetes: network.client(process, 'kubernetes', kubernetesEffects(world)),
    };
  }

  private restartLater(slot: Slot): void {
    slot.program = undefined;
    const wait = this.random() ** 3 * 90 * second;
    this.world.later(landingMs + wait, () => this.start(slot));
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
    if (this.setting.kind !== 'barren' || kind === 'outage') this.breakWorld(kind, chance);
  }

  private disturb(kind: ProcessFault, chance: number): void {
    const slot = this.slots[Math.floor(chance * this.slots.length)];
    const within = (chance * this.slots.length) % 1;
    if (slot?.process === undefined || (kind === 'crash' && this.setting.kind === 'barren')) return;
    this.promises.struck(kind);
    if (kind === 'crash') slot.process.dieAfter(1 + Math.floor(within * 20));
    if (kind === 'freeze') slot.process.freeze(within * 60 * second);
    if (kind === 'jump') this.skewMs = (within - 0.5) * 120 * minute;
  }

  private breakWorld(kind: WorldFault, chance: number): void {
    const struck = hurt({ world: this.world, network: this.network }, kind, chance);
    if (struck) this.promises.struck(kind);
  }

  /** No fault any more, and demand that stays as it is. */
  private beCalm(): void {
    this.isRough = false;
    this.skewMs = 0;
    this.network.calm();
    this.world.imagesFail = this.setting.kind === 'barren';
    for (const { process } of this.slots) process?.dieAfter(Infinity);
    const { builds } = this.world.service;
    for (const build of [...builds.waiting()]) builds.fail(build, this.world.now);
    for (let count = 0; count < this.setting.constantBuilds; count += 1) this.arrive(1000 * 60 * minute);
  }
}

export function runEpisode(seed: number, plan?: readonly PlannedFault[]): Promise<Outcome> {
  return new Episode(seed, plan).run();
}
