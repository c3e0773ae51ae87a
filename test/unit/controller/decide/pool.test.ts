// The members of a pool: each phase of a machine, with and without a runner, young and old.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assemblePool } from '../../../../controller/decide/assemble-pool.ts';
import type { Member } from '../../../../controller/decide/snapshot.ts';
import type { Machine, Runner } from '../../../../core/runner.ts';
import { now, startTimeoutMs } from './given.ts';

function machine(change: Partial<Machine> = {}): Machine {
  return { id: 'm', runnerId: 'r', createdAt: now - startTimeoutMs + 1, phase: 'running', ...change };
}

const old = { createdAt: now - startTimeoutMs };

function runner(status: Runner['status'], id = 'r'): Runner {
  return {
    ...{ id, name: id, labels: [], status, cordoned: false, busyness: 'unknown' },
    ...{ createdAt: now, updatedAt: now },
  };
}

function seen(machines: readonly Machine[], runners: readonly Runner[] = []): readonly Member[] {
  return assemblePool({ machines, runners }, now, startTimeoutMs);
}

describe('a machine of a pool is', () => {
  const rows: readonly [string, Partial<Machine>, readonly Runner[], string][] = [
    ['starting while it is young and nobody came', {}, [], 'starting'],
    ['starting while it waits for a node', { phase: 'pending' }, [], 'starting'],
    ['unhealthy and never online when it is old and nobody came', old, [], 'unhealthy never-online'],
    ['busy when its runner is online', old, [runner('online')], 'busy'],
    ['busy when it says itself that it serves', { ...old, serves: true }, [], 'busy'],
    ['unhealthy, but not a failed start, when its runner is gone', {}, [runner('offline')], 'unhealthy'],
    ['starting when only other runners are online', {}, [runner('online', 'other')], 'starting'],
    ['starting when its runner is not known yet', { runnerId: undefined }, [runner('online')], 'starting'],
    [
      'starting for however long nothing of it exists',
      { ...old, phase: 'pending', onlyOrdered: true },
      [],
      'starting',
    ],
    [
      'unhealthy when it exists and is old',
      { ...old, phase: 'pending', onlyOrdered: false },
      [],
      'unhealthy never-online',
    ],
    ['draining when it is being stopped', { phase: 'stopping' }, [runner('online')], 'draining'],
    ['gone when it has done its work', { phase: 'succeeded' }, [], 'none'],
    ['gone when it failed after it had worked', { phase: 'failed', serves: true }, [], 'none'],
    ['gone when it failed and nobody knows more', { phase: 'failed' }, [], 'none'],
    [
      'a failed start when it failed and never served',
      { phase: 'failed', serves: false },
      [],
      'unhealthy never-online',
    ],
    ['gone when that was long ago', { ...old, phase: 'failed', serves: false }, [], 'none'],
    ['not failed because it does not serve yet', { phase: 'pending', serves: false }, [], 'starting'],
  ];
  for (const [what, change, runners, expected] of rows) {
    test(what, () => {
      const [member] = seen([machine(change)], runners);
      const words =
        member === undefined ? 'none' : `${member.state}${member.neverOnline ? ' never-online' : ''}`;
      assert.equal(words, expected);
    });
  }
});

test('nobody says which runner of a pool is idle, so none can be lost, deleted or taken back', () => {
  assert.deepEqual(seen([machine()], [runner('online')]), [
    {
      ...{ id: 'm', name: 'm', state: 'busy', busyness: 'unknown', createdAt: now - startTimeoutMs + 1 },
      ...{ lost: false, isHere: true, canTakeBack: false, neverOnline: false, drainable: undefined },
    },
  ]);
});

test('one that is told from an earlier one of its name stays so', () => {
  const [member, other] = seen([machine({ uid: 'u' }), machine()]);
  assert.equal(member?.uid, 'u');
  assert.equal('uid' in (other ?? {}), false);
});

test('every machine is one member, whatever runners are listed besides', () => {
  const ids = seen([machine({ id: 'a' }), machine({ id: 'b' })], [runner('online', 'gone')]).map(
    ({ id }) => id,
  );
  assert.deepEqual(ids, ['a', 'b']);
});
