// Tables for joining registrations with machines: what state each pair has, and what is lost or can be taken back.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assemble, type Sighting } from '../../../../controller/decide/assemble.ts';
import type { CapacityState, Member } from '../../../../controller/decide/snapshot.ts';
import type { Machine, MachinePhase, Runner } from '../../../../core/runner.ts';
import { hour, minute, now, startTimeoutMs } from './given.ts';

function runner(change: Partial<Runner>): Runner {
  return {
    ...{ id: 'a', name: 'Linux', labels: [], status: 'online', cordoned: false, busyness: 'idle' },
    ...{ createdAt: now - hour, updatedAt: now },
    ...change,
  };
}

function machine(phase: MachinePhase, createdAt = now - hour): Machine {
  return { id: 'runner-a', runnerId: 'a', createdAt, phase };
}

function join(sighting: Partial<Sighting>): readonly Member[] {
  return assemble({ runners: [], machines: [], ordered: new Map(), ...sighting }, now, startTimeoutMs);
}

interface Row {
  readonly name: string;
  readonly runner: Partial<Runner>;
  readonly phase?: MachinePhase;
  readonly state: CapacityState;
  readonly lost?: boolean;
  readonly canTakeBack?: boolean;
}

const young = { createdAt: now - minute };

const rows: readonly Row[] = [
  { name: 'online and idle', runner: {}, phase: 'running', state: 'idle' },
  { name: 'online with a step', runner: { busyness: 'busy' }, phase: 'running', state: 'busy' },
  {
    name: 'online, busyness unknown: as if busy',
    runner: { busyness: 'unknown' },
    phase: 'running',
    state: 'busy',
  },
  { name: 'online, its machine is not known', runner: {}, state: 'idle' },
  { name: 'online, its machine has ended', runner: {}, phase: 'succeeded', state: 'unhealthy' },
  { name: 'online, its machine is being deleted', runner: {}, phase: 'stopping', state: 'unhealthy' },
  {
    name: 'online with a step, its machine is being deleted',
    runner: { busyness: 'busy' },
    phase: 'stopping',
    state: 'busy',
  },
  {
    name: 'kept away from work by the vendor',
    runner: { cordoned: true },
    phase: 'running',
    state: 'draining',
  },
  {
    name: 'disabled by us',
    runner: { status: 'disabled' },
    phase: 'running',
    state: 'draining',
    canTakeBack: true,
  },
  { name: 'disabled, its machine is gone', runner: { status: 'disabled' }, state: 'draining' },
  {
    name: 'disabled and cordoned',
    runner: { status: 'disabled', cordoned: true },
    phase: 'running',
    state: 'draining',
  },
  {
    name: 'young and not online yet',
    runner: { ...young, status: 'unregistered' },
    phase: 'pending',
    state: 'starting',
  },
  {
    name: 'young, without a machine: lost, but counted while it is young',
    runner: { ...young, status: 'unregistered' },
    state: 'starting',
    lost: true,
  },
  {
    name: 'young, its machine failed',
    runner: { ...young, status: 'unregistered' },
    phase: 'failed',
    state: 'unhealthy',
    lost: true,
  },
  {
    name: 'past the start timeout',
    runner: { status: 'unregistered' },
    phase: 'pending',
    state: 'unhealthy',
  },
  {
    name: 'past the start timeout, without a machine',
    runner: { status: 'unregistered' },
    state: 'unhealthy',
    lost: true,
  },
  { name: 'just enabled again', runner: { status: 'enabled' }, phase: 'running', state: 'starting' },
  {
    name: 'enabled again within the start timeout, though it is old',
    runner: { status: 'enabled', updatedAt: now - startTimeoutMs + 1 },
    phase: 'pending',
    state: 'starting',
  },
  {
    name: 'enabled for longer than the start timeout: it never came online',
    runner: { status: 'enabled', updatedAt: now - startTimeoutMs },
    phase: 'running',
    state: 'unhealthy',
  },
  {
    name: 'enabled with a step',
    runner: { status: 'enabled', busyness: 'busy' },
    phase: 'running',
    state: 'busy',
  },
  { name: 'enabled, nothing runs it', runner: { status: 'enabled' }, state: 'unhealthy' },
  { name: 'offline', runner: { status: 'offline' }, phase: 'running', state: 'unhealthy' },
  { name: 'offline without a machine', runner: { status: 'offline' }, state: 'unhealthy', lost: true },
  {
    name: 'offline with a step and without a machine: left alone',
    runner: { status: 'offline', busyness: 'busy' },
    state: 'unhealthy',
  },
  {
    name: 'offline, busyness unknown, without a machine: left alone',
    runner: { status: 'offline', busyness: 'unknown' },
    state: 'unhealthy',
  },
  { name: 'unhealthy at the vendor', runner: { status: 'unhealthy' }, phase: 'running', state: 'unhealthy' },
  { name: 'a status nobody knows', runner: { status: 'other' }, phase: 'running', state: 'unhealthy' },
];

describe('a registration', () => {
  for (const { name, runner: change, phase, state, lost = false, canTakeBack = false } of rows) {
    test(name, () => {
      const machines = phase === undefined ? [] : [machine(phase)];
      const [found, ...others] = join({ runners: [runner(change)], machines });
      assert.deepEqual(others, []);
      assert.deepEqual(
        { state: found?.state, lost: found?.lost, canTakeBack: found?.canTakeBack },
        { state, lost, canTakeBack },
      );
    });
  }
});

test('one that stays enabled, though its machine runs, is a start that failed', () => {
  const neverOnline = (updatedAt: number): unknown =>
    join({ runners: [runner({ status: 'enabled', updatedAt })], machines: [machine('running')] })[0]
      ?.neverOnline;
  assert.deepEqual([neverOnline(now - startTimeoutMs), neverOnline(now - minute)], [true, false]);
});

describe('what is not registered', () => {
  test('a running machine counts, as starting while it is young', () => {
    const states = [now - minute, now - hour].map(
      (at) => join({ machines: [machine('running', at)] })[0]?.state,
    );
    assert.deepEqual(states, ['starting', 'unhealthy']);
  });

  test('a machine that has ended does not count', () => {
    for (const phase of ['succeeded', 'failed', 'stopping'] as const) {
      assert.deepEqual(join({ machines: [machine(phase)] }), []);
    }
  });

  test('an order counts until it is listed or the start timeout is over', () => {
    const ordered = (at: number) =>
      join({ ordered: new Map([['b', at]]) }).map(({ id, state }) => [id, state]);
    assert.deepEqual(ordered(now - startTimeoutMs + 1), [['b', 'starting']]);
    assert.deepEqual(ordered(now - startTimeoutMs), []);
  });

  test('an order that is listed counts once', () => {
    assert.equal(join({ runners: [runner({})], ordered: new Map([['a', now]]) }).length, 1);
  });

  test('nothing that is not registered is known to be idle', () => {
    const [found] = join({ machines: [machine('running')] });
    assert.equal(found?.busyness, 'unknown');
  });
});
