// What a decision says of itself: the sentence with the numbers, and each limit with its own. People act on these.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { capacityOf } from '../../../../controller/decide/snapshot.ts';
import { decide } from '../../../../controller/decide/decide.ts';
import { breakerOf, noStarts, rememberStarts } from '../../../../controller/decide/breaker.ts';
import { count, percent } from '../../../../controller/decide/words.ts';
import {
  calls,
  backlogPolicy,
  decideOn,
  member,
  members,
  memory,
  minute,
  now,
  policy,
  snapshot,
  type Given,
} from './given.ts';

function sentence(given: Given): string {
  return decideOn(given).because;
}

/** `limit from→to: sentence`. */
function bites(given: Given): string[] {
  return decideOn(given).limits.map(({ limit, from, to, because }) => `${limit} ${from}→${to}: ${because}`);
}

test('one is one runner, and none or several are runners', () => {
  assert.deepEqual(
    [0, 1, 2].map((number) => count(number)),
    ['0 runners', '1 runner', '2 runners'],
  );
  assert.equal(count(1, 'task'), '1 task');
  assert.equal(count(3, 'task'), '3 tasks');
});

test('a share is told in whole per cent', () => {
  assert.deepEqual([0, 0.5, 2 / 3, 1].map(percent), ['0 %', '50 %', '67 %', '100 %']);
});

describe('the rule of busy and online runners says what it worked out', () => {
  const rows: readonly [string, Given, string][] = [
    [
      'above the upper threshold',
      { members: members({ busy: 3, idle: 1 }) },
      '3 of 4 online busy (75 % > 50 %): wanted ceil(4 × 1.5) = 6',
    ],
    [
      'below the lower threshold',
      { members: members({ busy: 1, idle: 9 }) },
      '1 of 10 online busy (10 % < 20 %): wanted floor(10 × 0.5) = 5',
    ],
    [
      'between them',
      { members: members({ busy: 1, idle: 2 }) },
      '1 of 3 online busy (33 %), within 20 % to 50 %',
    ],
    ['with nobody there', { members: [] }, 'no runner is online, min is 1'],
    [
      'with nobody there and min 0',
      { members: [], policy: policy({ min: 0 }) },
      'no runner is online, and min is 0',
    ],
    [
      'while the first start',
      { members: members({ starting: 2 }) },
      'no runner is online yet, 2 runners starting',
    ],
    [
      'while busyness is not shown',
      {
        members: [member('a', 'busy', { busyness: 'unknown' }), member('b', 'busy', { busyness: 'unknown' })],
      },
      '2 runners online may be busy or idle: the answer does not say',
    ],
    [
      'below min',
      { members: members({ busy: 1, idle: 1 }), policy: policy({ min: 3 }) },
      '2 runners online or starting, min is 3',
    ],
    [
      'above max',
      { members: members({ busy: 1, idle: 3 }), policy: policy({ max: 3 }) },
      '4 runners online or starting, max is 3',
    ],
  ];
  for (const [when, given, expected] of rows) test(when, () => assert.equal(sentence(given), expected));
});

test('the reason stays the threshold’s where the rule itself asks for as many as min', () => {
  const given = { members: members({ busy: 2 }), policy: policy({ min: 3 }) };
  assert.equal(decideOn(given).reason, 'above-threshold');
});

test('a group that starts alone is held at what is starting, not above', () => {
  const decision = decideOn({ members: members({ starting: 2 }), policy: policy({ min: 0 }) });
  assert.deepEqual([decision.reason, decision.from, decision.to], ['waiting-for-start', 2, 2]);
});

test('unknown busyness wants what is enabled, those starting included', () => {
  const unknown = member('a', 'busy', { busyness: 'unknown' });
  const decision = decideOn({ members: [unknown, ...members({ starting: 2 })] });
  assert.deepEqual([decision.from, decision.to, decision.actions, decision.limits], [3, 3, [], []]);
});

