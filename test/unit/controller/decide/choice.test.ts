// Which runner is chosen, where several would do: the oldest retires, the best one comes back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isHold } from '../../../../controller/decide/decision.ts';
import { backlogPolicy, decideOn, hour, member, members, minute, now, policy, words } from './given.ts';

const aged = (id: string, hours: number) => member(id, 'idle', { createdAt: now - hours * hour });

test('the oldest idle runners retire, in whatever order they are listed', () => {
  const seen = [aged('b', 3), aged('d', 1), aged('a', 4), aged('c', 2)];
  const decision = decideOn({ members: seen });
  assert.deepEqual(words(decision.actions), ['retire a', 'retire b']);
  assert.equal(isHold(decision), false);
});

test('the newest idle one comes back first, and one that may have a step last', () => {
  const draining = (id: string, change: object) => member(id, 'draining', { canTakeBack: true, ...change });
  const seen = [
    draining('busy', { busyness: 'busy', createdAt: now - minute }),
    draining('old', { createdAt: now - 3 * hour }),
    draining('unknown', { busyness: 'unknown', createdAt: now - 2 * minute }),
    draining('new', { createdAt: now - hour }),
  ];
  // In whatever order they are listed.
  for (const listed of [seen, seen.toReversed()]) {
    const all = decideOn({
      members: [...listed, ...members({ busy: 4 })],
      policy: policy({ scaleUpMultiplier: 2 }),
    });
    assert.deepEqual(words(all.actions), [
      'take-back new',
      'take-back old',
      'take-back busy',
      'take-back unknown',
    ]);
  }
});

test('whoever is taken back is not removed by the same decision, and others are', () => {
  const seen = [
    member('back', 'draining', { createdAt: now - minute }),
    member('gone', 'draining', { canTakeBack: false }),
    ...members({ busy: 1 }),
  ];
  const drainingIdleSince = { back: now - hour, gone: now - hour };
  const decision = decideOn({ members: seen, memory: { drainingIdleSince } });
  assert.deepEqual(words(decision.actions), ['remove gone', 'take-back back']);
});

test('one runner stays online while others start, though max asks for fewer', () => {
  const seen = [...members({ starting: 3 }), aged('a', 2)];
  const decision = decideOn({ members: seen, policy: policy({ max: 2 }) });
  assert.deepEqual(words(decision.actions), []);
});

test('min keeps that many online while others start', () => {
  const seen = [...members({ starting: 4 }), aged('a', 5), aged('b', 4), aged('c', 3), aged('d', 2)];
  const decision = decideOn({ members: seen, policy: policy({ min: 3, max: 4 }) });
  assert.deepEqual(words(decision.actions), ['retire a']);
});

test('of a pool the newest that start are drained, then the oldest online, in whatever order they are listed', () => {
  const one = (id: string, state: 'busy' | 'starting', hours: number) =>
    member(id, state, { createdAt: now - hours * hour, busyness: 'unknown', drainable: true });
  const seen = [
    ...[one('b', 'busy', 2), one('y', 'starting', 1), one('a', 'busy', 3)],
    ...[one('x', 'starting', 2), one('c', 'busy', 1)],
  ];
  const demand = { kind: 'backlog', unclaimed: 0, running: 2 } as const;
  const decision = decideOn({ members: seen, demand, policy: backlogPolicy({ scaleIn: true }) });
  assert.deepEqual(words(decision.actions), ['retire y', 'retire x', 'retire a']);
});
