// Auto Scaling groups in virtual time: instances take their time to come and to go. No HTTP, no clock.

import type { Timeline } from '../../simulate/timeline.ts';

export type LifecycleState =
  'Pending' | 'InService' | 'Standby' | 'Warmed:Stopped' | 'Terminating' | 'Terminating:Wait';

export interface ModelInstance {
  readonly id: string;
  state: LifecycleState;
  isProtected: boolean;
}

/** A launch as the group's activity history has it. */
export interface ModelActivity {
  readonly at: number;
  readonly status: 'Successful' | 'Failed';
  readonly message: string;
}

export interface ModelGroup {
  readonly region: string;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  desired: number;
  readonly tags: Readonly<Record<string, string>>;
  /** What an instance of its launch template counts for; 1 if left out. */
  readonly weight?: number | undefined;
  readonly instances: ModelInstance[];
  /** The oldest first. */
  readonly activities: ModelActivity[];
}

export type NewGroup = Pick<ModelGroup, 'region' | 'name' | 'min' | 'max'> &
  Partial<Pick<ModelGroup, 'desired' | 'tags' | 'weight'>>;

export interface ModelSettings {
  /** From launch to InService, for the n-th instance (from 0); milliseconds. */
  readonly bootMs: (instance: number) => number;
  readonly terminationMs: number;
  /** An instance is InService: what it runs begins now. */
  readonly inService?: ((instance: ModelInstance, group: ModelGroup) => void) | undefined;
  /** An instance is gone or going: what it ran is killed. */
  readonly ending?: ((id: string) => void) | undefined;
}

/** What AWS answers to a wrong request. */
export class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function invalid(message: string): Refusal {
  return new Refusal('ValidationError', message);
}

function isExpected({ state }: ModelInstance): boolean {
  return state === 'Pending' || state === 'InService';
}

/** AWS does not say how often it tries. */
const launchAgainMs = 60_000;

export class AutoScalingModel {
  /** Instances ever launched. */
  launched = 0;
  /** What EC2 says while it launches nothing; AWS tries again by itself. It launches if left out. */
  refusal: string | undefined;
  private readonly timeline: Timeline;
  private readonly settings: ModelSettings;
  private readonly groups = new Map<string, ModelGroup>();

  constructor(timeline: Timeline, settings: ModelSettings) {
    this.timeline = timeline;
    this.settings = settings;
  }

  create({ desired, tags = {}, ...rest }: NewGroup): ModelGroup {
    const group: ModelGroup = { ...rest, desired: desired ?? rest.min, tags, instances: [], activities: [] };
    this.groups.set(`${group.region} ${group.name}`, group);
    this.fill(group);
    return group;
  }

  remove(region: string, name: string): void {
    this.groups.delete(`${region} ${name}`);
  }

  /** Sorted by name. */
  inRegion(region: string): readonly ModelGroup[] {
    const all = [...this.groups.values()].filter((group) => group.region === region);
    return all.sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  /** @throws Refusal, as do all of these */
  get(region: string, name: string): ModelGroup {
    const group = this.groups.get(`${region} ${name}`);
    if (group === undefined)
      throw invalid(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
    return group;
  }

  setDesired(region: string, name: string, desired: number): void {
    const group = this.get(region, name);
    const { min, max } = group;
    if (desired > max)
      throw invalid(
        `New SetDesiredCapacity value ${desired} is above max value ${max} for the AutoScalingGroup.`,
      );
    if (desired < min)
      throw invalid(
        `New SetDesiredCapacity value ${desired} is below min value ${min} for the AutoScalingGroup.`,
      );
    group.desired = desired;
    this.fill(group);
    const surplus = group.instances.filter(isExpected).length - desired;
    const victims = group.instances.filter((each) => isExpected(each) && !each.isProtected);
    for (const victim of victims.slice(0, Math.max(0, surplus))) this.end(group, victim);
  }

  terminate(region: string, id: string, decrement: boolean): void {
    const { group, instance } = this.find(region, id);
    if (decrement && group.desired - 1 < group.min) {
      throw invalid(
        `Currently, desiredSize equals minSize (${group.min}). Terminating instance without replacement will violate group's min size constraint.`,
      );
    }
    if (decrement) group.desired -= 1;
    this.end(group, instance);
    this.fill(group);
  }

  protect(region: string, name: string, ids: readonly string[], isProtected: boolean): void {
    this.get(region, name);
    for (const id of ids) this.find(region, id).instance.isProtected = isProtected;
  }

  find(region: string, id: string): { group: ModelGroup; instance: ModelInstance } {
    for (const group of this.inRegion(region)) {
      const instance = group.instances.find((each) => each.id === id);
      if (instance !== undefined) return { group, instance };
    }
    throw invalid(`Instance Id not found - No managed instance found for instance ID: ${id}`);
  }

  private fill(group: ModelGroup): void {
    const missing = group.desired - group.instances.filter(isExpected).length;
    if (missing > 0 && this.refusal !== undefined) return this.refuse(group, this.refusal);
    for (let launch = 0; launch < missing; launch += 1) this.launch(group);
  }

  private refuse({ region, name, activities }: ModelGroup, message: string): void {
    const at = this.timeline.now;
    activities.push({ at, status: 'Failed', message });
    this.timeline.plan(at + launchAgainMs, () => {
      const group = this.groups.get(`${region} ${name}`);
      if (group !== undefined) this.fill(group);
    });
  }

  private launch(group: ModelGroup): void {
    group.activities.push({ at: this.timeline.now, status: 'Successful', message: '' });
    const number = this.launched++;
    const id = `i-${number.toString(16).padStart(17, '0')}`;
    const instance: ModelInstance = { id, state: 'Pending', isProtected: false };
    group.instances.push(instance);
    this.timeline.plan(this.timeline.now + this.settings.bootMs(number), () => {
      if (instance.state !== 'Pending') return;
      instance.state = 'InService';
      this.settings.inService?.(instance, group);
    });
  }

  private end(group: ModelGroup, instance: ModelInstance): void {
    if (!isExpected(instance)) return;
    instance.state = 'Terminating';
    this.settings.ending?.(instance.id);
    this.timeline.plan(this.timeline.now + this.settings.terminationMs, () => {
      const index = group.instances.indexOf(instance);
      if (index >= 0) group.instances.splice(index, 1);
    });
  }
}
