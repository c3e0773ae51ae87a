// The members of a pool: its machines, each judged by whether its runner has been seen at the CI service. Pure.

import type { Machine, Runner } from '../../core/runner.ts';
import type { CapacityState, Member } from './snapshot.ts';

export interface PoolSighting {
  /** Whoever is registered. Only those that a machine carries count: a gone machine's runner stays listed for hours. */
  readonly runners: readonly Runner[];
  /** Machines of this group only. */
  readonly machines: readonly Machine[];
}

function stateOf(machine: Machine, runner: Runner | undefined, isYoung: boolean): CapacityState {
  if (machine.phase === 'stopping') return 'draining';
  if (machine.serves === true || runner?.status === 'online') return 'busy';
  // A runner that was there and is gone will not come back by waiting; one that never came may, while it is young.
  return runner === undefined && isYoung ? 'starting' : 'unhealthy';
}

/** Ended without ever having worked. While it is young it counts as a failed start, so that starts that fail are seen (P7). */
function isFailedStart({ phase, serves }: Machine, isYoung: boolean): boolean {
  return phase === 'failed' && serves === false && isYoung;
}

/**
 * Every machine that exists, once; finished ones don't. Nobody says which runners of a pool are idle, so that all that are
 * online count as busy, and none is ever deleted (P2); it may be drained, where that lets it finish.
 */
export function assemblePool(sighting: PoolSighting, now: number, startTimeoutMs: number): readonly Member[] {
  const runners = new Map(sighting.runners.map((runner) => [runner.id, runner]));
  return sighting.machines.flatMap((machine): Member[] => {
    const { id, uid, runnerId, createdAt, phase, drainable, onlyOrdered } = machine;
    const isYoung = onlyOrdered === true || now - createdAt < startTimeoutMs;
    const isFailed = isFailedStart(machine, isYoung);
    if ((phase === 'succeeded' || phase === 'failed') && !isFailed) return [];
    const runner = runnerId === undefined ? undefined : runners.get(runnerId);
    const state = isFailed ? 'unhealthy' : stateOf(machine, runner, isYoung);
    const neverOnline = state === 'unhealthy' && runner === undefined;
    const inPool = { busyness: 'unknown', lost: false, isHere: true, canTakeBack: false } as const;
    return [
      {
        id,
        ...(onlyOrdered === true ? {} : { name: id }),
        ...(uid === undefined ? {} : { uid }),
        state,
        createdAt,
        neverOnline,
        drainable,
        ...inPool,
      },
    ];
  });
}
