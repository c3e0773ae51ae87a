// The verdict for every presence × age × number of tasks × mark of an instance, with its reason word; and when none may go.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { distrust } from '../../../../cleaner/stale/circleci/distrust.ts';
import {
  emptyInstanceMemory,
  type InstanceMemory,
} from '../../../../cleaner/stale/circleci/instance-memory.ts';
import { passInstances, type InstancePass } from '../../../../cleaner/stale/circleci/instance-pass.ts';
import type { Presence } from '../../../../cleaner/stale/circleci/presence.ts';
import type { InstanceSighting, ListedRunner } from '../../../../cleaner/stale/circleci/subject.ts';
import { now, terms } from '../given.ts';
import { idOf, instance, listed, resourceClass, sighting } from './given.ts';

const hour = 3600;
const day = 24 * hour;
const own = (silentS: number, given: Partial<ListedRunner> = {}): ListedRunner =>
  listed(idOf(1), silentS, given);

/** Known for so long; with what was known of its runner. */
function knownFor(
  ageS: number,
  presence: Presence = { kind: 'absent' },
  ...numbers: number[]
): InstanceMemory {
  const since = now - ageS * 1000;
  const ids = (numbers.length === 0 ? [1] : numbers).map(idOf);
  return { stale: new Map(), known: new Map(ids.map((id) => [id, { since, presence }])) };
}

function registered(silentS: number): Presence {
  return { kind: 'registered', contactAt: now - silentS * 1000 };
}

interface Row {
  readonly why: string;
  readonly ageS: number;
  readonly seen: Partial<InstanceSighting>;
  readonly before?: Presence;
  readonly reason: string | undefined;
}

const busyOther = listed(idOf(2), 5);
const two = [instance(1), instance(2)];

const neverRegistered: readonly Row[] = [
  { why: 'first seen now', ageS: 0, seen: {}, reason: undefined },
  { why: 'as long as a start may take', ageS: 600, seen: {}, reason: undefined },
  { why: 'within the grace after that', ageS: 899, seen: {}, reason: undefined },
  { why: 'longer', ageS: 900, seen: {}, reason: 'never-registered' },
  {
    why: 'while another runs the one task',
    ageS: day,
    seen: { instances: two, runners: [busyOther], running: 1 },
    reason: 'never-registered',
  },
  {
    why: 'while a task runs that only one that was silent for 12 hours could have otherwise',
    ageS: day,
    seen: { instances: two, runners: [listed(idOf(2), 12 * hour)], running: 1 },
    reason: undefined,
  },
  {
    why: 'while more tasks run than the others can have',
    ageS: day,
    seen: { instances: two, runners: [busyOther, listed(idOf(9), 60)], running: 2 },
    reason: undefined,
  },
  {
    why: 'while the only other that could have the task was silent for half a day',
    ageS: day,
    seen: { instances: two, runners: [listed(idOf(2), 12 * hour)], running: 1 },
    reason: undefined,
  },
  {
    why: 'while the other that could have the task was silent for less',
    ageS: day,
    seen: { instances: two, runners: [listed(idOf(2), 12 * hour - 1)], running: 1 },
    reason: 'never-registered',
  },
  {
    why: 'while a runner of no instance’s name is listed',
    ageS: day,
    seen: { runners: [listed('ip-10-0-0-7', 5)] },
    reason: undefined,
  },
  {
    why: 'while such a runner was listed for hours and is silent',
    ageS: 900,
    seen: { runners: [listed('ip-10-0-0-7', 12 * hour)] },
    reason: undefined,
  },
  {
    why: 'such a runner was silent for half a day before it came',
    ageS: 900,
    seen: { runners: [listed('ip-10-0-0-7', 12 * hour + 1)] },
    reason: 'never-registered',
  },
  {
    why: 'such a runner fell silent a day ago, and it is older',
    ageS: 2 * day,
    seen: { runners: [listed('ip-10-0-0-7', day)] },
    reason: undefined,
  },
  {
    why: 'such a runner is one of another class',
    ageS: 900,
    seen: { runners: [listed('ip-10-0-0-7', 5, { resourceClass: 'acme/other' })] },
    reason: 'never-registered',
  },
  {
    why: 'other instances have left their names',
    ageS: 900,
    seen: { runners: [listed(idOf(7), day), listed(idOf(8), 5)] },
    reason: 'never-registered',
  },
];

