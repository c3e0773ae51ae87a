// One EC2 Auto Scaling group as a target. It only ever raises the desired capacity; instances end themselves. Knows no CI service.

import type { AutoScalingGroupTarget } from '../../core/config/config.ts';
import {
  isPassing,
  type AutoScalingClient,
  type AutoScalingGroup,
} from '../../core/clients/auto-scaling/client.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Hindrance } from '../../core/hindrance.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Ending } from '../../core/process/ending.ts';
import type { Machine } from '../../core/runner.ts';
import { committed, machinesOf } from './auto-scaling-instance.ts';
import { hindranceOfLaunches } from './launch-hindrance.ts';
import type { PoolTarget, TargetView } from './target.ts';
import type { Together } from '../../core/together.ts';

export interface AutoScalingPoolOptions {
  readonly place: Pick<AutoScalingGroupTarget, 'name' | 'region'>;
  readonly client: AutoScalingClient;
  /** The groups of the region, shared by those who look at the same time. */
  readonly region: Together<readonly AutoScalingGroup[]>;
  readonly clock: Clock;
  /** In [0, 1); spreads repetitions. */
  readonly random: () => number;
  readonly ending: Ending;
}

/** AWS refuses a change while another one is under way; that takes seconds. */
const mostAttempts = 4;
const firstWaitMs = 1_000;

export class AutoScalingPool implements PoolTarget {
  readonly description: string;
  private readonly options: AutoScalingPoolOptions;
  private readonly seenAt = new Map<string, number>();
  /** What the decision was made on. */
  private decidedOn: number | undefined;

  constructor(options: AutoScalingPoolOptions) {
    this.options = options;
    const { name, region } = options.place;
    this.description = `Auto Scaling group ${name} in ${region}`;
  }

  async observe(): Promise<TargetView> {
    const { region, place, clock } = this.options;
    const observedAt = clock.now();
    const group = this.required((await region.ask(place.name)).find(({ name }) => name === place.name));
    this.requireUnits(group);
    this.decidedOn = committed(group);
    const machines = machinesOf(group, observedAt, this.seenAt);
    this.note(machines);
    const { desired, max } = group;
    const because = `the group's MaxSize is ${max}, its desired capacity ${desired}`;
    return {
      observedAt,
      machines,
      room: { machines: Math.max(0, max - this.decidedOn), because },
    };
  }

  /** AWS is asked about what it has not launched; of an instance that exists, its phase tells what there is to tell. */
  async explain(machines: readonly Machine[]): Promise<ReadonlyMap<string, Hindrance>> {
    const waiting = machines.filter(({ onlyOrdered }) => onlyOrdered === true);
    if (waiting.length === 0) return new Map();
    const { client, place } = this.options;
    const hindrance = hindranceOfLaunches(await client.endedLaunches(place.name));
    return new Map(hindrance === undefined ? [] : waiting.map(({ id }) => [id, hindrance]));
  }

  async order(machines: number): Promise<void> {
    const { clock, random, ending } = this.options;
    for (let made = 1; ; made += 1) {
      try {
        return await this.raise(machines);
      } catch (error) {
        if (!isPassing(error) || made === mostAttempts) throw error;
        await clock.sleep(firstWaitMs * 2 ** (made - 1) * (0.5 + random()), ending.stopping);
      }
    }
  }

  /**
   * Looks afresh each time. Counted from the lower one of what was decided on and what is there now: whatever somebody
   * else has added meanwhile, be it our own lost call, is part of what was to be added.
   */
  private async raise(machines: number): Promise<void> {
    const { client, place } = this.options;
    const group = this.required((await client.describe([place.name]))[0]);
    this.requireUnits(group);
    const { desired, max } = group;
    const there = committed(group);
    const wanted = Math.min(Math.min(this.decidedOn ?? there, there) + machines, max);
    if (wanted > desired) await client.setDesiredCapacity(place.name, wanted);
  }

  private note(machines: readonly Machine[]): void {
    this.seenAt.clear();
    for (const { id, createdAt } of machines) this.seenAt.set(id, createdAt);
  }

  private requireUnits({ isWeighted }: AutoScalingGroup): void {
    if (!isWeighted) return;
    const { name, region } = this.options.place;
    const text =
      `aws describe-groups: the sizes of the Auto Scaling group ${name} in ${region} do not count instances (weighted capacity, or ` +
      'a desired capacity type other than units), so nothing is ordered. Remove the weights, or set DesiredCapacityType to units.';
    throw new ServiceError(text, { service: 'aws', operation: 'describe-groups', failure: 'malformed' });
  }

  private required(group: AutoScalingGroup | undefined): AutoScalingGroup {
    if (group !== undefined) return group;
    const { name, region } = this.options.place;
    const text = `aws describe-groups: there is no Auto Scaling group ${name} in ${region}. Check auto_scaling_group in the configuration.`;
    throw new ServiceError(text, {
      service: 'aws',
      operation: 'describe-groups',
      failure: 'status',
      status: 400,
    });
  }
}
