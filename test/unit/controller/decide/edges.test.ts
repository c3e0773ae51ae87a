// Where one case of deciding ends and the next begins: floors, pressure, failed starts, what is remembered.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { assemble } from '../../../../controller/decide/assemble.ts';
import { bound, growsBackBelow } from '../../../../controller/decide/bounds.ts';
import { allowedBy, noStarts, rememberStarts } from '../../../../controller/decide/breaker.ts';
import { isUnderPressure } from '../../../../controller/decide/cadence.ts';
import { decide } from '../../../../controller/decide/decide.ts';
import { firstMemory, remember, type Memory } from '../../../../controller/decide/memory.ts';
import { settle } from '../../../../controller/decide/settle.ts';
import { capacityOf, type Observation } from '../../../../controller/decide/snapshot.ts';
import type { Runner } from '../../../../core/runner.ts';
import {
  backlogPolicy,
  decideOn,
  hour,
  words,
  member,
  members,
  memory,
  minute,
  now,
  policy,
  shipped,
  snapshot,
  startTimeoutMs,
} from './given.ts';

describe('the floor against growing back', () => {
  test('is the fewest runners with which the load is not over the threshold', () => {
    const thresholds = fc.integer({ min: 1, max: 100 }).map((hundredths) => hundredths / 100);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), thresholds, (busy, scaleUpThreshold) => {
        const fewest = growsBackBelow({ ...shipped, scaleUpThreshold }, busy);
        assert.ok(busy / fewest <= scaleUpThreshold);
        assert.ok(fewest === 1 || busy / (fewest - 1) > scaleUpThreshold);
      }),
    );
  });

  test('is exact where floating point makes a little more of a quotient', () => {
    assert.ok(21 / 0.35 > 60);
    assert.equal(growsBackBelow({ ...shipped, scaleUpThreshold: 0.35 }, 21), 60);
    assert.equal(growsBackBelow({ ...shipped, scaleUpThreshold: 0.5 }, 1), 2);
    assert.equal(growsBackBelow({ ...shipped, scaleUpThreshold: 1 }, 1), 1);
    assert.equal(growsBackBelow(shipped, 0), 0);
  });

  test('holds where the rule shrinks, and nowhere else', () => {
    const capacity = capacityOf(members({ busy: 4, idle: 6 }));
    const wish = { wanted: 1, because: '' };
    const floor = bound(shipped, { ...wish, reason: 'below-threshold' }, capacity);
    assert.equal(floor.wanted, 8);
    assert.equal(bound(shipped, { ...wish, reason: 'within-thresholds' }, capacity).wanted, 1);
    const { rule } = backlogPolicy();
    assert.equal(bound(rule, { ...wish, reason: 'below-threshold' }, capacity).wanted, 1);
  });
});

test('a closed breaker limits nothing, whenever a probe was last due', () => {
  for (const probeDueAt of [0, now - hour, now + hour]) {
    assert.ok(allowedBy({ open: false, probeDueAt }, now) > 1_000_000);
  }
});

test('above max an idle runner goes although others are starting, as long as min stays online', () => {
  const crowd = members({ busy: 2, idle: 1, starting: 3 });
  assert.deepEqual(words(decideOn({ policy: policy({ max: 4 }), members: crowd }).actions), [
    'retire idle-1',
  ]);
  const { actions } = decideOn({ policy: policy({ min: 3, max: 4 }), members: crowd });
  assert.deepEqual(words(actions), []);
});

test('the same tasks at look after look are remembered once, however long it goes on', () => {
  let remembered: Memory | undefined;
  for (let look = 0; look < 100; look += 1) {
    const demand = { kind: 'backlog', unclaimed: 0, running: 3 } as const;
    remembered = remember(
      remembered,
      snapshot([], { demand, observedAt: now + look * minute }),
      startTimeoutMs,
    );
  }
  assert.deepEqual(remembered?.taskPeaks, [{ at: now + 99 * minute, tasks: 3 }]);
});

test('what has a machine or was ordered by us is here, though no list shows it yet', () => {
  const machine = { id: 'runner-a', runnerId: 'a', createdAt: now, phase: 'running' } as const;
  const sighting = { runners: [], machines: [machine], ordered: new Map([['b', now]]) };
  assert.deepEqual(
    assemble(sighting, now, 10 * minute).map(({ id, isHere }) => [id, isHere]),
    [
      ['a', true],
      ['b', true],
    ],
  );
});

