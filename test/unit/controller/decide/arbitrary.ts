// Arbitrary policies, registrations, machines and memories for properties of deciding. No assertions.

import fc from 'fast-check';
import type { Memory } from '../../../../controller/decide/memory.ts';
import type { Policy } from '../../../../controller/decide/policy.ts';
import { assemble, type Sighting } from '../../../../controller/decide/assemble.ts';
import type { Member, Snapshot } from '../../../../controller/decide/snapshot.ts';
import type { RatioPolicy } from '../../../../core/config/config.ts';
import type { Machine, Runner } from '../../../../core/runner.ts';
import { backlogPolicy, hour, minute, now, policy } from './given.ts';

const hundredths = (from: number, to: number): fc.Arbitrary<number> =>
  fc.integer({ min: from, max: to }).map((whole) => whole / 100);

/** Whatever the configuration accepts: min ≤ max, down < up, up multiplier > 1, 0 < down multiplier < 1. */
export const ratioRule: fc.Arbitrary<RatioPolicy> = fc
  .record({
    bounds: fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 })),
    thresholds: fc.uniqueArray(hundredths(0, 100), { minLength: 2, maxLength: 2 }),
    scaleUpMultiplier: hundredths(101, 500),
    scaleDownMultiplier: hundredths(1, 99),
  })
  .map(({ bounds, thresholds, ...multipliers }) => ({
    strategy: 'percentageRunnersIdle',
    min: Math.min(...bounds),
    max: Math.max(...bounds),
    scaleDownThreshold: Math.min(...thresholds),
    scaleUpThreshold: Math.max(...thresholds),
    ...multipliers,
  }));

export const ratioPolicy: fc.Arbitrary<Policy> = ratioRule.map((rule) => policy(rule));

const anyPolicy: fc.Arbitrary<Policy> = fc.oneof(
  { weight: 4, arbitrary: ratioPolicy },
  {
    weight: 1,
    arbitrary: fc
      .record({
        min: fc.integer({ min: 0, max: 5 }),
        max: fc.integer({ min: 5, max: 30 }),
        headroom: fc.integer({ min: 0, max: 3 }),
        scaleIn: fc.boolean(),
      })
      .map((rule) => backlogPolicy(rule)),
  },
);

const time = fc.integer({ min: -2 * hour, max: 0 }).map((ago) => now + ago);
/** Few, so that registrations and machines meet. */
const id = fc.integer({ min: 0, max: 25 }).map((number) => `runner-${number}`);

const runner: fc.Arbitrary<Runner> = fc.record({
  id,
  name: fc.constant('Linux'),
  labels: fc.constant([]),
  status: fc.constantFrom(
    'online',
    'online',
    'online',
    'unregistered',
    'offline',
    'disabled',
    'enabled',
    'unhealthy',
    'other',
  ),
  cordoned: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
  busyness: fc.constantFrom('busy', 'idle', 'idle', 'unknown'),
  createdAt: time,
  updatedAt: time,
});

const machine: fc.Arbitrary<Machine> = fc
  .record({
    runnerId: id,
    createdAt: time,
    phase: fc.constantFrom('pending', 'running', 'running', 'succeeded', 'failed', 'stopping'),
  })
  .map((made) => ({ ...made, id: `runner-${made.runnerId}` }));

export const sighting: fc.Arbitrary<Sighting> = fc.record({
  runners: fc.uniqueArray(runner, { selector: (one) => one.id, maxLength: 25 }),
  machines: fc.uniqueArray(machine, { selector: (one) => one.id, maxLength: 25 }),
  ordered: fc.array(fc.tuple(id, time), { maxLength: 5 }).map((entries) => new Map(entries)),
});

const since = fc.dictionary(id, time, { maxKeys: 25 });

const memory: fc.Arbitrary<Memory | undefined> = fc.option(
  fc.record({
    firstLookAt: time,
    lastBusyAt: since,
    drainingIdleSince: since,
    lostSince: since,
    hereSince: since,
    brokenSince: since,
    takeBackFailedAt: fc.dictionary(id, time, { maxKeys: 3 }),
    starts: fc.record({
      failed: fc.dictionary(id, time, { maxKeys: 5 }),
      why: fc.constant({}),
      newestOnline: time,
      newestMade: time,
      editedAfter: time,
      waitsSince: time,
      probed: fc.boolean(),
    }),
    lives: fc.constant(undefined),
    taskPeaks: fc.array(fc.record({ at: time, tasks: fc.nat(40) }), { maxLength: 3 }),
  }),
  { nil: undefined },
);

const room = fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined });

const apiBudget = fc.option(fc.record({ room: fc.integer({ min: 0, max: 30 }), keptForOrders: fc.nat(30) }), {
  nil: undefined,
});

export interface Situation {
  readonly policy: Policy;
  readonly sighting: Sighting;
  readonly snapshot: Snapshot;
  readonly memory: Memory | undefined;
}

/** Anything that may be seen, with anything that may be remembered. */
export const situation: fc.Arbitrary<Situation> = fc
  .record({
    ...{ policy: anyPolicy, sighting, memory, vendorRoom: room, apiBudget },
    unclaimed: fc.nat(40),
    running: fc.nat(40),
  })
  .map(({ policy: chosen, sighting: seen, memory: remembered, unclaimed, running, ...rooms }) => {
    const members: readonly Member[] = assemble(seen, now, 10 * minute);
    const isRatio = chosen.rule.strategy === 'percentageRunnersIdle';
    const demand = isRatio
      ? ({ kind: 'ratio' } as const)
      : ({ kind: 'backlog', unclaimed, running } as const);
    const snapshot = { observedAt: now, demand, members, ...rooms };
    return { policy: chosen, sighting: seen, snapshot, memory: remembered };
  });
