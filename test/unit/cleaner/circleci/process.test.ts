// CircleCI groups in the cleaner as a process: its log, metrics, status and page; an edited config; and its part of the plan.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { startCleaner, type RunningCleaner } from '../../../../cleaner/main.ts';
import { planCleaning } from '../../../../cleaner/plan.ts';
import { manualClock } from '../../../fakes/clock.ts';
import { untilAsleep } from '../../../fakes/until.ts';
import { cronJob, minuteMs, namespace, stage, type Setting } from '../../circleci/setting.ts';

const region = 'eu-west-1';
const life = { singleTask: false, idleMs: 10_000 * minuteMs };

const discovery = {
  ...{ circleci_namespace: 'acme', cron_jobs: { namespace } },
  auto_scaling_groups: { regions: [region] },
};

/** One Job that failed and an instance that hangs; beside them a Job that waits, and an instance that works. */
async function furnished(t: TestContext): Promise<Setting> {
  const setting = await stage(t, { life, podBootMs: 10_000 * minuteMs });
  const { kubernetes, model, tasks, clock } = setting;
  for (const each of ['acme/jobs', 'acme/ec2']) tasks.declareClass(each);
  kubernetes.create(cronJob('jobs', 'acme/jobs'));
  const owner = kubernetes.objects('CronJob')[0]?.metadata.uid;
  const ownerReferences = [
    { apiVersion: 'batch/v1', kind: 'CronJob', name: 'jobs', controller: true, uid: owner },
  ];
  const annotations = { 'runner-autoscaler/created-at': new Date(clock.now()).toISOString() };
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } };
  for (const name of ['jobs-0', 'jobs-1']) {
    const metadata = { name, namespace, ownerReferences, annotations };
    kubernetes.create({ kind: 'Job', metadata, spec: { template, backoffLimit: 0 } });
  }
  const pod = kubernetes.objects('Pod').find(({ metadata }) => metadata.labels?.['job-name'] === 'jobs-0');
  kubernetes.setPodPhase(pod?.metadata.uid ?? '', 'Failed');
  const tags = { 'resource-class': 'acme/ec2' };
  const group = model.create({ region, name: 'ec2', min: 0, max: 5, desired: 2, tags });
  setting.pass(2 * minuteMs);
  tasks.hang(group.instances[0]?.id ?? '');
  setting.pass(90 * minuteMs);
  return setting;
}

function configFile(t: TestContext, config: object): { path: string; write: (config: object) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'runner_config.yaml');
  const write = (of: object): void => writeFileSync(path, JSON.stringify(of));
  write(config);
  return { path, write };
}

/** The watching of the config, and the rounds. */
const tasks = 2;

interface Running {
  readonly cleaner: RunningCleaner;
  readonly log: string[];
  readonly get: (path: string) => Promise<{ status: number; text: string }>;
  /** Lets that long pass in the world and for the cleaner, to the end of what it set off. */
  readonly pass: (ms: number) => Promise<void>;
  readonly minute: () => Promise<void>;
}

async function run(t: TestContext, setting: Setting, configPath: string): Promise<Running> {
  const clock = manualClock(setting.clock.now());
  const log: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      log.push(chunk.toString());
      done();
    },
  });
  const { env } = setting;
  const about = { configPath, env, clock, random: () => 0, port: 0, host: '127.0.0.1', destination };
  const cleaner = await startCleaner(about);
  t.after(() => cleaner.stop());
  const pass = async (ms: number): Promise<void> => {
    setting.pass(ms);
    await clock.advance(ms);
    await untilAsleep(clock, () => tasks);
  };
  await untilAsleep(clock, () => tasks);
  return {
    ...{ cleaner, log, pass },
    async get(path) {
      const response = await fetch(`${cleaner.url}${path}`);
      return { status: response.status, text: await response.text() };
    },
    minute: () => pass(minuteMs),
  };
}

