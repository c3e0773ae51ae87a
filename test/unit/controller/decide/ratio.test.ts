// The table of the ratio rule: what is seen, what follows. Each row states only how it differs from a calm group.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LimitName, Reason } from '../../../../controller/decide/decision.ts';
import type { CapacityState, Member } from '../../../../controller/decide/snapshot.ts';
import type { RatioPolicy } from '../../../../core/config/config.ts';
import {
  calls,
  decideOn,
  hour,
  member,
  members,
  minute,
  now,
  policy,
  second,
  words,
  type Given,
} from './given.ts';

interface Row {
  readonly name: string;
  readonly see: Partial<Record<CapacityState, number>>;
  readonly and?: readonly Member[];
  readonly rule?: Partial<RatioPolicy>;
  readonly room?: Given['room'];
  readonly memory?: Given['memory'];
  readonly reason: Reason;
  readonly actions?: readonly string[];
  readonly to: number;
  readonly limits?: readonly LimitName[];
}

function check({ name, see, and = [], rule = {}, room, memory, reason, actions = [], to, limits = [] }: Row) {
  test(name, () => {
    const decision = decideOn({
      policy: policy(rule),
      members: [...members(see), ...and],
      ...(room === undefined ? {} : { room }),
      ...(memory === undefined ? {} : { memory }),
    });
    const found = {
      ...{ reason: decision.reason, actions: words(decision.actions), to: decision.to },
      limits: decision.limits.map(({ limit }) => limit),
    };
    assert.deepEqual(found, { reason, actions, to, limits }, decision.because);
  });
}

function table(title: string, rows: readonly Row[]): void {
  describe(title, () => rows.forEach(check));
}

const young = now - minute;

table('growing', [
  {
    name: 'one of one busy: half as many more, rounded up',
    see: { busy: 1 },
    reason: 'above-threshold',
    actions: ['order 1'],
    to: 2,
  },
  {
    name: 'three of three busy: two more',
    see: { busy: 3 },
    reason: 'above-threshold',
    actions: ['order 2'],
    to: 5,
  },
  {
    name: 'exactly at the upper threshold is within it',
    see: { busy: 1, idle: 1 },
    reason: 'within-thresholds',
    to: 2,
  },
  {
    name: 'starting runners count: nothing is ordered twice',
    see: { busy: 3, starting: 2 },
    reason: 'above-threshold',
    to: 5,
  },
  {
    name: 'starting runners count: only the rest is ordered',
    see: { busy: 4, starting: 1 },
    reason: 'above-threshold',
    actions: ['order 1'],
    to: 6,
  },
  {
    name: 'more starting than wanted changes nothing',
    see: { busy: 2, starting: 6 },
    reason: 'above-threshold',
    to: 8,
  },
  {
    name: 'a product that floating point makes too large is what people work out: 20 × 1.1 = 22',
    see: { busy: 20 },
    rule: { max: 50, scaleUpMultiplier: 1.1 },
    reason: 'above-threshold',
    actions: ['order 2'],
    to: 22,
  },
]);

table('shrinking', [
  {
    name: 'nobody of four busy: the two oldest retire',
    see: { idle: 4 },
    reason: 'below-threshold',
    actions: ['retire idle-1', 'retire idle-2'],
    to: 2,
  },
  {
    name: 'exactly at the lower threshold is within it',
    see: { busy: 1, idle: 4 },
    reason: 'within-thresholds',
    to: 5,
  },
  {
    name: 'a single idle runner is min',
    see: { idle: 1 },
    reason: 'below-threshold',
    to: 1,
    limits: ['min'],
  },
  {
    name: 'min: 0 lets the last one go',
    see: { idle: 1 },
    rule: { min: 0 },
    reason: 'below-threshold',
    actions: ['retire idle-1'],
    to: 0,
  },
  {
    name: 'busy runners never retire, however few are wanted',
    see: { busy: 1, idle: 9 },
    rule: { scaleDownMultiplier: 0.01 },
    reason: 'below-threshold',
    actions: ['1', '2', '3', '4', '5', '6', '7', '8'].map((number) => `retire idle-${number}`),
    to: 2,
    limits: ['would-grow-back'],
  },
  {
    name: 'runners younger than the cool-down stay',
    see: {},
    and: [
      member('old', 'idle'),
      member('young-1', 'idle', { createdAt: young }),
      member('young-2', 'idle', { createdAt: young }),
      member('young-3', 'idle', { createdAt: young }),
    ],
    reason: 'below-threshold',
    actions: ['retire old'],
    to: 3,
    limits: ['cool-down'],
  },
  {
    name: 'the cool-down is over to the second',
    see: { idle: 1 },
    and: [member('just', 'idle', { createdAt: now - 5 * minute })],
    memory: { lastBusyAt: { 'idle-1': now - 5 * minute + 1 } },
    reason: 'below-threshold',
    actions: ['retire just'],
    to: 1,
  },
  {
    name: 'what was busy a moment ago cools down again',
    see: { idle: 2 },
    memory: { lastBusyAt: { 'idle-1': now - 10 * second, 'idle-2': now - 10 * second } },
    reason: 'below-threshold',
    to: 2,
    limits: ['cool-down'],
  },
  {
    name: 'after a restart nobody is known to have rested: the cool-down counts from the first look',
    see: { idle: 4 },
    memory: { firstLookAt: now - minute },
    reason: 'below-threshold',
    to: 4,
    limits: ['cool-down'],
  },
  {
    name: 'starting runners are not taken for online ones: only online ones above the wish retire',
    see: { idle: 4, starting: 3 },
    reason: 'below-threshold',
    actions: ['retire idle-1', 'retire idle-2'],
    to: 5,
  },
  {
    name: 'a shrinkage that would be over the threshold at once stops short of it',
    see: { busy: 2, idle: 4 },
    rule: { scaleDownThreshold: 0.45 },
    reason: 'below-threshold',
    actions: ['retire idle-1', 'retire idle-2'],
    to: 4,
    limits: ['would-grow-back'],
  },
]);

