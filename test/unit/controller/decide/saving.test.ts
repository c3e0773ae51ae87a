// Shrinking while API calls are short: what the last hour needed stays, what it did not need goes, and nothing stops it for ever.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decide } from '../../../../controller/decide/decide.ts';
import { remember } from '../../../../controller/decide/memory.ts';
import {
  calls,
  decideOn,
  hour,
  members,
  minute,
  now,
  policy,
  snapshot,
  type Given,
  startTimeoutMs,
} from './given.ts';

/** Twelve idle ones, of which the rule would retire six. */
const idle = members({ idle: 12 });
const cooled = { firstLookAt: now - 2 * hour, lastBusyAt: {} };

const usual = { members: idle, policy: policy({ max: 20 }) };

function retired(given: Partial<Given>): number {
  const { actions } = decideOn({ ...usual, ...given });
  return actions.filter(({ kind }) => kind === 'retire').length;
}

function saving(given: Partial<Given>): string | undefined {
  const { limits } = decideOn({ ...usual, ...given });
  return limits.find(({ limit }) => limit === 'call-saving')?.because;
}

describe('while calls are short', () => {
  const peak = { ...cooled, taskPeaks: [{ at: now - 30 * minute, tasks: 5 }] };

  test('as many as the busiest look of the last hour asks for stay, and the others go', () => {
    const room = { apiBudget: calls(10, 10) };
    assert.equal(retired({ memory: peak, room }), 2);
    assert.equal(
      saving({ memory: peak, room }),
      '10 API calls of this hour are left, 10 of them are kept for orders; to retire one and order it again takes 4, and the last hour needed 10',
    );
  });

  test('those go beside them whose replacement is paid for', () => {
    assert.equal(retired({ memory: peak, room: { apiBudget: calls(21, 10) } }), 4);
  });

  test('those that drain are paid for first', () => {
    const draining = [...idle, ...members({ draining: 3 })];
    assert.equal(retired({ members: draining, memory: peak, room: { apiBudget: calls(21, 10) } }), 3);
  });

  test('nobody goes before an hour was seen', () => {
    const memory = { ...peak, firstLookAt: now - 59 * minute };
    const room = { apiBudget: calls(0, 10) };
    assert.equal(retired({ memory, room }), 0);
    assert.match(saving({ memory, room }) ?? '', /what an hour needs is not known yet/);
  });

  test('a peak is forgotten after an hour, so that shrinking never stops for ever', () => {
    const memory = { ...cooled, taskPeaks: [{ at: now - hour - 1, tasks: 5 }] };
    assert.equal(retired({ memory, room: { apiBudget: calls(0, 10) } }), 6);
  });

  test('what is above max goes all the same', () => {
    const memory = { ...cooled, firstLookAt: now - minute };
    const over = policy({ max: 8 }, { coolDownMs: 0 });
    assert.equal(retired({ policy: over, memory, room: { apiBudget: calls(0, 10) } }), 4);
  });
});

test('with calls enough, and where there is no budget, nobody is kept for them', () => {
  const memory = { ...cooled, taskPeaks: [{ at: now - minute, tasks: 6 }] };
  for (const apiBudget of [calls(500, 10), undefined]) {
    assert.equal(retired({ memory, room: { apiBudget } }), 6);
    assert.equal(saving({ memory, room: { apiBudget } }), undefined);
  }
});

test('the most busy runners of the last looks are remembered', () => {
  const looks = [2, 7, 3].map((busy, index) =>
    snapshot(members({ busy, idle: 2 }), { observedAt: now + index * minute }),
  );
  const memory = looks.reduce(
    (before, look) => remember(before, look, startTimeoutMs),
    remember(undefined, snapshot([]), startTimeoutMs),
  );
  assert.deepEqual(
    memory.taskPeaks.map(({ tasks }) => tasks),
    [7, 3],
  );
});

test('an order that the budget cuts says from when on calls come back', () => {
  const seen = snapshot(members({ busy: 6 }), {
    apiBudget: { room: 0, keptForOrders: 10, backAt: Date.parse('2026-12-01T14:03:10Z') },
  });
  const { limits } = decide(policy(), { ok: true, snapshot: seen }, undefined, now);
  assert.deepEqual(
    limits.map(({ because }) => because),
    ['the API budget of this hour leaves 0 calls; calls come back from 14:03:10Z on'],
  );
});
