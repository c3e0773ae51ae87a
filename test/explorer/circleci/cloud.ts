// The sandbox's Auto Scaling groups with their instances' lives: some never register, some late, and AWS picks whom it ends
// at its worst. It judges nobody.

import type { CircleCiGroup } from '../../../core/config/config.ts';
import { AutoScalingModel, Refusal, type ModelGroup } from '../../../sandbox/auto-scaling/model.ts';
import type { Build } from '../../../simulate/builds.ts';
import type { Time } from '../time.ts';
import { region, type TaskSetting } from './setting.ts';
import type { ExploredTasks } from './tasks.ts';

const terminationMs = 60_000;

export interface Land {
  readonly time: Time;
  readonly setting: TaskSetting;
  readonly tasks: ExploredTasks;
  readonly random: () => number;
  /** Milliseconds until a runner comes up; Infinity if it never does. */
  readonly delayOfStart: () => number;
  /** A task went with its machine, at somebody's hand. */
  readonly killed: (machine: string, task: Build) => void;
  /** A Job is about to be deleted. */
  readonly deleting: (job: string, by: string) => void;
}

export interface SeenInstance {
  readonly id: string;
  readonly group: ModelGroup;
  readonly inServiceAt: number;
}

export class Cloud extends AutoScalingModel {
  /** By id, those that are or were in service. */
  readonly served = new Map<string, SeenInstance>();
  private readonly land: Land;

  constructor(land: Land) {
    const { time, setting, random } = land;
    super(time.timeline, {
      ...{ terminationMs, bootMs: () => Math.round(setting.bootMs * (0.5 + random())) },
      inService: ({ id }, group) => this.serve(id, group),
      ending: (id) => this.ending(id),
    });
    this.land = land;
  }

  furnish({ target, resourceClass, policy }: CircleCiGroup): void {
    const { setting, random } = this.land;
    const max = Math.max(1, policy.max + Math.floor(random() * 4) - 1);
    const tags = { 'resource-class': resourceClass };
    this.create({ region, name: target.name, min: Math.min(setting.minSize, max), max, tags });
    this.shield(target.name);
  }

  all(): readonly ModelGroup[] {
    return this.inRegion(region);
  }

  instancesInService(): readonly SeenInstance[] {
    return this.all().flatMap(({ instances }) =>
      instances.flatMap(({ id, state }) => (state === 'InService' ? (this.served.get(id) ?? []) : [])),
    );
  }

  /** AWS may pick anyone who is not protected: here those at work. */
  override setDesired(of: string, name: string, desired: number): void {
    const { instances } = this.get(of, name);
    const isIdle = ({ id }: { id: string }): number => (this.land.tasks.taskOn(id) === undefined ? 1 : 0);
    instances.sort((left, right) => isIdle(left) - isIdle(right));
    super.setDesired(of, name, desired);
    this.shield(name);
  }

  /** One that is going already is not ended twice, and its place not taken out twice. */
  override terminate(of: string, id: string, decrement: boolean): void {
    const { group, instance } = this.find(of, id);
    if (instance.state === 'Terminating') {
      throw new Refusal('ScalingActivityInProgress', `Instance ${id} is being terminated already.`);
    }
    super.terminate(of, id, decrement);
    this.shield(group.name);
  }

  /** By hand; AWS lowers what is desired along with it. */
  setMax(name: string, max: number): void {
    const group = this.get(region, name) as { -readonly [Key in keyof ModelGroup]: ModelGroup[Key] };
    group.max = Math.max(group.min, max);
    if (group.desired > group.max) this.setDesired(region, name, group.max);
  }

  /** As examples/11 has it: with its place, or below MinSize without. */
  leave(id: string): void {
    try {
      this.terminate(region, id, true);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.code === 'ValidationError' && this.isExpected(id)) this.terminate(region, id, false);
    }
  }

  isExpected(id: string): boolean {
    return this.all().some(({ instances }) =>
      instances.some((each) => each.id === id && (each.state === 'Pending' || each.state === 'InService')),
    );
  }

  /** Its runner reaches CircleCI, if it has not yet. */
  connect(id: string): void {
    const { tasks, setting } = this.land;
    const known = this.served.get(id);
    if (known === undefined || !this.isExpected(id) || tasks.isThere(id)) return;
    const ended = (): void => this.leave(id);
    const resourceClass = known.group.tags['resource-class'] ?? '';
    tasks.connect({ name: id, resourceClass, life: setting.life, ended });
  }

  private serve(id: string, group: ModelGroup): void {
    const { time, delayOfStart } = this.land;
    this.served.set(id, { id, group, inServiceAt: time.now });
    const delay = delayOfStart();
    if (delay !== Infinity) time.later(delay, () => this.connect(id));
  }

  private ending(id: string): void {
    const { tasks, killed } = this.land;
    const task = tasks.taskOn(id);
    tasks.stop(id);
    if (task !== undefined) killed(id, task);
  }

  private shield(name: string): void {
    if (!this.land.setting.isProtected) return;
    for (const instance of this.get(region, name).instances) instance.isProtected = true;
  }
}
