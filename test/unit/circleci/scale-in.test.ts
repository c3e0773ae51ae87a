// Scale-in of Jobs over real HTTP: one DELETE for a Job, ever, so that its runner gets one TERM; and no task is killed.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { V1PodSpec } from '../../../core/clients/kubernetes/types.ts';
import { CronJobPool } from '../../../controller/targets/cron-job.ts';
import { NamespacePods } from '../../../controller/targets/namespace-pods.ts';
import { Together } from '../../../core/together.ts';
import { goDuration, hindranceToDraining } from '../../../controller/targets/one-term.ts';
import { rightsOf, rightText } from '../../../core/rights.ts';
import {
  cronJobConfig,
  cronJob,
  minuteMs,
  namespace,
  onlyGroup,
  stage,
  type Setting,
  type SettingOptions,
} from './setting.ts';

const resourceClass = 'acme/linux';
const forEver = { singleTask: false, idleMs: 30 * 24 * 60 * minuteMs };

const configWith = (parameters: string): ReturnType<typeof cronJobConfig> =>
  cronJobConfig(
    `max: 40, ${parameters}`,
    'runner_api_polling_interval: 45, fast_polling_interval: 30, runner_cool_down_period: 300',
  );

function template(podSpec: Record<string, unknown>): Record<string, unknown> {
  const labels = { 'resource-class-org': 'acme', 'resource-class-name': 'linux' };
  const containers = [{ name: 'runner', image: 'registry.invalid/runner:1' }];
  const spec = { restartPolicy: 'Never', containers, ...podSpec };
  return { jobTemplate: { spec: { backoffLimit: 0, template: { metadata: { labels }, spec } } } };
}

const patient = template({ terminationGracePeriodSeconds: 18_000 });

/** Twenty runners that go on, and twenty tasks of 1 to 60 minutes at once. */
async function afterBurst(t: TestContext, options: SettingOptions = {}, of = patient): Promise<Setting> {
  const setting = await stage(t, { life: forEver, ...options });
  setting.kubernetes.create(cronJob('small-runner', resourceClass, of));
  setting.tasks.declareClass(resourceClass);
  for (let task = 0; task < 20; task += 1) setting.tasks.arrive(resourceClass, (1 + 3 * task) * minuteMs);
  return setting;
}

function deletions({ kubernetes }: Setting): string[] {
  return kubernetes.calls.flatMap(({ method, path }) => (method === 'DELETE' ? [path] : []));
}

function open({ kubernetes }: Setting): number {
  return kubernetes.objects('Job').filter(({ metadata }) => metadata.deletionTimestamp === undefined).length;
}

/** Looks until the clock has moved on by so many minutes. */
async function look(setting: Setting, groups: readonly ReturnType<Setting['group']>[], minutes: number) {
  const end = setting.clock.now() + minutes * minuteMs;
  while (setting.clock.now() < end) await Promise.all(groups.map((group) => group.tick()));
}

test('runners that go on for ever are drained as the tasks end: none is killed, each Job is deleted once, none is left', async (t) => {
  const setting = await afterBurst(t);
  const config = configWith('scale_in: true');
  const group = setting.group(config, onlyGroup(config));
  await look(setting, [group], 100);
  assert.deepEqual([setting.tasks.builds.count('done'), setting.tasks.builds.count('killed')], [20, 0]);
  assert.equal(setting.kubernetes.objects('Job').length, 0);
  const paths = deletions(setting);
  assert.equal(paths.length, 20);
  assert.equal(new Set(paths).size, 20);
  assert.deepEqual(group.decisions.at(-1)?.actions, []);
  assert.deepEqual(setting.warnings, []);
});

test('a busy runner drains for as long as its task takes, and is seen as draining all the while', async (t) => {
  const setting = await stage(t, { life: forEver });
  setting.kubernetes.create(cronJob('small-runner', resourceClass, patient));
  setting.tasks.declareClass(resourceClass);
  const config = configWith('scale_in: true');
  const group = setting.group(config, onlyGroup(config));
  setting.tasks.arrive(resourceClass, 180 * minuteMs);
  await look(setting, [group], 2);
  setting.tasks.arrive(resourceClass, 2 * minuteMs);
  await look(setting, [group], 60);
  const last = group.observations.at(-1);
  assert.ok(last?.ok);
  const states = last.snapshot.members.map(({ state }) => state).sort();
  assert.deepEqual(states, ['busy', 'draining']);
  assert.equal(deletions(setting).length, 1);
  await look(setting, [group], 200);
  assert.deepEqual([setting.tasks.builds.count('done'), setting.tasks.builds.count('killed')], [2, 0]);
  assert.equal(setting.kubernetes.objects('Job').length, 0);
  assert.equal(deletions(setting).length, 2);
});