test('only those that may be busy are counted as unknown', () => {
  const gone = member('a', 'unhealthy', { busyness: 'unknown' });
  assert.equal(decideOn({ members: [gone, ...members({ busy: 1, idle: 2 })] }).reason, 'within-thresholds');
});

describe('a backlog says its sum', () => {
  const backlog = (unclaimed: number, running: number) => ({ kind: 'backlog', unclaimed, running }) as const;

  test('with one task, and with several', () => {
    const group = { policy: backlogPolicy({ headroom: 2 }), members: [] };
    const one = sentence({ ...group, demand: backlog(1, 0) });
    assert.equal(one, '1 task unclaimed + 0 running + headroom 2 = 3');
    assert.equal(
      sentence({ ...group, members: members({ busy: 3 }), demand: backlog(4, 3) }),
      '4 tasks unclaimed + 3 running + headroom 2 = 9',
    );
  });

  test('without those that can not be on runners of the group', () => {
    const group = { policy: backlogPolicy({ headroom: 2 }), members: members({ busy: 2, starting: 4 }) };
    assert.equal(
      sentence({ ...group, demand: backlog(4, 5) }),
      '4 tasks unclaimed + 5 running - 3 on other runners + headroom 2 = 8',
    );
  });

  test('without those that leave with their runner', () => {
    const group = { policy: backlogPolicy({ scaleIn: true }), members: members({ busy: 2, draining: 1 }) };
    const because = sentence({ ...group, demand: backlog(0, 3) });
    assert.equal(because, '0 tasks unclaimed + 3 running - 1 on runners that drain + headroom 0 = 2');
  });

  test('and holds, with its own words, where the source shows none', () => {
    const decision = decideOn({ policy: backlogPolicy(), members: members({ busy: 2, starting: 1 }) });
    assert.deepEqual(
      [decision.reason, decision.because, decision.from, decision.to, decision.actions],
      ['source-unavailable', 'the source shows no backlog', 3, 3, []],
    );
  });
});

describe('each limit that bites says what it left, and why', () => {
  const demand = { kind: 'backlog', unclaimed: 9, running: 0 } as const;

  test('min and max on the wish', () => {
    const few = { members: members({ idle: 4 }), policy: policy({ min: 3 }) };
    assert.ok(bites(few).includes('min 2→3: min is 3'));
    const many = { members: members({ busy: 8 }), policy: policy({ max: 9 }) };
    assert.deepEqual(bites(many), ['max 12→9: max is 9']);
  });

  test('nothing bites that leaves the wish as it is', () => {
    assert.deepEqual(bites({ members: members({ busy: 2 }), policy: policy({ max: 3 }) }), []);
    assert.deepEqual(bites({ members: members({ idle: 2 }), policy: policy({ min: 1 }) }), []);
  });

  test('the floor against growing back', () => {
    const given = { members: members({ busy: 1, idle: 9 }), policy: policy({ scaleDownMultiplier: 0.1 }) };
    assert.equal(bites(given)[0], 'would-grow-back 1→2: fewer would be over 50 % busy again');
  });

  test('what exists already', () => {
    const given = { members: members({ busy: 4, unhealthy: 5 }) };
    assert.deepEqual(bites(given), ['max 2→1: 9 runners of max 10 exist already']);
  });

  test('the vendor, and the API budget after it', () => {
    const given = { members: members({ busy: 8 }), policy: policy({ max: 20 }) };
    const room = { vendorRoom: 3, apiBudget: calls(2) };
    assert.deepEqual(bites({ ...given, room }), [
      'vendor-limit 4→3: the CI service takes 3 more',
      'api-budget 3→2: the API budget of this hour leaves 2 calls',
    ]);
  });

  test('the target', () => {
    const targetRoom = { machines: 2, because: 'MaxSize is 2' };
    const seen = snapshot([], { demand, targetRoom });
    const { limits, actions } = decide(backlogPolicy(), { ok: true, snapshot: seen }, memory(seen), now);
    assert.deepEqual(limits, [{ limit: 'target-limit', from: 9, to: 2, because: 'MaxSize is 2' }]);
    assert.deepEqual(actions, [{ kind: 'order', count: 2 }]);
  });

  test('starts that failed, with when one is tried', () => {
    const failures = ['a', 'b', 'c'].map((id, index) =>
      member(id, 'unhealthy', { createdAt: now - minute + index, neverOnline: true }),
    );
    const starts = rememberStarts(noStarts, failures, now);
    const probe = new Date(breakerOf(starts).probeDueAt).toISOString();
    assert.deepEqual(bites({ members: [], memory: { starts } }), [
      `start-failures 1→0: 3 runners never came online and none has since; one is tried at ${probe}`,
    ]);
  });

  test('no start-failures while they are few', () => {
    const starts = rememberStarts(noStarts, [member('a', 'unhealthy', { neverOnline: true })], now);
    assert.deepEqual(bites({ members: [], memory: { starts } }), []);
  });

  test('busy ones and young ones that may not retire', () => {
    const young = { createdAt: now - minute };
    const given = {
      policy: policy({ max: 1 }),
      members: [...members({ busy: 3 }), member('x', 'idle'), member('y', 'idle', young)],
    };
    assert.deepEqual(bites(given), [
      'max 8→1: max is 1',
      'busy 4→2: only 2 runners idle',
      'cool-down 2→1: 1 of 2 idle past the cool-down of 300 s',
    ]);
  });
});

