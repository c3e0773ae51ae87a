// A short exploration of both programs under faults; `npm run explore` makes a long one. And the explorer's own parts.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runEpisode } from '../../explorer/episode.ts';
import { explore } from '../../explorer/explore.ts';
import { callFaults, makePlan, readPlan, seeded, writePlan } from '../../explorer/plan.ts';
import { shrink } from '../../explorer/shrink.ts';

test('some thousand ticks under faults break no promise', async () => {
  // A seed whose first episodes are of every kind. What other seeds still break is in track-record.test.ts.
  const found = await explore(1, 10_000, 'bitbucket');
  assert.deepEqual(found.failures, []);
  for (const kind of [...callFaults, 'crash', 'freeze', 'jump', 'outage', 'die'] as const) {
    assert.ok((found.faults[kind] ?? 0) > 0, `no ${kind} has struck`);
  }
  assert.deepEqual(Object.keys(found.kinds).sort(), ['barren', 'crowded', 'replicas', 'usual']);
});

test('an episode is the same each time', async () => {
  const [first, second] = [await runEpisode(3), await runEpisode(3)];
  assert.deepEqual(second.counts, first.counts);
  assert.ok(first.counts.ticks > 100);
});

describe('a plan of faults', () => {
  test('survives being written and read', () => {
    const plan = makePlan(seeded(5), 3_600_000, 60_000);
    assert.ok(plan.length > 30);
    assert.deepEqual(readPlan(writePlan(plan)), plan);
  });

  test('that names an unknown fault is refused', () => {
    assert.throws(() => readPlan('12/earthquake/0.5'), /not a fault of a plan/);
  });
});

test('a failure is shortened to the entries that it needs', async () => {
  const whole = Array.from({ length: 40 }, (_, index) => index);
  const fails = (part: readonly number[]): Promise<boolean> =>
    Promise.resolve(part.includes(7) && part.includes(31));
  assert.deepEqual(await shrink(whole, fails), [7, 31]);
});
