// Atlassian's program as an oracle: each branch of its rule with the numbers it gives. Where we differ, the row says why.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decideOn, member, members, now, policy, second, words } from './given.ts';

describe("as Atlassian's autoscaler", () => {
  for (const { busy, idle = 0, more } of [
    { busy: 1, more: 1 },
    { busy: 3, more: 2 },
    { busy: 3, idle: 2, more: 3 },
    { busy: 8, idle: 1, more: 1 },
  ]) {
    test(`${busy} of ${busy + idle} online busy, max 10: ${more} more`, () => {
      assert.deepEqual(words(decideOn({ members: members({ busy, idle }) }).actions), [`order ${more}`]);
    });
  }

  test('nobody online: min are created', () => {
    const { actions } = decideOn({ policy: policy({ min: 3 }), members: [] });
    assert.deepEqual(words(actions), ['order 3']);
  });

  test('between the thresholds nothing happens', () => {
    assert.deepEqual(decideOn({ members: members({ busy: 3, idle: 7 }) }).actions, []);
  });

  test('at max nothing is created', () => {
    assert.deepEqual(decideOn({ members: members({ busy: 10 }) }).actions, []);
  });

  test('nobody busy: half of them go', () => {
    assert.equal(decideOn({ members: members({ idle: 10 }) }).actions.length, 5);
  });
});

describe("unlike Atlassian's autoscaler", () => {
  test('runners that are not online yet count: theirs orders two more at every look, past max', () => {
    const { actions } = decideOn({ members: members({ busy: 3, starting: 2 }) });
    assert.deepEqual(actions, []);
  });

  test('what starts already counts towards min: theirs creates three more', () => {
    const { actions } = decideOn({ policy: policy({ min: 3 }), members: members({ starting: 3 }) });
    assert.deepEqual(actions, []);
  });

  test('min is filled at once: theirs creates one at every look', () => {
    const { actions } = decideOn({ policy: policy({ min: 5 }), members: members({ idle: 1 }) });
    assert.deepEqual(words(actions), ['order 4']);
  });

  test('too many runners go down to max, whatever the load: theirs never shrinks towards max', () => {
    const { actions } = decideOn({ members: members({ busy: 9, idle: 6 }) });
    assert.equal(actions.length, 5);
  });

  test('a runner that was busy a second ago stays, however old: theirs may disable it', () => {
    const seen = members({ idle: 2 });
    const memory = { lastBusyAt: { 'idle-1': now - second, 'idle-2': now - second } };
    assert.deepEqual(decideOn({ members: seen, memory }).actions, []);
  });

  test('the cool-down is asked before choosing: theirs picks the first, finds it young, and disables nobody', () => {
    const seen = [member('first', 'idle', { createdAt: now - second }), member('second', 'idle')];
    assert.deepEqual(words(decideOn({ members: seen }).actions), ['retire second']);
  });

  test('min is a floor on runners, and the multiplier is of all online ones: theirs counts idle ones only', () => {
    const { actions, to } = decideOn({ policy: policy({ min: 4 }), members: members({ busy: 1, idle: 9 }) });
    assert.equal(
      actions.length,
      5,
      'theirs keeps max(4, floor(9 × 0.5)) = 4 idle ones, and so disables 5 as well',
    );
    assert.equal(to, 5);
  });
});
