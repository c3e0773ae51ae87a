// The cleaner on a third party's AWS: an instance that never registered is ended with its place, and no other is touched.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CircleCiSweeper } from '../../cleaner/circleci/sweep.ts';
import type { Removal } from '../../cleaner/removal.ts';
import type { Findings } from '../../cleaner/stale/findings.ts';
import { createAutoScalingClient } from '../../core/clients/auto-scaling/client.ts';
import { Clients } from '../../core/clients/clients.ts';
import { parseConfig } from '../../core/config/parse.ts';
import { createCircleCiDouble } from '../../sandbox/circleci/double.ts';
import { TaskService } from '../../sandbox/circleci/tasks.ts';
import { Timeline } from '../../simulate/timeline.ts';
import { autoAdvanceClock } from '../fakes/clock.ts';
import { access, createGroup, environment, protect, removeGroup, skip } from './moto.ts';

const region = 'eu-west-1';
const minuteMs = 60_000;
const life = { singleTask: false, idleMs: 1000 * 60 * minuteMs };
const names = ['linux', 'small', 'foreign'] as const;

test(
  'an instance that never registered is ended with its place; registered, protected, last and foreign ones stay',
  { skip },
  async (t) => {
    const clock = autoAdvanceClock(Date.UTC(2026, 10, 24, 9));
    const timeline = new Timeline(clock.now());
    const tasks = new TaskService(timeline);
    const circleCi = createCircleCiDouble({ tasks, timeline, clock });
    const url = await circleCi.listen();
    const aws = createAutoScalingClient({ region, access });
    t.after(async () => {
      await circleCi.close();
      for (const name of names) await removeGroup(region, name).catch(() => undefined);
    });
    for (const each of ['acme/linux', 'acme/small']) tasks.declareClass(each);
    await createGroup({ region, name: 'linux', max: 9, tag: 'acme/linux' });
    await createGroup({ region, name: 'small', min: 1, max: 9, tag: 'acme/small' });
    await createGroup({ region, name: 'foreign', max: 9, tag: 'other/linux' });
    await aws.setDesiredCapacity('linux', 4);
    await aws.setDesiredCapacity('foreign', 2);
    const idsOf = async (name: string): Promise<string[]> =>
      ((await aws.describe([name]))[0]?.instances ?? [])
        .filter(({ lifecycleState }) => lifecycleState === 'InService')
        .map(({ id }) => id)
        .sort();
    const desired = async (name: string): Promise<number | undefined> =>
      (await aws.describe([name]))[0]?.desired;
    const [busy = '', idle = '', dead = '', spared = ''] = await idsOf('linux');
    const small = await idsOf('small');
    const foreign = await idsOf('foreign');
    for (const name of [busy, idle]) {
      tasks.connect({ name, resourceClass: 'acme/linux', life, ended: () => undefined });
    }
    tasks.arrive('acme/linux', 1000 * minuteMs);
    await protect(region, 'linux', [spared]);

    const { config } = parseConfig(
      `discovery: {circleci_namespace: acme, auto_scaling_groups: {regions: [${region}]}}`,
      'runner_config.yaml',
    );
    assert.ok(config);
    const rest = { clock, random: () => 0, readFile: () => '', onCall: () => undefined };
    const env = { ...environment, CIRCLECI_RUNNER_API_URL: url, CIRCLE_TOKEN: 'token' };
    const removals: Removal[] = [];
    const troubles: string[] = [];
    const found = new Map<string, Findings>();
    const sweeper = new CircleCiSweeper({
      ...{ config: () => config, clients: new Clients({ env, ...rest }), clock },
      warn: (text) => void troubles.push(text),
      recorder: {
        judged: (group, findings) => void found.set(group, findings),
        held: (_group, because) => void troubles.push(because),
        removed: (_group, removal) => void removals.push(removal),
        unsearched: (_place, because) => void troubles.push(because),
      },
    });
    const sweep = async (afterMs: number): Promise<void> => {
      clock.pass(afterMs);
      timeline.advance(clock.now());
      await sweeper.sweep();
    };
    await sweep(minuteMs);
    await sweep(16 * minuteMs);
    assert.equal((await idsOf('linux')).length, 4, 'one pass only marks');
    await sweep(minuteMs);
    await sweep(minuteMs);
    assert.deepEqual(troubles, []);
    assert.deepEqual(
      removals.map(({ outcome, verdict }) => [verdict.id, outcome, verdict.reason]),
      [[dead, 'removed', 'never-registered']],
    );
    assert.deepEqual(await idsOf('linux'), [busy, idle, spared].sort());
    assert.equal(await desired('linux'), 3);
    assert.deepEqual([await idsOf('small'), await desired('small')], [small, 1]);
    assert.deepEqual([await idsOf('foreign'), await desired('foreign')], [foreign, 2]);
    const told = [...found].flatMap(([group, { stale }]) =>
      stale.map(({ id, reason }) => [group, id, reason]),
    );
    assert.deepEqual(told.sort(), [
      ['acme/linux', spared, 'runner-exempt'],
      ['acme/small', small[0], 'at-min-size'],
    ]);
  },
);
