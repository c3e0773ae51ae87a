// Polling intervals against the API budget.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pollingPlan } from '../../../core/config/polling.ts';

const wishes = fc.record({
  scopes: fc.nat(60),
  callsPerHour: fc.integer({ min: 1, max: 5000 }),
  runnerLimit: fc.integer({ min: 1, max: 1000 }),
});

test('intervals that nobody wrote always fit the budget, the cleaner included', () => {
  fc.assert(
    fc.property(wishes, (wish) => {
      const { budget, callsPerHour } = pollingPlan(wish);
      assert.ok(callsPerHour.fast + callsPerHour.cleaner <= budget);
    }),
  );
});

test('pressure never makes a group looked at later', () => {
  const maybe = fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined });
  fc.assert(
    fc.property(wishes, maybe, maybe, (wish, calm, fast) => {
      const plan = pollingPlan({ ...wish, calm, fast });
      assert.ok(plan.fastMs <= plan.calmMs);
    }),
  );
});

test('a written interval that fits makes the whole plan fit', () => {
  fc.assert(
    fc.property(wishes, fc.integer({ min: 1, max: 5000 }), (wish, calm) => {
      const { budget, callsPerHour, shortestSeconds } = pollingPlan({ ...wish, calm });
      fc.pre(calm >= shortestSeconds);
      assert.ok(callsPerHour.fast <= budget * (1 + 1e-9));
    }),
  );
});

const cases = [
  { scopes: 0, calmMs: 600_000, fastMs: 30_000, cleanerMs: 60_000 },
  { scopes: 1, calmMs: 600_000, fastMs: 30_000, cleanerMs: 60_000 },
  { scopes: 5, calmMs: 600_000, fastMs: 30_000, cleanerMs: 180_000 },
  { scopes: 10, calmMs: 600_000, fastMs: 56_000, cleanerMs: 360_000 },
];

for (const { scopes, ...expected } of cases) {
  test(`with ${scopes} workspaces the defaults become ${expected.fastMs / 1000} s under pressure`, () => {
    const { calmMs, fastMs, cleanerMs } = pollingPlan({ scopes });
    assert.deepEqual({ calmMs, fastMs, cleanerMs }, expected);
  });
}

test('a limit above one page of runners makes each look cost more', () => {
  assert.equal(pollingPlan({ scopes: 1, runnerLimit: 250 }).callsPerLook, 3);
  assert.equal(pollingPlan({ scopes: 1, runnerLimit: 250, fast: 30 }).callsPerHour.fast, 360);
});
