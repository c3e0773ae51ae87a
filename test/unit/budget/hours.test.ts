// The demo's own config and demand for hours, both programs over the doubles: no build waits for the API budget, and Bitbucket never
// has to say 429 (P9).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sweeper } from '../../../cleaner/sweep.ts';
import { Clients } from '../../../core/clients/clients.ts';
import type { Config } from '../../../core/config/config.ts';
import { readConfigFile } from '../../../core/config/read.ts';
import { uuidFrom } from '../../../sandbox/bitbucket/identity.ts';
import { World } from '../../../sandbox/world.ts';
import { autoAdvanceClock } from '../../fakes/clock.ts';
import { minute, seeded, Shift } from '../../fakes/world.ts';

const hours = 3;

async function demo(): Promise<Config> {
  const { config } = await readConfigFile('sandbox/runner_config.yaml');
  assert.ok(config);
  return { ...config, groups: config.groups.filter(({ service }) => service === 'bitbucket') };
}

test(`the demo runs for ${hours} hours within the budget of one credential`, async (t) => {
  const config = await demo();
  const clock = autoAdvanceClock(Date.parse('2026-11-23T12:00:00Z'));
  let ids = 0;
  const world = new World({
    ...{ config, clock, scenario: 'bitbucket', bootMs: 20_000, room: 1000, random: seeded(1) },
    newId: () => uuidFrom(`runner ${++ids}`),
  });
  const env = await world.start();
  t.after(() => world.stop());
  const shift = new Shift({ config, env, clock, world });
  const cleaner = new Clients({
    ...{ env, clock, program: 'cleaner', random: () => 0, readFile: () => '', onCall: () => undefined },
  });
  const held: string[] = [];
  const sweeper = new Sweeper({
    ...{ config: () => config, clock },
    sides: () => ({ bitbucket: cleaner.bitbucket(config.constants), kubernetes: cleaner.kubernetes() }),
    recorder: {
      judged: () => undefined,
      held: (_group, because) => void held.push(because),
      removed: () => undefined,
    },
  });
  const retired: number[] = [];
  for (let passed = 0; passed < hours * 60; passed += 1) {
    await shift.run(minute);
    await sweeper.sweep();
    if (passed % 60 === 59) {
      const all = config.groups.flatMap(({ name }) => shift.past(name).results);
      retired.push(all.filter(({ action }) => action.kind === 'retire').length);
    }
  }

  const { calls } = world.bitbucket;
  assert.deepEqual([...new Set(calls.map(({ status }) => status))].sort(), [200, 204]);
  const decisions = config.groups.flatMap(({ name }) => shift.past(name).decisions);
  const limited = decisions
    .flatMap(({ limits }) => limits)
    .filter(({ limit }) => /api-budget|call-saving/.test(limit));
  assert.deepEqual(limited, []);
  assert.deepEqual(
    decisions.filter(({ from }) => from === undefined),
    [],
  );
  assert.deepEqual(held, []);
  assert.ok(world.service.builds.count('done') > 100 * hours);
  assert.equal(world.service.builds.count('killed') + world.service.builds.count('failed'), 0);
  for (const [hour, count] of retired.entries())
    assert.ok(count > (retired[hour - 1] ?? 0), 'shrinking goes on');
});