test('min and headroom stay, and then nothing more happens', async (t) => {
  const setting = await afterBurst(t);
  const config = configWith('scale_in: true, min: 2, headroom: 3');
  const group = setting.group(config, onlyGroup(config));
  await look(setting, [group], 120);
  assert.equal(open(setting), 3);
  const made = deletions(setting).length;
  await look(setting, [group], 60);
  assert.deepEqual([open(setting), deletions(setting).length], [3, made]);
});

test('without the switch nobody is drained', async (t) => {
  const setting = await afterBurst(t);
  const config = configWith('min: 0');
  await look(setting, [setting.group(config, onlyGroup(config))], 100);
  assert.deepEqual([open(setting), deletions(setting)], [20, []]);
});

test('a restart, or a lost answer, deletes no Job a second time while its runner drains', async (t) => {
  const setting = await afterBurst(t);
  const config = configWith('scale_in: true');
  const isDeletion = { method: 'DELETE', path: /\/jobs\// } as const;
  setting.kubernetes.failNext({ match: isDeletion, with: 'reset-after', times: 3 });
  for (let restart = 0; restart < 6; restart += 1) {
    await look(setting, [setting.group(config, onlyGroup(config))], 20);
  }
  const paths = deletions(setting);
  assert.ok(paths.length >= 19, `${paths.length} deletions`);
  assert.equal(new Set(paths).size, paths.length);
  assert.equal(setting.tasks.builds.count('killed'), 0);
});

test('runners that take one task each are not replaced because they drain', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small-runner', resourceClass, patient));
  const config = configWith('scale_in: true');
  const group = setting.group(config, onlyGroup(config));
  setting.tasks.declareClass(resourceClass);
  for (let wave = 0; wave < 30; wave += 1) {
    setting.tasks.arrive(resourceClass, (7 + (wave % 3) * 6) * minuteMs);
    await look(setting, [group], 2);
  }
  await look(setting, [group], 60);
  const created = setting.kubernetes.calls.filter(
    ({ method, path }) => method === 'POST' && path.endsWith('/jobs'),
  );
  assert.deepEqual([setting.tasks.builds.count('done'), setting.tasks.builds.count('killed')], [30, 0]);
  assert.ok(created.length <= 33, `${created.length} Jobs for 30 tasks`);
});

test('pods that would be killed too soon are never deleted, and why is said once', async (t) => {
  const setting = await afterBurst(t, {}, template({ terminationGracePeriodSeconds: 60 }));
  const config = configWith('scale_in: true');
  const group = setting.group(config, onlyGroup(config));
  await look(setting, [group], 100);
  assert.deepEqual(deletions(setting), []);
  assert.ok(group.decisions.every(({ actions }) => actions.every(({ kind }) => kind === 'order')));
  assert.ok(group.decisions.at(-1)?.limits.some(({ limit }) => limit === 'not-drainable'));
  assert.equal(setting.warnings.length, 1);
  assert.match(
    setting.warnings[0] ?? '',
    /small-runner hinders scale_in.*terminationGracePeriodSeconds is 60.*18000 s; write at least that/,
  );
});

/** The pool as it is after one look. */
async function observed({ clients, clock }: Setting): Promise<{ pool: CronJobPool; names: string[] }> {
  const client = clients.kubernetes();
  const jobs = new Together(() => client.listJobs(namespace, ''));
  const place = { namespace, name: 'small-runner' };
  const pool = new CronJobPool({
    group: { name: 'linux' },
    place,
    client,
    jobs,
    pods: new NamespacePods(namespace, client),
    clock,
    warn: () => undefined,
  });
  const { machines } = await pool.observe();
  return { pool, names: machines.map(({ id }) => id) };
}

