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

/** Ordered but without an instance yet; a rise that AWS cannot fill (no spot capacity) stays here, and is not ordered again. */
function launching({ name, desired, instances }: AutoScalingGroup, now: number): Machine[] {
  const missing = Math.max(0, desired - instances.filter(isExpected).length);
  return Array.from({ length: missing }, (_, index) => ({
    ...{
      id: `${name}/launching-${index + 1}`,
      runnerId: undefined,
      createdAt: now,
      phase: 'pending' as const,
    },
  }));
}

/**
 * @param now milliseconds since the epoch
 * @param seenAt when each instance was first seen; AWS does not tell it here
 */
export function machinesOf(
  group: AutoScalingGroup,
  now: number,
  seenAt: ReadonlyMap<string, number>,
): Machine[] {
  const machines = group.instances.flatMap(({ id, lifecycleState }): Machine[] => {
    const phase = phaseOfState(lifecycleState);
    return phase === undefined ? [] : [{ id, runnerId: id, createdAt: seenAt.get(id) ?? now, phase }];
  });
  return [...machines, ...launching(group, now)];
}