table('min', [
  {
    name: 'nobody there: min is ordered',
    see: {},
    rule: { min: 3 },
    reason: 'below-min',
    actions: ['order 3'],
    to: 3,
  },
  {
    name: 'too few online: what is missing is ordered at once, whatever the multiplier says',
    see: { idle: 1 },
    rule: { min: 5 },
    reason: 'below-min',
    actions: ['order 4'],
    to: 5,
    limits: ['min'],
  },
  {
    name: 'too few within the thresholds: what is missing is ordered',
    see: { busy: 1, idle: 2 },
    rule: { min: 5 },
    reason: 'below-min',
    actions: ['order 2'],
    to: 5,
    limits: ['min'],
  },
  {
    name: 'starting runners fill min',
    see: { starting: 3 },
    rule: { min: 3 },
    reason: 'waiting-for-start',
    to: 3,
  },
  {
    name: 'nobody online and too few starting: the rest of min is ordered',
    see: { starting: 1 },
    rule: { min: 3 },
    reason: 'below-min',
    actions: ['order 2'],
    to: 3,
    limits: ['min'],
  },
  {
    name: 'nobody online, more than min starting: wait',
    see: { starting: 4 },
    rule: { min: 1 },
    reason: 'waiting-for-start',
    to: 4,
  },
  {
    name: 'min: 0 and nobody there: nothing to do',
    see: {},
    rule: { min: 0 },
    reason: 'within-thresholds',
    to: 0,
  },
  {
    name: 'unhealthy runners do not fill min',
    see: { unhealthy: 2 },
    rule: { min: 1 },
    reason: 'below-min',
    actions: ['order 1'],
    to: 1,
  },
  {
    name: 'draining runners do not fill min: one is taken back',
    see: { draining: 2 },
    rule: { min: 1 },
    reason: 'below-min',
    actions: ['take-back draining-2'],
    to: 1,
  },
]);

table('max', [
  {
    name: 'growth ends at max',
    see: { busy: 8 },
    reason: 'above-threshold',
    actions: ['order 2'],
    to: 10,
    limits: ['max'],
  },
  { name: 'all busy at max', see: { busy: 10 }, reason: 'above-threshold', to: 10, limits: ['max'] },
  {
    name: 'draining runners fill max up; those that cannot be taken back leave no room',
    see: { busy: 8 },
    and: [
      member('gone-1', 'draining', { canTakeBack: false }),
      member('gone-2', 'draining', { canTakeBack: false }),
    ],
    reason: 'above-threshold',
    to: 8,
    limits: ['max', 'max'],
  },
  {
    name: 'unhealthy runners fill max up',
    see: { busy: 3, unhealthy: 7 },
    reason: 'above-threshold',
    to: 3,
    limits: ['max'],
  },
  {
    name: 'above max, within the thresholds: idle runners retire down to it',
    see: { busy: 5, idle: 10 },
    reason: 'above-max',
    actions: ['1', '2', '3', '4', '5'].map((number) => `retire idle-${number}`),
    to: 10,
    limits: ['max'],
  },
  {
    name: 'above max and above the threshold: still only idle ones retire',
    see: { busy: 12, idle: 1 },
    reason: 'above-max',
    actions: ['retire idle-1'],
    to: 12,
    limits: ['max', 'busy'],
  },
  {
    name: 'above max by starting ones: min stays online until they come',
    see: { idle: 3, starting: 9 },
    rule: { min: 2 },
    reason: 'below-threshold',
    actions: ['retire idle-1'],
    to: 11,
    limits: ['min'],
  },
  {
    name: 'above max by starting ones with min: 0: one stays online until they come',
    see: { busy: 0, idle: 1, starting: 12 },
    rule: { min: 0, scaleDownThreshold: 0 },
    reason: 'above-max',
    to: 13,
    limits: ['max'],
  },
  {
    name: 'max: 0 stops a group',
    see: { busy: 1, idle: 1 },
    rule: { min: 0, max: 0 },
    reason: 'above-max',
    actions: ['retire idle-1'],
    to: 1,
    limits: ['max', 'busy'],
  },
  {
    name: 'min = max keeps its number',
    see: { busy: 3 },
    rule: { min: 3, max: 3 },
    reason: 'above-threshold',
    to: 3,
    limits: ['max'],
  },
]);

