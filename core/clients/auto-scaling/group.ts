// Auto Scaling groups as the programs need them, read from the SDK's answers. Pure: an answer that lacks something is refused.

import type { AutoScalingGroup as SdkGroup, Instance as SdkInstance } from '@aws-sdk/client-auto-scaling';

export interface AutoScalingInstance {
  /** Such as `i-0123456789abcdef0`. */
  readonly id: string;
  /** AWS's word, such as `Pending:Wait` or `InService`; AWS adds new ones now and then. */
  readonly lifecycleState: string;
  /** Somebody asked AWS not to choose it when it ends instances. */
  readonly isProtected: boolean;
}

export interface AutoScalingGroup {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  /** Whether sizes count something else than instances: an instance may weigh more than one, or vCPUs or memory are counted. */
  readonly isWeighted: boolean;
  /** Empty where they were not asked for. */
  readonly instances: readonly AutoScalingInstance[];
  readonly tags: Readonly<Record<string, string>>;
}

/** An answer of AWS that is not what its API promises; the message names the place and quotes no value. */
export class UnusableAnswer extends Error {}

function text(value: string | undefined, at: string): string {
  if (value === undefined || value === '') throw new UnusableAnswer(`${at} is missing`);
  return value;
}

function size(value: number | undefined, at: string): number {
  if (value === undefined || !Number.isSafeInteger(value) || value < 0) {
    throw new UnusableAnswer(`${at} is missing or no whole number`);
  }
  return value;
}

function instanceOf({
  InstanceId,
  LifecycleState,
  ProtectedFromScaleIn = false,
}: SdkInstance): AutoScalingInstance {
  return {
    id: text(InstanceId, 'InstanceId'),
    lifecycleState: text(LifecycleState, 'LifecycleState'),
    isProtected: ProtectedFromScaleIn,
  };
}

function isWeighted({ DesiredCapacityType, MixedInstancesPolicy, Instances = [] }: SdkGroup): boolean {
  const overrides = MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? [];
  const weights = [...Instances, ...overrides].map(({ WeightedCapacity = '1' }) => WeightedCapacity);
  return weights.some((weight) => weight !== '1') || (DesiredCapacityType ?? 'units') !== 'units';
}

function groupOf(group: SdkGroup): AutoScalingGroup {
  const { AutoScalingGroupName, MinSize, MaxSize, DesiredCapacity, Instances = [], Tags = [] } = group;
  return {
    name: text(AutoScalingGroupName, 'AutoScalingGroupName'),
    min: size(MinSize, 'MinSize'),
    max: size(MaxSize, 'MaxSize'),
    desired: size(DesiredCapacity, 'DesiredCapacity'),
    isWeighted: isWeighted(group),
    instances: Instances.map(instanceOf),
    tags: Object.fromEntries(
      Tags.flatMap(({ Key, Value = '' }) => (Key === undefined ? [] : [[Key, Value]])),
    ),
  };
}

/** The SDK reads any page, such as a proxy's log-in, as an answer without a list. @throws UnusableAnswer */
export function groupsOf({
  AutoScalingGroups: groups,
}: {
  AutoScalingGroups?: SdkGroup[] | undefined;
}): AutoScalingGroup[] {
  if (groups === undefined) throw new UnusableAnswer('the list of groups is missing');
  return groups.map(groupOf);
}
