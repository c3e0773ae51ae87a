// Lets the worst happen at the worst moment: a task starts just while its machine is being taken away, somebody wants more
// instances just while a controller does. It takes nothing away itself.

import { region } from './setting.ts';
import type { TaskWorld } from './world.ts';

/** From a verdict, or a decision, to the end of what follows from it, in the mean. */
const verdictMs = 1_500;
const decisionMs = 400;
const sentMs = 150;

export interface TemptationHooks {
  /** Nobody is tempted when it is calm. */
  readonly isOn: () => boolean;
  /** The call that is about to be sent takes its time. */
  readonly dawdle: () => void;
  /** Told when somebody adds capacity by hand. */
  readonly meddled: () => void;
}

export class Temptation {
  private readonly world: TaskWorld;
  private readonly random: () => number;
  private readonly hooks: TemptationHooks;

  constructor(world: TaskWorld, random: () => number, hooks: TemptationHooks) {
    this.world = world;
    this.random = random;
    this.hooks = hooks;
  }

  /** A machine is going to be taken away, after one more look. */
  meant(machine: string): void {
    if (!this.hooks.isOn()) return;
    const share = this.random();
    if (share < 0.5) this.wakeWithin(machine, verdictMs);
    else if (share < 0.6) this.world.later(this.random() * verdictMs, () => this.turnBlind());
  }

  /** The call that takes it away is about to be sent. */
  sent(machine: string): void {
    if (!this.hooks.isOn() || this.random() < 0.7) return;
    // A Job's version forbids what comes too late; of an instance nothing does.
    if (this.world.cluster.jobs.has(machine)) this.hooks.dawdle();
    this.wakeWithin(machine, sentMs);
  }

  /** A controller is going to want more instances: somebody else does just then. */
  ordering(name: string): void {
    if (!this.hooks.isOn() || this.random() < 0.85) return;
    const { cloud } = this.world;
    const more = 1 + Math.floor(this.random() * 3);
    this.world.later(this.random() * decisionMs, () => {
      const group = cloud.all().find((each) => each.name === name);
      if (group === undefined || group.desired >= group.max) return;
      this.hooks.meddled();
      cloud.setDesired(region, name, Math.min(group.max, group.desired + more));
    });
  }

  /** CircleCI begins to answer as to a stranger, for as long as it takes. */
  private turnBlind(): void {
    const { world } = this;
    world.blindUntil = Math.max(world.blindUntil, world.now + 60_000);
  }

  private wakeWithin(machine: string, withinMs: number): void {
    const runMs = Math.round((1 + 10 * this.random()) * 60_000);
    this.world.later(this.random() * withinMs, () => this.wake(machine, runMs));
  }

  private wake(machine: string, runMs: number): void {
    const { cloud, cluster } = this.world;
    const made = cluster.jobs.get(machine);
    if (made !== undefined) {
      this.offer(made.resourceClass, runMs);
      return cluster.heal(made);
    }
    const known = cloud.served.get(machine);
    if (known === undefined) return;
    this.offer(known.group.tags['resource-class'] ?? '', runMs);
    this.world.tasks.comeBack(machine);
    cloud.connect(machine);
  }

  /** One for each who is idle, and one more. */
  private offer(resourceClass: string, runMs: number): void {
    const { tasks } = this.world;
    for (let count = tasks.idle(resourceClass); count >= 0; count -= 1) tasks.arrive(resourceClass, runMs);
  }
}