describe('a group is under pressure', () => {
  const look = (seen: ReturnType<typeof members>) => {
    const of = snapshot(seen);
    const observation: Observation = { ok: true, snapshot: of };
    return { observation, calm: decide(policy(), observation, memory(of), now) };
  };
  const { observation, calm } = look(members({ busy: 1, idle: 2 }));

  test('not while all is calm', () => assert.equal(isUnderPressure(calm, observation), false));

  for (const reason of ['above-threshold', 'backlog', 'below-min'] as const) {
    test(`for the reason ${reason} alone`, () =>
      assert.equal(isUnderPressure({ ...calm, reason }, observation), true));
  }

  test('when something was just done, for whatever reason', () => {
    const actions = [{ kind: 'retire', runnerId: 'idle-1' }] as const;
    assert.equal(isUnderPressure({ ...calm, actions }, observation), true);
  });

  test('never on a look that failed', () => {
    const failed = { ok: false, failure: { reason: 'source-unavailable', message: '' } } as const;
    assert.equal(isUnderPressure({ ...calm, reason: 'backlog' }, failed), false);
  });
});

describe('a start has failed', () => {
  const given = (status: Runner['status'], createdAt: number): Runner => ({
    ...{ id: 'r', name: 'r', labels: [], status, cordoned: false, busyness: 'idle' },
    ...{ createdAt, updatedAt: createdAt },
  });
  const neverOnline = (runner: Runner): boolean | undefined => {
    const machines = [{ id: 'm', runnerId: 'r', createdAt: runner.createdAt, phase: 'pending' }] as const;
    const sighting = { runners: [runner], machines, ordered: new Map<string, number>() };
    return assemble(sighting, now, 10 * minute)[0]?.neverOnline;
  };

  test('when a registration never came online within the time for it', () => {
    assert.equal(neverOnline(given('unregistered', now - 10 * minute)), true);
    assert.equal(neverOnline(given('unregistered', now - 10 * minute + 1)), false);
  });

  test('not when a runner broke later', () => {
    assert.equal(neverOnline(given('offline', now - 60 * minute)), false);
    assert.equal(neverOnline(given('online', now - 60 * minute)), false);
  });

  test('not when a machine has no registration', () => {
    const machines = [{ id: 'm', runnerId: 'r', createdAt: 0, phase: 'running' }] as const;
    const [member] = assemble({ runners: [], machines, ordered: new Map() }, now, minute);
    assert.deepEqual([member?.neverOnline, member?.canTakeBack, member?.lost], [false, false, false]);
  });

  test('and is forgotten once one that was made at the same time or later is idle or busy', () => {
    const failure = member('a', 'unhealthy', { createdAt: 5, neverOnline: true });
    const after = (state: 'idle' | 'busy' | 'draining', createdAt: number): number => {
      const look = [failure, member('b', state, { createdAt })];
      return Object.keys(rememberStarts(noStarts, look, 10).failed).length;
    };
    assert.deepEqual(
      [after('idle', 5), after('busy', 6), after('idle', 4), after('draining', 6)],
      [0, 0, 1, 1],
    );
  });

  test('and no more of them are remembered than are of use', () => {
    const many = Array.from({ length: 80 }, (_, index) =>
      member(`f${index}`, 'unhealthy', { createdAt: index + 1, neverOnline: true }),
    );
    const { failed } = rememberStarts(noStarts, many, 100);
    assert.deepEqual([Object.keys(failed).length, Object.keys(failed)[0]], [50, 'f30']);
  });
});

describe('what is left to finish', () => {
  const at = { now, takenBack: new Set<string>() };

  test('waits for a time that is remembered: nothing is due that was never seen', () => {
    const seen = snapshot([member('a', 'draining'), member('b', 'unhealthy', { lost: true })]);
    assert.deepEqual(settle(policy(), seen, firstMemory(0), at), []);
  });

  test('is left to those that are drained and idle, or lost', () => {
    const seen = snapshot([member('a', 'draining', { busyness: 'busy' }), member('b', 'idle')]);
    const drainingIdleSince = { a: 0, b: 0 };
    assert.deepEqual(settle(policy(), seen, { ...firstMemory(0), drainingIdleSince }, at), []);
  });
});
