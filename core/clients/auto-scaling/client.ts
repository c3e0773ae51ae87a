// The Auto Scaling client of one region: all pages or an error, and two ways to change a group. It decides nothing.

import type { Filter } from '@aws-sdk/client-auto-scaling';
import type { ProxyRules } from '../../process/proxy.ts';
import { StoppingError, ServiceError } from '../../errors.ts';
import { bounded, neverEnding, requireSendable, type CallKind, type Ending } from '../../process/ending.ts';
import { failureOf, isGone, type AwsCall } from './failure.ts';
import { groupsOf, type AutoScalingGroup } from './group.ts';
import { endedLaunchesOf, type EndedLaunch } from './launch.ts';
import { loadSdk, type AwsAccess, type Sdk } from './sdk.ts';

export type { AutoScalingGroup, AutoScalingInstance } from './group.ts';
export { AutoScalingError, isPassing } from './failure.ts';
export type { AwsAccess } from './sdk.ts';

export interface AutoScalingClientOptions {
  readonly region: string;
  readonly access?: AwsAccess | undefined;
  /** Real milliseconds for one attempt; 10,000 if left out. */
  readonly timeoutMs?: number | undefined;
  /** Every request goes directly, if left out. */
  readonly proxies?: ProxyRules | undefined;
  /** Told of every call, the SDK's own repetitions counted as one. */
  readonly onCall?:
    ((call: { service: 'aws'; operation: string; status: number | string }) => void) | undefined;
  /** Of the program; never, if left out. */
  readonly ending?: Ending | undefined;
  /** Called right before a call that changes something is sent. @throws if this process must no longer send it */
  readonly beforeChange?: (() => void) | undefined;
}

/** Every method throws an AutoScalingError, which is a ServiceError of service `aws`. */
export interface AutoScalingClient {
  readonly region: string;
  /** The groups of these names with their instances; one that does not exist is left out. */
  describe(names: readonly string[]): Promise<AutoScalingGroup[]>;
  /** Every group of the region that has the tag, without its instances. */
  findTagged(tagKey: string): Promise<AutoScalingGroup[]>;
  /** Of the group's newest activities: its launches that have come to an end, newest first. None may mean that there was none lately. */
  endedLaunches(name: string): Promise<EndedLaunch[]>;
  /** Sent once: AWS takes it as it is, so that a lower number would end instances. Cooldowns are not waited for. */
  setDesiredCapacity(name: string, desired: number): Promise<void>;
  /**
   * Ends the instance and lowers the desired capacity by one, so that none takes its place. Sent once. One that is gone is
   * success; where the capacity would fall below MinSize, AWS refuses.
   */
  terminateInstance(id: string): Promise<void>;
}

/** AWS allows 50 names a call, and pages of 100 groups. */
const mostNames = 50;
const pageSize = 100;
const mostPages = 200;
/** Of a group's activities only the newest tell why it has no instance now. */
const newestActivities = 20;

interface Query {
  readonly AutoScalingGroupNames?: string[];
  readonly Filters?: Filter[];
  readonly IncludeInstances: boolean;
}

class RegionClient implements AutoScalingClient {
  readonly region: string;
  private readonly options: AutoScalingClientOptions;
  private loading: Promise<Sdk> | undefined;

  constructor(options: AutoScalingClientOptions) {
    this.options = options;
    this.region = options.region;
  }

  async describe(names: readonly string[]): Promise<AutoScalingGroup[]> {
    const found: AutoScalingGroup[] = [];
    // No names at all would mean every group there is.
    for (let from = 0; from < names.length; from += mostNames) {
      const some = names.slice(from, from + mostNames);
      found.push(
        ...(await this.pages(some.join(', '), { AutoScalingGroupNames: some, IncludeInstances: true })),
      );
    }
    return found;
  }

