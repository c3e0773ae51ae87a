// A sweep under way stops when it is no longer wanted: switched off, for all or for a group, its group gone or edited, its lease lost,
// its program told to end.

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { Sweeper } from '../../../cleaner/sweep.ts';
import { Clients } from '../../../core/clients/clients.ts';
import type { BitbucketGroup, Config } from '../../../core/config/config.ts';
import { Shutdown } from '../../../core/process/ending.ts';
import { minute, startWorld } from '../../fakes/world.ts';
import { makeRunner, pass } from './crew.ts';

interface Change {
  readonly config: (config: Config) => Config;
  readonly leads?: boolean;
  readonly ends?: boolean;
}

const same = (config: Config): Config => config;
const off = (config: Config): Config => ({ ...config, cleaner: { ...config.cleaner, enabled: false } });
const edited = (edit: (group: BitbucketGroup) => BitbucketGroup) => (config: Config) => ({
  ...config,
  groups: config.groups.map((group) => (group.service === 'bitbucket' ? edit(group) : group)),
});

const stops: readonly (readonly [name: string, change: Change])[] = [
  ['the cleaner is switched off', { config: off }],
  [
    'the cleaner is switched off for the group',
    { config: edited((group) => ({ ...group, cleanerEnabled: false })) },
  ],
  ['the group is removed', { config: (config) => ({ ...config, groups: [] }) }],
  ['the group gets other labels', { config: edited((group) => ({ ...group, labels: ['another'] })) }],
  ['another replica leads', { config: same, leads: false }],
  ['the program is told to end', { config: same, ends: true }],
];

/**
 * Six runners are due, four begin at a time; the change comes during the last look at the first, when it is disabled, while all are
 * waited for, or during the look after that.
 */
async function sweepWith(
  t: TestContext,
  change: Change,
  when: 'looking' | 'beginning' | 'waiting' | 'looking-again',
): Promise<{ outcomes: string[]; left: number; changes: string[] }> {
  const world = await startWorld(t);
  const ids = Array.from({ length: 6 }, () => makeRunner(world));
  const healthy = Array.from({ length: 12 }, () => makeRunner(world));
  pass(world, 1);
  for (const id of ids) world.world.service.disconnect(id);
  pass(world, 13);
  let { config } = world;
  let leads = true;
  let waited = false;
  let sweeps = 0;
  const changes: string[] = [];
  const ending = new Shutdown();
  t.after(() => ending.done());
  const apply = (): void => {
    config = change.config(config);
    leads = change.leads ?? leads;
    if (change.ends === true) ending.begin();
  };
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    if (when === 'waiting' && ms >= minute) apply();
    waited ||= ms >= minute;
    await world.clock.sleep(ms, signal);
    world.world.advance();
  };
  const clock = { now: () => world.clock.now(), sleep };
  const mayChange = (): boolean => leads;
  const clients = new Clients({
    ...{ env: world.env, clock, mayChange, ending },
    ...{ random: () => 0, readFile: () => '' },
    onCall: ({ operation }) => {
      if (/^(?:delete|set|disable|enable)/.test(operation)) changes.push(operation);
      // Several share a list; nothing is removed before the second sweep has judged.
      const isLook = /^(?:get|list)-runner/.test(operation) && sweeps === 2;
      const isLast = isLook && (when === 'looking' || (when === 'looking-again' && waited));
      if (isLast) apply();
    },
  });
  const outcomes: string[] = [];
  const sweeper = new Sweeper({
    ...{ config: () => config, mayChange, ending, clock },
    sides: () => ({ bitbucket: clients.bitbucket(world.config.constants), kubernetes: clients.kubernetes() }),
    recorder: {
      judged: () => void (sweeps += 1),
      held: (_group, because) => void outcomes.push(because),
      removed: (_group, { outcome }) => {
        outcomes.push(outcome);
        if (when === 'beginning' && outcomes.length === 1) apply();
      },
    },
  });
  await sweeper.sweep();
  pass(world, 1);
  await sweeper.sweep().catch((error: unknown) => assert.equal((error as Error).name, 'StoppingError'));
  return { outcomes, left: world.left().runners.length - healthy.length, changes };
}

describe('a sweep that waits for builds, while', () => {
  for (const [name, change] of stops) {
    test(`${name}, deletes none of those that it has disabled`, async (t) => {
      const { outcomes, left } = await sweepWith(t, change, 'waiting');
      assert.deepEqual(outcomes, Array(6).fill('disabled'));
      assert.equal(left, 6);
    });
  }

  test('nothing of the kind happens, deletes them all', async (t) => {
    const { outcomes, left } = await sweepWith(t, { config: same }, 'waiting');
    assert.deepEqual(outcomes.slice(6), Array(6).fill('removed'));
    assert.equal(left, 0);
  });
});

describe('a sweep that has begun with four of six, while', () => {
  for (const [name, change] of stops) {
    test(`${name}, begins with no other`, async (t) => {
      const { outcomes, left } = await sweepWith(t, change, 'beginning');
      assert.ok(outcomes.length <= 4, outcomes.join());
      assert.ok(!outcomes.includes('removed'), outcomes.join());
      assert.equal(left, 6);
    });
  }
});

describe('a sweep that takes its last look at a runner, while', () => {
  for (const [name, change] of stops) {
    test(`${name}, does not begin with it`, async (t) => {
      const { changes, left } = await sweepWith(t, change, 'looking');
      assert.deepEqual(changes, []);
      assert.equal(left, 6);
    });

    test(`${name}, does not delete what it has disabled`, async (t) => {
      const { outcomes, changes, left } = await sweepWith(t, change, 'looking-again');
      assert.deepEqual(outcomes, Array(6).fill('disabled'));
      assert.equal(changes.length, 6, 'only the disabling');
      assert.equal(left, 6);
    });
  }
});
