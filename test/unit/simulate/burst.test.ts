// How fast bursts are served and how bounded trouble stays, in virtual time: the numbers that the project aims for.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { policyOf, type Policy } from '../../../controller/decide/policy.ts';
import type { Config, RatioPolicy } from '../../../core/config/config.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import { readConfigFile } from '../../../core/config/read.ts';
import { projectFile } from '../../../cli/files.ts';
import { simulate, type SimulationOptions } from '../../../simulate/simulate.ts';
import { configText } from '../../fakes/world.ts';

const minute = 60_000;

function policyWith(config: Config | undefined, change: Partial<RatioPolicy>): Policy {
  const [group] = config?.groups ?? [];
  assert.ok(config !== undefined && group?.service === 'bitbucket');
  return policyOf({ ...group, policy: { ...group.policy, ...change } }, config);
}

const atlassian = parseConfig(
  configText({ constants: { runner_api_polling_interval: 600, fast_polling_interval: 30 } }),
  'atlassian',
).config;
const shipped = (await readConfigFile(projectFile('test/unit/manifest/fixtures/shipped_runner_config.yaml')))
  .config;

interface Trouble {
  readonly builds: number;
  readonly runMs?: number;
  readonly bootMs?: number;
  readonly room?: number;
  /** After a calm look. */
  readonly atMs?: number;
}

function world({
  builds,
  runMs = 120 * minute,
  bootMs = 30_000,
  room = 1000,
  atMs = 1000,
}: Trouble): Omit<SimulationOptions, 'policy'> {
  return {
    model: {
      ...{ reportEveryMs: 30_000, offlineAfterMs: 90_000, runnerLimit: 100, failsWithoutRunner: true },
      ...{ room, bootMs: () => bootMs, creationMs: 300 },
    },
    demand: Array.from({ length: builds }, () => ({ atMs, runMs })),
    warmUpMs: 20 * minute,
    coolOffMs: 60 * minute,
  };
}

describe('a burst of fifty builds', () => {
  test("runs within 15 minutes with Atlassian's numbers, on average over when it comes between two looks 10 minutes apart", () => {
    const policy = policyWith(atlassian, { max: 50 });
    const arrivals = Array.from({ length: 12 }, (_, index) => 1000 + index * 50_000);
    const tookMs = arrivals.map((atMs) => {
      const result = simulate({ policy, ...world({ builds: 50, atMs }) });
      assert.deepEqual([result.registeredAtMost, result.killed, result.failed], [50, 0, 0]);
      return result.allRunningMs - atMs;
    });
    const mean = tookMs.reduce((sum, ms) => sum + ms, 0) / tookMs.length;
    assert.ok(mean <= 15 * minute, `${mean / minute} min on average`);
    // The first look may be ten minutes away; from then on it takes less than ten.
    assert.ok(Math.max(...tookMs) <= 20 * minute, `${Math.max(...tookMs) / minute} min at worst`);
  });

  test('runs within 3 minutes with ours', () => {
    for (const atMs of [1000, 8000, 16_000, 29_000]) {
      const result = simulate({ policy: policyWith(shipped, { max: 50 }), ...world({ builds: 50, atMs }) });
      assert.ok(result.allRunningMs - atMs <= 3 * minute, `${(result.allRunningMs - atMs) / minute} min`);
      assert.deepEqual([result.registeredAtMost, result.killed, result.failed], [50, 0, 0]);
    }
  });

  test('leaves min behind', () => {
    const result = simulate({
      policy: policyWith(shipped, { max: 50 }),
      ...world({ builds: 50, runMs: minute }),
    });
    const last = result.samples.at(-1);
    assert.deepEqual([last?.idle, last?.busy, last?.draining], [1, 0, 0]);
  });
});

describe('trouble', () => {
  test('pods that take four minutes: no more than max, and none in vain', () => {
    for (const config of [atlassian, shipped]) {
      const policy = policyWith(config, { max: 20 });
      const result = simulate({ policy, ...world({ builds: 10, bootMs: 4 * minute }) });
      assert.ok(result.registeredAtMost <= 20, `${result.registeredAtMost} registered`);
      assert.equal(result.done, 10);
    }
  });

  test('a full cluster: no more than max, and every build is done in the end', () => {
    for (const config of [atlassian, shipped]) {
      const policy = policyWith(config, { max: 10 });
      const result = simulate({ policy, ...world({ builds: 5, runMs: 60 * minute, room: 3 }) });
      assert.ok(result.registeredAtMost <= 10, `${result.registeredAtMost} registered`);
      assert.deepEqual([result.done, result.killed], [5, 0]);
    }
  });

  test('pods that never come: no more than max, for hours', () => {
    const result = simulate({
      policy: policyWith(shipped, { max: 10 }),
      ...world({ builds: 1, runMs: 600 * minute, room: 1 }),
    });
    assert.ok(result.registeredAtMost <= 10);
    assert.equal(result.done, 1);
  });

  test('a vendor that takes no more: its limit holds', () => {
    const { model, ...rest } = world({ builds: 50 });
    const result = simulate({
      policy: policyWith(shipped, { max: 50 }),
      ...{ ...rest, model: { ...model, runnerLimit: 12 } },
    });
    assert.equal(result.registeredAtMost, 12);
  });
});

test('the same options give the same result', () => {
  const options = { policy: policyWith(shipped, { max: 20 }), ...world({ builds: 30, runMs: 3 * minute }) };
  assert.deepEqual(simulate(options), simulate(options));
});