const lostContact: readonly Row[] = [
  { why: 'in contact', ageS: day, seen: { runners: [own(5)] }, reason: undefined },
  { why: 'in contact, a task runs', ageS: day, seen: { runners: [own(5)], running: 1 }, reason: undefined },
  { why: 'silent for less than an hour', ageS: day, seen: { runners: [own(hour - 1)] }, reason: undefined },
  { why: 'silent for an hour', ageS: day, seen: { runners: [own(hour)] }, reason: 'lost-contact' },
  {
    why: 'silent for a month, but a task runs',
    ageS: 60 * day,
    seen: { instances: two, runners: [own(30 * day), busyOther], running: 1 },
    reason: undefined,
  },
  {
    why: 'silent under one name, in contact under another',
    ageS: day,
    seen: { runners: [own(day), listed(`${idOf(1)}-b`, 5)] },
    reason: undefined,
  },
  {
    why: 'known by its host name only',
    ageS: day,
    seen: { runners: [listed('runner', hour, { hostname: `${idOf(1)}.eu-west-1.compute.internal` })] },
    reason: 'lost-contact',
  },
  {
    why: 'a runner of another class has its name',
    ageS: day,
    seen: { runners: [own(day, { resourceClass: 'acme/other' })] },
    reason: undefined,
  },
  {
    why: 'silent for hours, then found in another class',
    ageS: day,
    before: registered(hour),
    seen: { runners: [own(5, { resourceClass: 'acme/other' })] },
    reason: undefined,
  },
  {
    why: 'no longer listed, once in another class',
    ageS: day,
    before: { kind: 'elsewhere' },
    seen: {},
    reason: undefined,
  },
  { why: 'no longer listed', ageS: day, before: registered(hour), seen: {}, reason: 'lost-contact' },
  {
    why: 'no longer listed, but a task runs',
    ageS: day,
    before: registered(hour),
    seen: { instances: two, runners: [busyOther], running: 1 },
    reason: undefined,
  },
  {
    why: 'no longer listed, and a runner of no instance’s name is',
    ageS: day,
    before: registered(hour),
    seen: { runners: [listed('ip-10-0-0-7', 5)] },
    reason: 'lost-contact',
  },
];

const spared: readonly Row[] = [
  {
    why: 'not in service',
    ageS: day,
    seen: { instances: [instance(1, { inService: false })] },
    reason: undefined,
  },
  {
    why: 'protected from scale-in',
    ageS: day,
    seen: { instances: [instance(1, { isProtected: true })] },
    reason: 'runner-exempt',
  },
  { why: 'its group is tagged to be kept', ageS: day, seen: { keep: true }, reason: 'runner-exempt' },
  { why: 'its group is at its MinSize', ageS: day, seen: { min: 1 }, reason: 'at-min-size' },
];

function verdictOf({ ageS, seen, before }: Row): string | undefined {
  const shown = sighting({ instances: [instance(1)], ...seen });
  const { stale } = passInstances(shown, terms, knownFor(ageS, before), now);
  return stale.find(({ id }) => id === idOf(1))?.reason;
}

for (const [group, rows] of Object.entries({
  'never registered': neverRegistered,
  'lost contact': lostContact,
  spared,
})) {
  describe(`an instance, ${group}`, () => {
    for (const row of rows) {
      test(`${row.why}: ${row.reason ?? 'left alone'}`, () => assert.equal(verdictOf(row), row.reason));
    }
  });
}

test('the sentences say what, for how long, and why it stays', () => {
  const told = (seen: Partial<InstanceSighting>): string | undefined =>
    passInstances(sighting({ instances: [instance(1)], ...seen }), terms, knownFor(1000), now).stale[0]
      ?.because;
  const never = 'in service, and never registered with CircleCI, for 1000 s, allowed are 900 s';
  const replaced = 'left, as its group is at its MinSize of 1 and AWS would replace it; otherwise: ';
  assert.deepEqual(
    [
      told({}),
      told({ runners: [own(4000)] }),
      told({ keep: true }),
      told({ instances: [instance(1, { isProtected: true })] }),
      told({ min: 1 }),
    ],
    [
      never,
      'no task of its class runs, and its runner has not been heard of for 4000 s, allowed are 3600 s',
      `its Auto Scaling group is tagged to be kept; otherwise: ${never}`,
      `protected from scale-in; otherwise: ${never}`,
      `${replaced}${never}`,
    ],
  );
});