table('taking back', [
  {
    name: 'a draining runner comes back before one is ordered',
    see: { busy: 3, draining: 1 },
    reason: 'above-threshold',
    actions: ['take-back draining-1', 'order 1'],
    to: 5,
  },
  {
    name: 'the idle one first, then the newest',
    see: { busy: 4 },
    and: [
      member('working', 'draining', { busyness: 'busy', createdAt: now - minute }),
      member('older', 'draining', { createdAt: now - 3 * hour }),
      member('newer', 'draining', { createdAt: now - 2 * hour }),
    ],
    reason: 'above-threshold',
    actions: ['take-back newer', 'take-back older'],
    to: 6,
  },
  {
    name: 'one that still works comes back too',
    see: { busy: 1 },
    and: [member('working', 'draining', { busyness: 'busy' })],
    reason: 'above-threshold',
    actions: ['take-back working'],
    to: 2,
  },
  {
    name: 'one that was broken when it was disabled is replaced by an order',
    see: { busy: 1, draining: 1 },
    memory: { brokenSince: { 'draining-1': now - second } },
    reason: 'above-threshold',
    actions: ['order 1'],
    to: 2,
  },
  {
    name: 'one that could not be enabled is replaced by an order',
    see: { busy: 1, draining: 1 },
    memory: { takeBackFailedAt: { 'draining-1': now - second } },
    reason: 'above-threshold',
    actions: ['order 1'],
    to: 2,
  },
  {
    name: 'one whose machine is gone is not taken back',
    see: { busy: 1 },
    and: [member('dead', 'draining', { canTakeBack: false })],
    reason: 'above-threshold',
    actions: ['order 1'],
    to: 2,
  },
  {
    name: 'taking back needs no room at the vendor',
    see: { busy: 3, draining: 1 },
    room: { vendorRoom: 0, apiBudget: calls(0) },
    reason: 'above-threshold',
    actions: ['take-back draining-1'],
    to: 4,
    limits: ['vendor-limit'],
  },
  {
    name: 'taken back rather than removed, even when its removal is due',
    see: { busy: 1, draining: 1 },
    memory: { drainingIdleSince: { 'draining-1': now - hour } },
    reason: 'above-threshold',
    actions: ['take-back draining-1'],
    to: 2,
  },
]);

table('room', [
  {
    name: "the vendor's limit",
    see: { busy: 6 },
    room: { vendorRoom: 2 },
    reason: 'above-threshold',
    actions: ['order 2'],
    to: 8,
    limits: ['vendor-limit'],
  },
  {
    name: 'the API budget',
    see: { busy: 6 },
    room: { vendorRoom: 50, apiBudget: calls(1) },
    reason: 'above-threshold',
    actions: ['order 1'],
    to: 7,
    limits: ['api-budget'],
  },
  {
    name: 'each limit that bites is named, in their order',
    see: { busy: 9 },
    and: [member('bad', 'unhealthy')],
    rule: { max: 13 },
    room: { vendorRoom: 2, apiBudget: calls(1) },
    reason: 'above-threshold',
    actions: ['order 1'],
    to: 10,
    limits: ['max', 'max', 'vendor-limit', 'api-budget'],
  },
  {
    name: 'a vendor that is full stops even min',
    see: {},
    room: { vendorRoom: 0 },
    reason: 'below-min',
    to: 0,
    limits: ['vendor-limit'],
  },
]);

table('unknown busyness', [
  {
    name: 'one that may be busy or idle: no growth and no shrinkage',
    see: { idle: 4 },
    and: [member('which', 'busy', { busyness: 'unknown' })],
    reason: 'busyness-unknown',
    to: 5,
  },
  {
    name: 'min is kept all the same',
    see: {},
    and: [member('which', 'busy', { busyness: 'unknown' })],
    rule: { min: 2 },
    reason: 'below-min',
    actions: ['order 1'],
    to: 2,
    limits: ['min'],
  },
  {
    name: 'above max only those known to be idle retire',
    see: { idle: 1 },
    and: [1, 2, 3].map((number) => member(`which-${number}`, 'busy', { busyness: 'unknown' })),
    rule: { max: 2 },
    reason: 'above-max',
    actions: ['retire idle-1'],
    to: 3,
    limits: ['max', 'busy'],
  },
]);
