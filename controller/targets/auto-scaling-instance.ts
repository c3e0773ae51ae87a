// How an Auto Scaling group reads as machines: each lifecycle state told apart. Pure.

import type { AutoScalingGroup, AutoScalingInstance } from '../../core/clients/auto-scaling/client.ts';
import type { Machine, MachinePhase } from '../../core/runner.ts';

/**
 * Where an instance stands, by AWS's word for it. Undefined for one of a warm pool: it is stopped or being prepared, and no
 * part of the desired capacity. States that AWS adds later count as leaving: they exist, and nothing is expected of them.
 */
export function phaseOfState(lifecycleState: string): MachinePhase | undefined {
  const [word = ''] = lifecycleState.split(':');
  if (word === 'Warmed') return undefined;
  if (word === 'Pending' || word === 'ReplacingRootVolume' || word === 'RootVolumeReplaced') return 'pending';
  if (word === 'InService') return 'running';
  return word === 'Terminated' || word === 'Detached' ? 'succeeded' : 'stopping';
}

function isExpected({ lifecycleState }: AutoScalingInstance): boolean {
  const phase = phaseOfState(lifecycleState);
  return phase === 'pending' || phase === 'running';
}

/**
 * Instances that the group has or is to have. It has more than are desired where somebody lowered that number and AWS may not, or
 * does not yet, end the rest: they are capacity, and what is added comes on top of them.
 */
export function committed({ desired, instances }: AutoScalingGroup): number {
  return Math.max(desired, instances.filter(isExpected).length);
}

/** Ordered but without an instance yet; a rise that AWS cannot fill (no spot capacity) stays here, and is not ordered again. */
function launching(
  { name, desired, instances }: AutoScalingGroup,
  createdAt: (id: string) => number,
): Machine[] {
  const missing = Math.max(0, desired - instances.filter(isExpected).length);
  const ids = Array.from({ length: missing }, (_, index) => `${name}/launching-${index + 1}`);
  return ids.map((id) => ({
    ...{ id, runnerId: undefined, createdAt: createdAt(id), phase: 'pending', onlyOrdered: true },
  }));
}

/**
 * @param now milliseconds since the epoch
 * @param seenAt when each machine was first seen, by its id; AWS does not tell it here
 */
export function machinesOf(
  group: AutoScalingGroup,
  now: number,
  seenAt: ReadonlyMap<string, number>,
): Machine[] {
  const createdAt = (id: string): number => seenAt.get(id) ?? now;
  const machines = group.instances.flatMap(({ id, lifecycleState }): Machine[] => {
    const phase = phaseOfState(lifecycleState);
    return phase === undefined ? [] : [{ id, runnerId: id, createdAt: createdAt(id), phase }];
  });
  return [...machines, ...launching(group, createdAt)];
}