test('one that was seen in another class is never taken for one that never registered', () => {
  const elsewhere = sighting({
    instances: [instance(1)],
    runners: [own(5, { resourceClass: 'acme/other' })],
  });
  const first = passInstances(elsewhere, terms, emptyInstanceMemory, now);
  const dropped = sighting({ instances: [instance(1)] });
  assert.deepEqual(passInstances(dropped, terms, first.memory, now + 7 * day * 1000).stale, []);
});

function ids({ due }: InstancePass): string[] {
  return due.map(({ id }) => id);
}

describe('an instance may go', () => {
  const later = now + 60_000;
  const dead = sighting({ instances: [instance(1)] });

  test('when two passes find it stale, and not after one', () => {
    const first = passInstances(dead, terms, knownFor(day), now);
    assert.deepEqual(ids(first), []);
    assert.deepEqual(ids(passInstances(dead, terms, first.memory, later)), [idOf(1)]);
  });

  test('not before it was watched for its grace, as AWS does not tell its age', () => {
    let memory = emptyInstanceMemory;
    for (const at of [0, 300, 600, 899]) {
      const passed = passInstances(dead, terms, memory, now + at * 1000);
      assert.deepEqual(passed.stale, [], `after ${at} s`);
      memory = passed.memory;
    }
    assert.equal(passInstances(dead, terms, memory, now + 900_000).stale.length, 1);
  });

  test('not when its runner gave a sign of life in between', () => {
    const silent = sighting({ instances: [instance(1)], runners: [own(2 * hour)] });
    const first = passInstances(silent, terms, knownFor(day), now);
    assert.equal(first.stale.length, 1);
    const heard = sighting({ instances: [instance(1)], runners: [own(2 * hour - 1)] });
    const second = passInstances(heard, terms, first.memory, later);
    assert.deepEqual([second.stale.length, ids(second)], [1, []]);
  });

  test('as far as the group stays above its MinSize', () => {
    const three = sighting({ instances: [instance(1), instance(2), instance(3)], min: 1 });
    const first = passInstances(three, terms, knownFor(day, undefined, 1, 2, 3), now);
    const second = passInstances(three, terms, first.memory, later);
    assert.deepEqual(ids(second), [idOf(1), idOf(2)]);
    assert.match(
      second.stale[2]?.because ?? '',
      /^left, as its group is at its MinSize of 1 and AWS would replace it;/,
    );
  });
});

test('one that is kept anyway takes nobody’s room above MinSize', () => {
  const two = [instance(1, { isProtected: true }), instance(2)];
  const shown = sighting({ instances: two, min: 1 });
  const { stale } = passInstances(shown, terms, knownFor(day, undefined, 1, 2), now);
  assert.deepEqual(
    stale.map(({ reason }) => reason),
    ['runner-exempt', 'never-registered'],
  );
});

describe('the brake', () => {
  function group(count: number, silent: number, silentS: number): InstancePass {
    const instances = Array.from({ length: count }, (_, number) => instance(number));
    const runners = instances.map(({ id }, number) => listed(id, number < silent ? silentS : 5));
    const shown = sighting({ instances, runners });
    const first = passInstances(shown, terms, emptyInstanceMemory, now);
    return passInstances(shown, terms, first.memory, now + 60_000);
  }

  const rows: readonly [string, InstancePass, boolean, number][] = [
    ['holds when six of eleven fall silent', group(11, 6, hour), true, 0],
    ['lets six of twelve go', group(12, 6, hour), false, 6],
    ['lets four of four go, fewer than its minimum', group(4, 4, hour), false, 4],
    ['lets go of an outage that lasts for hours', group(11, 6, 15 * hour), false, 6],
  ];
  for (const [why, { brake, due }, holds, expected] of rows) {
    test(why, () => assert.deepEqual([brake !== undefined, due.length], [holds, expected]));
  }

  test('says how many of how many', () => {
    const because =
      'CircleCI has not heard of 6 of 11 instances in service, which is more than 50 %: taken for an outage for up to 46800 s';
    assert.equal(group(11, 6, hour).brake?.because, because);
  });

  describe('when as many never registered', () => {
    function passAfter(ageS: number, runners: readonly ListedRunner[] = []): InstancePass {
      const instances = Array.from({ length: 5 }, (_, number) => instance(number));
      return passInstances(
        sighting({ instances, runners }),
        terms,
        knownFor(ageS, undefined, 0, 1, 2, 3, 4),
        now,
      );
    }

    test('holds, as a list that lacks them looks the same', () =>
      assert.equal(passAfter(900).brake?.silent, 5));
    test('lets go after a while', () => assert.equal(passAfter(900 + 46_800).brake, undefined));
    test('lets go when the list shows somebody in contact', () => {
      assert.equal(passAfter(900, [listed(idOf(9), hour - 1)]).brake, undefined);
      assert.equal(passAfter(900, [listed(idOf(9), hour)]).brake?.silent, 5);
      const elsewhere = listed(idOf(9), 5, { resourceClass: 'acme/other' });
      assert.equal(passAfter(900, [elsewhere]).brake?.silent, 5);
    });
  });
});

