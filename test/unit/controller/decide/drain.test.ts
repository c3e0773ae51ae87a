// Deciding to scale in a backlog: off unless switched on, never below what the tasks need, never the same runner twice.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../../../controller/decide/decide.ts';
import type { Memory } from '../../../../controller/decide/memory.ts';
import { remember } from '../../../../controller/decide/memory.ts';
import { capacityOf, type Member } from '../../../../controller/decide/snapshot.ts';
import type { BacklogPolicy } from '../../../../core/config/config.ts';
import {
  backlogPolicy,
  decideOn,
  hour,
  member,
  minute,
  now,
  second,
  snapshot,
  words,
  startTimeoutMs,
} from './given.ts';

const backlog = (unclaimed: number, running: number) => ({ kind: 'backlog', unclaimed, running }) as const;

/** `{busy: 2}`: `busy-1`, `busy-2`, the first the oldest, of which nobody knows whether they have a task. */
function pool(
  counts: { busy?: number; idle?: number; starting?: number; draining?: number },
  drainable = true,
): Member[] {
  return Object.entries(counts).flatMap(([state, number]) =>
    Array.from({ length: number }, (_, index) =>
      member(`${state}-${index + 1}`, state as Member['state'], {
        ...{ busyness: 'unknown', canTakeBack: false, createdAt: now - hour + index, drainable },
      }),
    ),
  );
}

interface Row {
  readonly name: string;
  readonly rule?: Partial<BacklogPolicy>;
  readonly members: readonly Member[];
  readonly tasks: readonly [unclaimed: number, running: number];
  readonly memory?: Partial<Memory>;
  readonly actions: readonly string[];
  readonly limits?: readonly string[];
}

const young = now - 5 * minute + 1;

const rows: readonly Row[] = [
  {
    name: 'off, nothing is drained, however many are too many',
    rule: { scaleIn: false },
    ...{ members: pool({ busy: 9 }), tasks: [0, 1], actions: [] },
  },
  {
    name: 'those beyond the running tasks are drained, the oldest first',
    ...{ members: pool({ busy: 5 }), tasks: [0, 3], actions: ['retire busy-1', 'retire busy-2'] },
  },
  {
    name: 'those that are known to be idle are drained as well',
    ...{ members: pool({ idle: 5 }), tasks: [0, 3], actions: ['retire idle-1', 'retire idle-2'] },
  },
  {
    name: 'min and headroom stay',
    rule: { min: 4, headroom: 1 },
    ...{ members: pool({ busy: 5 }), tasks: [0, 2], actions: ['retire busy-1'], limits: ['min'] },
  },
  {
    name: 'while a task is unclaimed nobody is drained',
    ...{ members: pool({ busy: 9 }), tasks: [1, 1], actions: [] },
  },
  {
    name: 'docs/scaling.md: of 10, with 3 tasks now, 5 lately and headroom 1, 6 are kept',
    rule: { headroom: 1 },
    members: pool({ busy: 10 }),
    memory: { taskPeaks: [{ at: now - 4 * minute, tasks: 5 }] },
    tasks: [0, 3],
    actions: ['retire busy-1', 'retire busy-2', 'retire busy-3', 'retire busy-4'],
    limits: ['cool-down'],
  },
  {
    name: 'docs/scaling.md: if all 3 tasks are on the 4 that drain, nothing is ordered for them',
    rule: { headroom: 1 },
    ...{ members: pool({ busy: 6, draining: 4 }), tasks: [0, 3], actions: [], limits: ['cool-down'] },
    memory: { taskPeaks: [{ at: now, tasks: 5 }] },
  },
  {
    name: 'what is starting goes first, the newest before the others',
    members: pool({ busy: 2, starting: 3 }),
    ...{ tasks: [0, 2], actions: ['retire starting-3', 'retire starting-2', 'retire starting-1'] },
  },
  {
    name: 'what is starting may never come, so those online alone keep what is wanted',
    members: [...pool({ busy: 3 }), ...pool({ starting: 4 }).map((one) => ({ ...one, createdAt: young }))],
    ...{ tasks: [0, 2], actions: ['retire busy-1'], limits: ['cool-down'] },
  },
  {
    name: 'one that was made within the cool-down stays',
    members: [member('new', 'busy', { busyness: 'unknown', createdAt: young, drainable: true })],
    ...{ tasks: [0, 0], actions: [], limits: ['cool-down'] },
  },
  {
    name: 'tasks within the cool-down keep their runners, as one look may have missed those being claimed',
    members: pool({ busy: 5 }),
    memory: { taskPeaks: [{ at: now - 5 * minute, tasks: 4 }] },
    ...{ tasks: [0, 0], actions: ['retire busy-1'], limits: ['cool-down'] },
  },
  {
    name: 'tasks before the cool-down are forgotten',
    members: pool({ busy: 2 }),
    memory: { taskPeaks: [{ at: now - 5 * minute - 1, tasks: 4 }] },
    ...{ tasks: [0, 0], actions: ['retire busy-1', 'retire busy-2'] },
  },
  {
    name: 'a process that has looked for less than the cool-down drains nobody',
    members: pool({ busy: 5 }),
    memory: { firstLookAt: young },
    ...{ tasks: [0, 0], actions: [], limits: ['cool-down'] },
  },
  {
    name: 'those that would not get the time to end a task stay',
    members: pool({ busy: 5 }, false),
    ...{ tasks: [0, 3], actions: [], limits: ['not-drainable'] },
  },
  {
    name: 'whoever drains is not drained again, and its task needs no other runner',
    members: pool({ busy: 2, draining: 3 }),
    ...{ tasks: [0, 5], actions: [] },
  },
  {
    name: 'a new task beside those of draining runners gets a runner of its own',
    members: pool({ busy: 2, draining: 3 }),
    ...{ tasks: [1, 5], actions: ['order 1'] },
  },
  {
    name: 'above max only those beyond the running tasks are drained',
    rule: { max: 2 },
    ...{ members: pool({ busy: 5 }), tasks: [0, 4], actions: ['retire busy-1'], limits: ['max'] },
  },
];