describe('what keeps a backlog’s runners from being drained says why', () => {
  const idle = { kind: 'backlog', unclaimed: 0, running: 0 } as const;
  const rule = policy().coolDownMs;
  const pool = (count: number, change: object) =>
    Array.from({ length: count }, (_, index) =>
      member(`m${index}`, 'busy', { busyness: 'unknown', canTakeBack: false, drainable: true, ...change }),
    );
  const given = (seen: Given['members'], more: Partial<Given> = {}): Given => ({
    ...{ policy: backlogPolicy({ scaleIn: true, headroom: 1 }), members: seen, demand: idle },
    ...more,
  });

  test('the first look was less than a cool-down ago, and then it was not', () => {
    assert.deepEqual(bites(given(pool(3, {}), { memory: { firstLookAt: now - rule + 1 } })), [
      'cool-down 2→0: the group has been looked at for less than the cool-down of 300 s',
    ]);
    const later = decideOn(given(pool(3, {}), { memory: { firstLookAt: now - rule, taskPeaks: [] } }));
    assert.deepEqual([later.to, later.limits], [1, []]);
  });

  test('there were more tasks lately', () => {
    const taskPeaks = [{ at: now - minute, tasks: 1 }];
    assert.deepEqual(bites(given(pool(3, {}), { memory: { taskPeaks } })), [
      'cool-down 2→1: 1 task within the cool-down of 300 s, and headroom 1',
    ]);
  });

  test('they would be killed too soon', () => {
    const seen = [...pool(1, {}), member('x', 'busy'), member('y', 'busy')];
    assert.deepEqual(bites(given(seen)), [
      'not-drainable 2→1: only 1 runner would get the time to end a task',
    ]);
  });

  test('they are too young, to the millisecond', () => {
    assert.deepEqual(bites(given(pool(2, { createdAt: now - rule + 1 }))), [
      'cool-down 1→0: 0 of 2 are past the cool-down of 300 s, and no more are',
    ]);
    assert.deepEqual(bites(given(pool(2, { createdAt: now - rule }))), []);
  });

  test('what is starting may never come', () => {
    const starting = { ...member('s', 'starting', { drainable: true }), createdAt: now };
    assert.deepEqual(bites(given([...pool(1, {}), starting])), [
      'cool-down 1→0: 1 of 2 are past the cool-down of 300 s, and what is starting may never come',
    ]);
  });
});

test('capacity counts every state apart', () => {
  const seen = members({ starting: 1, idle: 2, busy: 3, draining: 4, unhealthy: 5 });
  assert.deepEqual(capacityOf(seen), { starting: 1, idle: 2, busy: 3, draining: 4, unhealthy: 5 });
});