test('what the fresh look shows to be going, gone or another Job of the same name is left alone', async (t) => {
  const setting = await afterBurst(t);
  const config = configWith('scale_in: true');
  const group = onlyGroup(config);
  await look(setting, [setting.group(config, group)], 3);
  const { pool, names } = await observed(setting);
  const [going = '', gone = '', replaced = '', fine = ''] = names;
  const client = setting.clients.kubernetes();
  for (const name of [gone, replaced]) await client.deleteJob(namespace, name);
  setting.pass(61 * minuteMs);
  for (let task = 0; task < 20; task += 1) setting.tasks.arrive(resourceClass, 10 * minuteMs);
  await client.deleteJob(namespace, going);
  const before = deletions(setting).length;
  const [job] = setting.kubernetes.objects('Job').filter(({ metadata }) => metadata.name === fine);
  setting.kubernetes.create({ kind: 'Job', metadata: { name: replaced, namespace }, spec: job?.spec });
  for (const name of [going, gone, replaced, 'never-seen']) assert.equal(await pool.drain(name), 'kept');
  assert.equal(deletions(setting).length, before);
  assert.equal(await pool.drain(fine), 'done');
  assert.equal(deletions(setting).length, before + 1);
  assert.equal(setting.tasks.builds.count('killed'), 0);
});

test('a Job made before its CronJob got a longer grace period is looked at once, and left alone from then on', async (t) => {
  const setting = await stage(t);
  const { uid } = setting.kubernetes.create(cronJob('small-runner', resourceClass, patient)).metadata;
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'small-runner', uid };
  const metadata = { name: 'old', namespace, ownerReferences: [owner] };
  const pod = { restartPolicy: 'Never', containers: [container], terminationGracePeriodSeconds: 60 };
  setting.kubernetes.create({
    ...{ kind: 'Job', metadata },
    spec: { template: { spec: pod } },
  });
  const { pool } = await observed(setting);
  const drainable = async (): Promise<unknown> =>
    (await pool.observe()).machines.map((machine) => machine.drainable);
  assert.deepEqual(await drainable(), [true]);
  assert.equal(await pool.drain('old'), 'kept');
  assert.deepEqual(await drainable(), [false]);
  assert.deepEqual(deletions(setting), []);
});

const container = { name: 'runner', image: 'registry.invalid/runner:1' };
const podSpec = (rest: Partial<V1PodSpec>): V1PodSpec => ({ containers: [container], ...rest });
const longest = (value: string): Partial<V1PodSpec> => ({
  containers: [{ ...container, env: [{ name: 'CIRCLECI_RUNNER_MAX_RUN_TIME', value }] }],
});

test('a pod may be drained if its grace period is as long as a task may take: five hours, or what its variable says', () => {
  const hindrance = (rest: Partial<V1PodSpec>): string | undefined => hindranceToDraining(podSpec(rest));
  assert.equal(hindrance({ terminationGracePeriodSeconds: 18_000 }), undefined);
  assert.match(hindrance({ terminationGracePeriodSeconds: 17_999 }) ?? '', /is 17999.*18000 s/);
  assert.match(hindrance({}) ?? '', /is 30/);
  assert.equal(hindrance({ terminationGracePeriodSeconds: 5400, ...longest('1h30m') }), undefined);
  assert.match(hindrance({ terminationGracePeriodSeconds: 18_000, ...longest('6h') }) ?? '', /21600 s/);
  assert.match(hindrance({ terminationGracePeriodSeconds: 18_000, ...longest('soon') }) ?? '', /not known/);
  const secret = { name: 'LAUNCH_AGENT_RUNNER_MAX_RUN_TIME', valueFrom: {} };
  const containers = [{ ...container, env: [secret] }];
  assert.match(hindrance({ terminationGracePeriodSeconds: 18_000, containers }) ?? '', /not known/);
});

test('a pod with a second container may not be drained: the TERM ends that one under the task; a native sidecar ends last', () => {
  const docker = { name: 'docker', image: 'docker:dind' };
  const grace = { terminationGracePeriodSeconds: 18_000 };
  const beside = hindranceToDraining(podSpec({ ...grace, containers: [container, docker] }));
  assert.match(beside ?? '', /docker would get the TERM.*native sidecars/);
  const sidecar = { ...docker, restartPolicy: 'Always' };
  assert.equal(hindranceToDraining(podSpec({ ...grace, initContainers: [sidecar] })), undefined);
});

test('durations are read as Go writes them, and nothing else is', () => {
  assert.deepEqual(['5h', '1h30m', '90s', '1.5h'].map(goDuration), [18_000, 5400, 90, 5400]);
  assert.deepEqual(['', '5', 'h', '5 h', '-5h', '5h!'].map(goDuration), Array(6).fill(undefined));
});

test('the right to delete Jobs is needed where scale_in is on, and nowhere else', () => {
  const deletes = (parameters: string): string[] =>
    rightsOf('controller', configWith(parameters), undefined).map(rightText);
  assert.ok(deletes('scale_in: true').includes('delete jobs.batch'));
  assert.ok(!deletes('scale_in: false').includes('delete jobs.batch'));
});