describe('nothing is concluded from answers', () => {
  const rows: readonly [string, Partial<InstanceSighting>, InstanceMemory, RegExp | undefined][] = [
    [
      'that show a task and nobody who could have it',
      { running: 1 },
      knownFor(day),
      /1 tasks of acme\/linux run, but CircleCI lists only 0/,
    ],
    [
      'that show more tasks than runners',
      { running: 2, runners: [own(5)] },
      knownFor(day),
      /2 tasks .* only 1/,
    ],
    [
      'where only one that is long gone could have the task',
      { running: 1, runners: [own(12 * hour)] },
      knownFor(day),
      /only 0/,
    ],
    [
      'where the others who are listed are of another class',
      { running: 1, runners: [listed(idOf(2), 5, { resourceClass: 'acme/arm' })] },
      knownFor(day),
      /only 0/,
    ],
    [
      'that lack a runner heard of just now',
      {},
      knownFor(day, registered(59)),
      /no longer lists the runner of i-0+1, which was in contact 59 s ago/,
    ],
    [
      'unless it is no longer in service, so that nobody asked',
      { instances: [{ ...instance(1), inService: false }] },
      knownFor(day, registered(59)),
      undefined,
    ],
    ['unless it was silent for long before', {}, knownFor(day, registered(hour)), undefined],
    [
      'unless it has moved to another class',
      { runners: [own(5, { resourceClass: 'acme/arm' })] },
      knownFor(day, registered(59)),
      undefined,
    ],
    ['unless all are listed', { running: 1, runners: [own(5)] }, knownFor(day, registered(60)), undefined],
    ['unless there is nobody and no task', {}, knownFor(day), undefined],
  ];
  for (const [why, seen, memory, expected] of rows) {
    test(why, () => {
      const told = distrust(sighting({ instances: [instance(1)], ...seen }), memory, terms, now);
      if (expected === undefined) assert.equal(told, undefined);
      else assert.match(told ?? '', expected);
    });
  }
});

test('whatever is listed: one that may have a task never goes (P2)', () => {
  const silence = fc.integer({ min: 0, max: 40 * day });
  const name = fc.constantFrom(idOf(1), idOf(2), idOf(3), idOf(4), idOf(9), 'ip-10-0-0-7');
  const runner = fc.record({ name, silentS: silence, other: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(runner, { maxLength: 6 }),
      fc.integer({ min: 1, max: 6 }),
      silence,
      (drawn, running, ageS) => {
        const runners = drawn.map(({ name: of, silentS, other }) =>
          listed(of, silentS, other ? { resourceClass: 'acme/other' } : {}),
        );
        const instances = [1, 2, 3, 4].map((number) => instance(number));
        const shown = sighting({ instances, runners, running });
        const first = passInstances(shown, terms, knownFor(ageS, undefined, 1, 2, 3, 4), now);
        const { due } = passInstances(shown, terms, first.memory, now + 60_000);
        const ofClass = runners.filter((each) => each.resourceClass === resourceClass);
        for (const { id } of due) {
          assert.ok(!runners.some((each) => each.name === id), 'one that ever registered may have it');
          const others = new Set(
            ofClass.map((each) => each.name).filter((of) => instances.some((each) => each.id === of)),
          );
          assert.ok(running <= others.size, 'one of the tasks would have nobody else');
        }
      },
    ),
    { numRuns: 1000 },
  );
});
