// Joins what the CI service says of its registrations with what the target says of its machines. Pure: it decides nothing.

import type { Machine, Runner } from '../../core/runner.ts';
import type { CapacityState, Member } from './snapshot.ts';

export interface Sighting {
  /** Registrations of this group only. */
  readonly runners: readonly Runner[];
  /** Machines of this group only. */
  readonly machines: readonly Machine[];
  /** Registered by this process and perhaps not yet listed: runner id → when, in milliseconds since the epoch. */
  readonly ordered: ReadonlyMap<string, number>;
  /** Everything registered by this process that may still exist. */
  readonly made?: ReadonlySet<string> | undefined;
}

type MachineState = 'runs' | 'ended' | 'absent';

function stateOf(machine: Machine | undefined): MachineState {
  if (machine === undefined) return 'absent';
  return machine.phase === 'pending' || machine.phase === 'running' ? 'runs' : 'ended';
}

function isYoung(createdAt: number, now: number, startTimeoutMs: number): boolean {
  return now - createdAt < startTimeoutMs;
}

function onlineState(runner: Runner, machine: MachineState): CapacityState {
  if (runner.cordoned) return 'draining';
  // Unknown busyness counts as busy: whoever may be building is never chosen to go (P2).
  if (runner.busyness !== 'idle') return 'busy';
  return machine === 'ended' ? 'unhealthy' : 'idle';
}

function enabledState(runner: Runner, machine: MachineState, young: boolean): CapacityState {
  if (runner.busyness === 'busy') return 'busy';
  return machine === 'runs' && young ? 'starting' : 'unhealthy';
}

/** Since when it has been expected to come online: one that was enabled again has as long for it as a new one. */
function expectedSince({ status, createdAt, updatedAt }: Runner): number {
  return status === 'enabled' ? Math.max(createdAt, updatedAt) : createdAt;
}

/** It runs, or should, and has never been seen online, or not since it was enabled again. */
function isNeverOnline({ status }: Runner, machine: MachineState, state: CapacityState): boolean {
  if (state !== 'unhealthy') return false;
  return status === 'unregistered' || (status === 'enabled' && machine === 'runs');
}

function runnerState(runner: Runner, machine: MachineState, young: boolean): CapacityState {
  switch (runner.status) {
    case 'online':
      return onlineState(runner, machine);
    case 'disabled':
      return 'draining';
    case 'enabled':
      return enabledState(runner, machine, young);
    case 'unregistered':
      return young && machine !== 'ended' ? 'starting' : 'unhealthy';
    case 'offline':
    case 'unhealthy':
    case 'other':
      return 'unhealthy';
  }
}

/** An unregistered runner has never had a step, whatever the answer can show. */
function isLost(runner: Runner, machine: MachineState): boolean {
  if (machine === 'runs') return false;
  return runner.status === 'unregistered' || (runner.status === 'offline' && runner.busyness === 'idle');
}

function registered(runner: Runner, machine: MachineState, young: boolean): Member {
  const state = runnerState(runner, machine, young);
  return {
    id: runner.id,
    name: runner.name,
    state,
    busyness: runner.busyness,
    createdAt: runner.createdAt,
    lost: isLost(runner, machine),
    isHere: machine !== 'absent',
    canTakeBack: runner.status === 'disabled' && !runner.cordoned && machine === 'runs',
    neverOnline: isNeverOnline(runner, machine, state),
  };
}

function unregistered(id: string, createdAt: number, young: boolean): Member {
  const state = young ? 'starting' : 'unhealthy';
  const unknown = { busyness: 'unknown', lost: false, canTakeBack: false, neverOnline: false } as const;
  return { ...{ id, state, createdAt, isHere: true }, ...unknown };
}

/**
 * Every runner of the group once. A machine without registration counts while it runs; a registration that the list
 * does not show yet counts until the start timeout.
 */
export function assemble(sighting: Sighting, now: number, startTimeoutMs: number): readonly Member[] {
  const young = (createdAt: number): boolean => isYoung(createdAt, now, startTimeoutMs);
  const machines = new Map(sighting.machines.map((machine) => [machine.runnerId ?? machine.id, machine]));
  const members = new Map<string, Member>();
  for (const runner of sighting.runners) {
    const member = registered(runner, stateOf(machines.get(runner.id)), young(expectedSince(runner)));
    members.set(runner.id, sighting.made?.has(runner.id) === true ? { ...member, isHere: true } : member);
  }
  for (const [id, machine] of machines) {
    if (members.has(id) || stateOf(machine) !== 'runs') continue;
    members.set(id, unregistered(id, machine.createdAt, young(machine.createdAt)));
  }
  for (const [id, at] of sighting.ordered) {
    if (!members.has(id) && young(at)) members.set(id, unregistered(id, at, true));
  }
  return [...members.values()];
}
