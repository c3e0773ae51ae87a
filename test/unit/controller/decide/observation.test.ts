// What deciding makes of failed looks, of a backlog, and of what earlier decisions left to finish.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decide } from '../../../../controller/decide/decide.ts';
import { isHold } from '../../../../controller/decide/decision.ts';
import { backlogPolicy, decideOn, member, members, minute, now, policy, snapshot, words } from './given.ts';

describe('a look that failed', () => {
  for (const reason of ['source-unavailable', 'target-unavailable'] as const) {
    test(`${reason}: everything stays, whatever is remembered, and the message is the reason`, () => {
      const failure = { reason, message: 'HTTP 503 from somewhere' };
      const decision = decide(policy(), { ok: false, failure }, undefined, now);
      assert.deepEqual(decision, {
        ...{ at: now, group: 'Linux', from: undefined, to: undefined, actions: [], limits: [] },
        ...{ reason, because: 'HTTP 503 from somewhere' },
      });
      assert.ok(isHold(decision));
    });
  }
});

describe('a backlog', () => {
  const backlog = (unclaimed: number, running: number) => ({ kind: 'backlog', unclaimed, running }) as const;

  test('each task has a runner: what is starting counts', () => {
    const decision = decideOn({
      policy: backlogPolicy(),
      members: members({ busy: 3, starting: 2 }),
      demand: backlog(5, 3),
    });
    assert.deepEqual([decision.reason, words(decision.actions), decision.to], ['backlog', ['order 3'], 8]);
  });

  test('headroom is kept when nothing waits', () => {
    const decision = decideOn({
      policy: backlogPolicy({ headroom: 2 }),
      members: members({ busy: 3 }),
      demand: backlog(0, 3),
    });
    assert.deepEqual([decision.reason, words(decision.actions)], ['no-backlog', ['order 2']]);
  });

  test('max bounds it', () => {
    const { actions, limits } = decideOn({
      policy: backlogPolicy({ max: 4 }),
      members: members({ busy: 3 }),
      demand: backlog(50, 3),
    });
    assert.deepEqual(words(actions), ['order 1']);
    assert.deepEqual(
      limits.map(({ limit }) => limit),
      ['max'],
    );
  });

  test('nothing retires: runners of a backlog end themselves, above max too', () => {
    const decision = decideOn({
      policy: backlogPolicy({ max: 2 }),
      members: members({ idle: 5 }),
      demand: backlog(0, 0),
    });
    assert.deepEqual([decision.actions, decision.to], [[], 5]);
  });

  test('a source that shows no backlog holds the group', () => {
    const decision = decideOn({ policy: backlogPolicy(), members: members({ idle: 2 }) });
    assert.deepEqual([decision.reason, decision.actions], ['source-unavailable', []]);
  });
});

describe('finishing what was begun', () => {
  const drained = (since: number) =>
    decideOn({
      members: members({ busy: 1, idle: 2, draining: 1 }),
      memory: { drainingIdleSince: { 'draining-1': since } },
    });

  test('a drained runner goes after it was seen idle for a minute', () => {
    assert.deepEqual(words(drained(now - minute).actions), ['remove draining-1']);
  });

  test('a drained runner stays until then', () => {
    assert.deepEqual(drained(now - minute + 1).actions, []);
  });

  test('a draining runner with a step stays, however long it drains', () => {
    for (const busyness of ['busy', 'unknown'] as const) {
      const seen = [...members({ busy: 1, idle: 2 }), member('working', 'draining', { busyness })];
      const memory = { drainingIdleSince: { working: now - 60 * minute } };
      assert.deepEqual(decideOn({ members: seen, memory }).actions, []);
    }
  });

  test('a registration without a machine is given up after a minute', () => {
    const seen = [...members({ busy: 1, idle: 2 }), member('orphan', 'starting', { lost: true })];
    const at = (since: number) => decideOn({ members: seen, memory: { lostSince: { orphan: since } } });
    assert.deepEqual(words(at(now - minute).actions), ['discard orphan']);
    assert.deepEqual(at(now - minute + 1).actions, []);
  });

  test('without any memory nothing is deleted', () => {
    const seen = snapshot([
      ...members({ busy: 1, idle: 2, draining: 3 }),
      member('orphan', 'starting', { lost: true }),
    ]);
    assert.deepEqual(decide(policy(), { ok: true, snapshot: seen }, undefined, now).actions, []);
  });
});