  findTagged(tagKey: string): Promise<AutoScalingGroup[]> {
    const Filters = [{ Name: 'tag-key', Values: [tagKey] }];
    return this.pages(`groups tagged ${tagKey}`, { Filters, IncludeInstances: false });
  }

  endedLaunches(name: string): Promise<EndedLaunch[]> {
    const call = { operation: 'describe-activities', about: `${name} in ${this.region}` };
    const query = { AutoScalingGroupName: name, MaxRecords: newestActivities };
    return this.call('read', call, async ({ commands, reads }, abortSignal) => {
      const command = new commands.DescribeScalingActivitiesCommand(query);
      return endedLaunchesOf(await reads.send(command, { abortSignal }));
    });
  }

  async setDesiredCapacity(name: string, desired: number): Promise<void> {
    const call = { operation: 'set-desired-capacity', about: `${name} in ${this.region}` };
    await this.call('change', call, ({ commands, writes }, abortSignal) => {
      const wanted = { AutoScalingGroupName: name, DesiredCapacity: desired, HonorCooldown: false };
      return writes.send(new commands.SetDesiredCapacityCommand(wanted), { abortSignal });
    });
  }

  async terminateInstance(id: string): Promise<void> {
    const call = { operation: 'terminate-instance', about: `${id} in ${this.region}` };
    try {
      await this.call('change', call, ({ commands, writes }, abortSignal) => {
        const meant = { InstanceId: id, ShouldDecrementDesiredCapacity: true };
        return writes.send(new commands.TerminateInstanceInAutoScalingGroupCommand(meant), { abortSignal });
      });
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  private async pages(about: string, query: Query): Promise<AutoScalingGroup[]> {
    const call = { operation: 'describe-groups', about: `${about} in ${this.region}` };
    const found = new Map<string, AutoScalingGroup>();
    let NextToken: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const token = NextToken === undefined ? {} : { NextToken };
      const next = await this.call('read', call, async ({ commands, reads }, abortSignal) => {
        const command = new commands.DescribeAutoScalingGroupsCommand({
          ...query,
          MaxRecords: pageSize,
          ...token,
        });
        const answer = await reads.send(command, { abortSignal });
        for (const group of groupsOf(answer)) found.set(group.name, group);
        return answer.NextToken;
      });
      if (next === undefined || next === '') return [...found.values()];
      NextToken = next;
    }
    throw failureOf(call, new SyntaxError(`there is still a next page after ${mostPages}`));
  }

  /** The SDK bounds each attempt; the waits between, and getting credentials, end with the program. */
  private async call<T>(
    kind: CallKind,
    call: AwsCall,
    send: (sdk: Sdk, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { onCall, ending = neverEnding } = this.options;
    const told = (status: number | string): void =>
      onCall?.({ service: 'aws', operation: call.operation, status });
    try {
      const value = await bounded({ ending, kind }, async (signal) => send(await this.sdk(), signal));
      told(200);
      return value;
    } catch (error) {
      if (error instanceof StoppingError || isOurRefusal(error)) throw error;
      const failure = failureOf(call, error);
      told(failure.status ?? failure.failure);
      throw failure;
    }
  }

  private sdk(): Promise<Sdk> {
    const { region, access = {}, timeoutMs = 10_000, proxies } = this.options;
    const { ending = neverEnding, beforeChange } = this.options;
    this.loading ??= loadSdk({
      ...{ region, access, timeoutMs, proxies },
      beforeReading: () => requireSendable(ending, 'read'),
      beforeChanging: () => {
        requireSendable(ending, 'change');
        beforeChange?.();
      },
    });
    return this.loading;
  }
}

/** Thrown by `beforeChange`: it was not sent. */
function isOurRefusal(error: unknown): boolean {
  return error instanceof ServiceError && error.failure === 'refused-locally';
}

/** Loads nothing and makes no call. */
export function createAutoScalingClient(options: AutoScalingClientOptions): AutoScalingClient {
  return new RegionClient(options);
}