describe('scale-in of a backlog', () => {
  for (const { name, rule, members, tasks, memory, actions, limits = [] } of rows) {
    test(name, () => {
      const decision = decideOn({
        policy: backlogPolicy({ scaleIn: true, ...rule }),
        ...{ members, demand: backlog(...tasks) },
        memory: { taskPeaks: [{ at: now, tasks: tasks[0] + tasks[1] }], ...memory },
      });
      assert.deepEqual(words(decision.actions), actions);
      assert.deepEqual(
        decision.limits.map(({ limit }) => limit),
        limits,
      );
      const retired = decision.actions.filter(({ kind }) => kind === 'retire').length;
      assert.ok(retired === 0 || decision.to === (decision.from ?? 0) - retired);
    });
  }

  test('the sentence leaves out the tasks of runners that drain', () => {
    const { because } = decideOn({
      policy: backlogPolicy({ scaleIn: true }),
      ...{ members: pool({ busy: 2, draining: 3 }), demand: backlog(0, 5) },
    });
    assert.equal(because, '0 tasks unclaimed + 5 running - 3 on runners that drain + headroom 0 = 2');
  });

  test('the most tasks since any time are remembered, and no look more than that needs', () => {
    let memory: Memory | undefined;
    for (const [index, tasks] of [4, 9, 2, 5, 3].entries()) {
      const observedAt = now + index * second;
      memory = remember(memory, snapshot([], { observedAt, demand: backlog(0, tasks) }), startTimeoutMs);
    }
    assert.deepEqual(
      memory?.taskPeaks.map(({ tasks }) => tasks),
      [9, 5, 3],
    );
  });
});

const anyMember = fc.record({
  state: fc.constantFrom<Member['state']>('starting', 'busy', 'draining', 'unhealthy'),
  createdAt: fc.integer({ min: now - hour, max: now }),
  drainable: fc.boolean(),
});

test('P2: whatever is seen, only drainable runners that do not drain yet are named, once, and those left are enough', () => {
  const given = fc.record({
    members: fc.array(anyMember, { minLength: 5, maxLength: 30 }),
    rule: fc.record({ min: fc.nat(5), max: fc.integer({ min: 5, max: 30 }), headroom: fc.nat(3) }),
    unclaimed: fc.constantFrom(0, 0, 0, 1),
    running: fc.nat(8),
    peaks: fc.array(fc.record({ at: fc.integer({ min: now - hour, max: now }), tasks: fc.nat(8) }), {
      maxLength: 2,
    }),
  });
  let drained = 0;
  fc.assert(
    fc.property(given, ({ members, rule, unclaimed, running, peaks }) => {
      const seen = members.map((one, index): Member =>
        member(String(index), one.state, { ...one, busyness: 'unknown' }),
      );
      const look = snapshot(seen, { demand: backlog(unclaimed, running) });
      const memory = {
        ...remember(undefined, look, startTimeoutMs),
        firstLookAt: now - hour,
        taskPeaks: peaks,
      };
      const chosen = backlogPolicy({ ...rule, scaleIn: true });
      const { actions } = decide(chosen, { ok: true, snapshot: look }, memory, now);
      const named = actions.flatMap((action) => (action.kind === 'retire' ? [Number(action.runnerId)] : []));
      drained += named.length;
      assert.equal(new Set(named).size, named.length);
      const gone = named.map((index) => seen[index]);
      for (const one of gone) {
        assert.ok(one?.drainable === true && ['starting', 'busy'].includes(one.state));
        assert.ok(now - one.createdAt >= chosen.coolDownMs);
      }
      if (named.length === 0) return;
      assert.equal(unclaimed, 0);
      const { starting, busy } = capacityOf(seen);
      const needed = Math.max(rule.min, running + rule.headroom);
      assert.ok(starting + busy - named.length >= needed);
      const goneOnline = gone.filter((one) => one?.state === 'busy').length;
      assert.ok(goneOnline === 0 || busy - goneOnline >= needed);
    }),
    { numRuns: 2000 },
  );
  assert.ok(drained > 100);
});