test('Jobs and instances of groups that were found go, and log, metrics, status and page tell it', async (t) => {
  const setting = await furnished(t);
  const running = await run(t, setting, configFile(t, { discovery }).path);
  const { cleaner, log } = running;
  const { text: marked } = await running.get('/metrics');
  assert.match(marked, /cleaner_stale\{group="acme\/jobs",reason="job-failed"\} 1/);
  assert.match(marked, /cleaner_stale\{group="acme\/ec2",reason="lost-contact"\} 1/);
  await running.minute();
  const { text: metrics } = await running.get('/metrics');
  assert.match(metrics, /cleaner_swept_total\{group="acme\/jobs",reason="job-failed",kind="job"\} 1/);
  assert.match(metrics, /cleaner_swept_total\{group="acme\/ec2",reason="lost-contact",kind="instance"\} 1/);
  const told = cleaner.status().removals.map(({ group, id, removed }) => [group, id, ...removed]);
  assert.deepEqual(told.sort(), [
    ['acme/ec2', 'i-00000000000000000', 'instance'],
    ['acme/jobs', 'jobs-0', 'job'],
  ]);
  const lines = log.filter((line) => line.includes('"msg":"removed"'));
  assert.equal(lines.length, 2);
  assert.match(
    lines.join(),
    /"because":"no task of its class runs, and its runner has not been heard of for 5\d\d\d s/,
  );
  const { text: page } = await running.get('/');
  assert.ok(page.includes('jobs-0') && page.includes('i-00000000000000000'));
  assert.equal((await running.get('/readyz')).status, 200);
});

test('a group that is found no more is shown no more', async (t) => {
  const setting = await furnished(t);
  const { cleaner, minute } = await run(t, setting, configFile(t, { discovery }).path);
  const names = (): string[] => cleaner.status().groups.map(({ name }) => name);
  assert.deepEqual(names().sort(), ['acme/ec2', 'acme/jobs']);
  setting.model.remove(region, 'ec2');
  await minute();
  assert.deepEqual(names(), ['acme/jobs']);
});

test('while a place can not be searched the cleaner warns once, and sweeps what it can see, so it is ready', async (t) => {
  const setting = await furnished(t);
  for (let look = 0; look < 9; look += 1) {
    setting.aws.failNext({ action: 'DescribeAutoScalingGroups', status: 403, code: 'AccessDenied' });
  }
  const { cleaner, log, pass, get } = await run(t, setting, configFile(t, { discovery }).path);
  assert.equal(cleaner.status().groups.length, 1);
  await pass(minuteMs);
  assert.equal(cleaner.status().removals[0]?.id, 'jobs-0');
  assert.equal((await get('/readyz')).status, 200);
  assert.equal(log.filter((line) => line.includes('can not be searched')).length, 1);
});

test('the plan shows what of CircleCI is stale and why, what holds, and changes nothing', async (t) => {
  const setting = await furnished(t);
  const { clock, env } = setting;
  const { path: configPath, write } = configFile(t, { discovery });
  const look = () => planCleaning({ configPath, env, clock, random: () => 0 });
  for (const time of [1, 2]) {
    const planned = await look();
    assert.deepEqual(
      planned.map(({ group, remove, hold }) => [
        group,
        remove.map(({ id, reason }) => `${id} ${reason}`),
        hold,
      ]),
      [
        ['acme/ec2', ['i-00000000000000000 lost-contact'], undefined],
        ['acme/jobs', ['jobs-0 job-failed'], undefined],
      ],
      `look ${time}`,
    );
  }
  const without = await planCleaning({
    configPath,
    env: { ...env, CIRCLE_TOKEN: undefined },
    clock,
    random: () => 0,
  });
  assert.match(without[0]?.hold ?? '', /set CIRCLE_TOKEN/);
  setting.kubernetes.failNext({ match: { path: /\/cronjobs$/ }, with: { status: 403 }, times: 9 });
  const blind = (await look()).map(({ group, hold }) => [group, hold]);
  assert.deepEqual(blind[0], ['acme/ec2', undefined]);
  assert.match(JSON.stringify(blind[1]), /^\["CronJobs in circleci-runners",".*list CronJobs/);
  setting.kubernetes.clearFaults();
  write({ discovery, cleaner: { enabled: false } });
  assert.deepEqual(await look(), []);
  assert.deepEqual(
    [setting.kubernetes.objects('Job').length, setting.model.get(region, 'ec2').desired],
    [2, 2],
  );
});
