// CircleCI groups on a suspended CronJob, through the whole tick: bounded, crash-safe, faithful to the template.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { freeSlots, slotName } from '../../../controller/targets/cron-job-manifest.ts';
import { capacityOf, type Member } from '../../../controller/decide/snapshot.ts';
import type { KubeObject } from '../../../sandbox/kubernetes/objects.ts';
import { cronJobConfig, cronJob, minuteMs, namespace, onlyGroup, stage, type Setting } from './setting.ts';

const resourceClass = 'acme/linux';

const configWith = (max: number, extra = ''): ReturnType<typeof cronJobConfig> =>
  cronJobConfig(`min: 0, max: ${max}${extra}`);

function burst({ tasks }: Setting, count: number, minutes = 10): void {
  for (let index = 0; index < count; index += 1) tasks.arrive(resourceClass, minutes * minuteMs);
}

function jobs({ kubernetes }: Setting): KubeObject[] {
  return kubernetes.objects('Job');
}

for (const [max, expected] of [
  [100, 60],
  [40, 40],
] as const) {
  test(`60 tasks at once on pods that take 4 minutes are ${expected} Jobs under max ${max}, and not one more`, async (t) => {
    const setting = await stage(t, { podBootMs: 4 * minuteMs });
    setting.kubernetes.create(cronJob('small-runner', resourceClass));
    setting.tasks.declareClass(resourceClass);
    const config = configWith(max);
    const group = setting.group(config, onlyGroup(config));
    burst(setting, 60);
    for (let look = 0; look < 60; look += 1) await group.tick();
    assert.equal(jobs(setting).length, expected);
    assert.equal(setting.tasks.running(resourceClass), expected);
    assert.deepEqual(setting.warnings, []);
    for (const { ok, ...seen } of group.observations) {
      assert.ok(ok && 'snapshot' in seen && seen.snapshot.members.length <= max);
    }
  });
}

test('with max 40 the rest of 60 tasks gets Jobs as the first ones end, and then nothing more happens', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  const config = configWith(40);
  const group = setting.group(config, onlyGroup(config));
  setting.tasks.declareClass(resourceClass);
  burst(setting, 60);
  for (let look = 0; look < 500; look += 1) await group.tick();
  assert.equal(setting.tasks.builds.count('done'), 60);
  const made = jobs(setting).length;
  assert.ok(made >= 60 && made <= 61, `${made} Jobs for 60 tasks`);
  assert.deepEqual(group.decisions.at(-1)?.actions, []);
});

test('a Job has the labels, annotations and spec of the template, our marks beside them, and the CronJob as its controller', async (t) => {
  const setting = await stage(t);
  const created = setting.kubernetes.create(cronJob('small-runner', resourceClass));
  const config = configWith(5);
  burst(setting, 1);
  await setting.group(config, onlyGroup(config)).tick();
  const [job] = jobs(setting);
  assert.deepEqual(job?.metadata.labels, {
    team: 'mobile',
    'app.kubernetes.io/managed-by': 'runner-autoscaler',
    'runner-autoscaler/group': 'linux',
  });
  assert.equal(job?.metadata.annotations?.['example.com/cost'], 'ci');
  assert.equal(job?.metadata.annotations?.['cronjob.kubernetes.io/instantiate'], 'manual');
  assert.deepEqual(job?.metadata.ownerReferences, [
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      controller: true,
      name: 'small-runner',
      uid: created.metadata.uid,
    },
  ]);
  assert.equal(job?.spec?.['backoffLimit'], 1);
});

test('killed between any two creations and started again, nothing is made twice', async (t) => {
  for (const killedAfter of [0, 1, 7, 19]) {
    await t.test(`after ${killedAfter} of 20`, async (inner) => {
      const setting = await stage(inner);
      setting.kubernetes.create(cronJob('small-runner', resourceClass));
      const config = configWith(100);
      burst(setting, 20);
      let creations = 0;
      const isLost = ({ method, path }: { method: string; path: string }): boolean =>
        method === 'POST' && path.endsWith('/jobs') && (creations += 1) > killedAfter;
      setting.kubernetes.failNext({ match: { when: isLost }, with: 'reset-before', times: 100 });
      await setting.group(config, onlyGroup(config)).tick();
      assert.equal(jobs(setting).length, killedAfter);
      setting.kubernetes.clearFaults();
      const restarted = setting.group(config, onlyGroup(config));
      await restarted.tick();
      await restarted.tick();
      assert.equal(jobs(setting).length, 20);
    });
  }
});

test('a creation whose answer was lost is not made again', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  const config = configWith(100);
  burst(setting, 10);
  setting.kubernetes.failNext({ match: { method: 'POST', path: /\/jobs$/ }, with: 'reset-after', times: 4 });
  const group = setting.group(config, onlyGroup(config));
  for (let look = 0; look < 4; look += 1) await group.tick();
  assert.equal(jobs(setting).length, 10);
});

test('two controllers that decide at the same time make each Job once', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  const config = configWith(100);
  burst(setting, 30);
  const one = setting.group(config, onlyGroup(config));
  const other = setting.group(config, onlyGroup(config));
  await Promise.all([one.tick(), other.tick()]);
  await one.tick();
  assert.equal(jobs(setting).length, 30);
});

test("another owner's Job in the way is stepped over", async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  const container = { name: 'x', image: 'registry.invalid/x:1' };
  const template = { spec: { restartPolicy: 'Never', containers: [container] } };
  const stranger = { name: 'small-runner-0', namespace };
  setting.kubernetes.create({ apiVersion: 'batch/v1', kind: 'Job', metadata: stranger, spec: { template } });
  const config = configWith(10);
  burst(setting, 2);
  await setting.group(config, onlyGroup(config)).tick();
  assert.deepEqual(
    jobs(setting)
      .map(({ metadata }) => metadata.name)
      .sort(),
    ['small-runner-0', 'small-runner-1', 'small-runner-2'],
  );
});

test('a CronJob that is not suspended is warned of, once', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small-runner', resourceClass, { suspend: false }));
  setting.tasks.declareClass(resourceClass);
  const config = configWith(10);
  const group = setting.group(config, onlyGroup(config));
  await group.tick();
  await group.tick();
  assert.equal(setting.warnings.length, 1);
  assert.match(setting.warnings[0] ?? '', /circleci-runners\/small-runner is not suspended.*suspend: true/);
});

test('without its CronJob the group holds and says what to do', async (t) => {
  const setting = await stage(t);
  burst(setting, 3);
  const config = configWith(10);
  const { reason, because } = await setting.group(config, onlyGroup(config)).tick();
  assert.equal(reason, 'target-unavailable');
  assert.match(because, /no CronJob circleci-runners\/small-runner.*Create it/);
});

test('a template whose Jobs are several pods each is held, so that max holds, with what to do', async (t) => {
  const setting = await stage(t);
  const several = cronJob('small-runner', resourceClass);
  setting.kubernetes.create({
    ...several,
    spec: {
      ...several.spec,
      jobTemplate: { spec: { ...several.spec.jobTemplate.spec, parallelism: 3, completions: 3 } },
    },
  });
  const config = configWith(10);
  burst(setting, 4);
  const { reason, because, actions } = await setting.group(config, onlyGroup(config)).tick();
  assert.deepEqual([reason, actions, jobs(setting)], ['target-unavailable', [], []]);
  assert.match(because, /parallelism is 3.*circleci-runners\/small-runner.*Set .*parallelism to 1/);
});

test('from a CronJob that is being deleted nothing is made, though its Jobs no longer belong to it', async (t) => {
  const setting = await stage(t);
  const going = cronJob('small-runner', resourceClass);
  const deletionTimestamp = new Date(setting.clock.now()).toISOString();
  const metadata = { ...going.metadata, deletionTimestamp };
  setting.kubernetes.create({ ...going, metadata });
  const config = configWith(10);
  burst(setting, 3);
  const { reason, because, actions } = await setting.group(config, onlyGroup(config)).tick();
  assert.deepEqual([reason, actions], ['target-unavailable', []]);
  assert.match(because, /small-runner is being deleted/);
  assert.deepEqual(jobs(setting), []);
});

test('pods that never start are given up after the start timeout, replaced within max, and then nothing more is made', async (t) => {
  const setting = await stage(t, { podBootMs: 24 * 60 * minuteMs });
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  const config = configWith(5);
  const group = setting.group(config, onlyGroup(config));
  burst(setting, 3);
  for (let look = 0; look < 400; look += 1) await group.tick();
  assert.ok(jobs(setting).length <= 5);
  const last = group.observations.at(-1);
  assert.ok(last?.ok);
  assert.equal(capacityOf(last.snapshot.members).busy, 0);
});

test('headroom and min are kept while there is no task at all', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  setting.tasks.declareClass(resourceClass);
  const config = configWith(10, ', headroom: 3');
  const group = setting.group(config, onlyGroup(config));
  for (let look = 0; look < 5; look += 1) await group.tick();
  assert.equal(jobs(setting).length, 3);
});

test('names of Jobs fit into what Kubernetes makes of them, and each number has its own', () => {
  const names = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$/);
  fc.assert(
    fc.property(names, fc.nat(1_000_000), fc.nat(1_000_000), (name, one, other) => {
      assert.ok(slotName(name, one).length <= 57);
      assert.match(slotName(name, one), /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
      assert.equal(slotName(name, one) === slotName(name, other), one === other);
    }),
  );
  const taken = new Set([slotName('a', 0), slotName('a', 2)]);
  const free = freeSlots('a', taken);
  assert.deepEqual([free.next().value, free.next().value], ['a-1', 'a-3']);
});

test('a Job that fails before it ever worked is a failed start while it is young; one that worked and failed is just gone', async (t) => {
  const setting = await stage(t, { podBootMs: 24 * 60 * minuteMs });
  const container = { name: 'runner', image: 'registry.invalid/runner:1' };
  const template = { spec: { restartPolicy: 'Never', containers: [container] } };
  const jobTemplate = { spec: { backoffLimit: 0, template } };
  setting.kubernetes.create(cronJob('small-runner', resourceClass, { jobTemplate }));
  const config = configWith(2);
  const group = setting.group(config, onlyGroup(config));
  burst(setting, 2);
  await group.tick();
  const [never, once] = setting.kubernetes.objects('Pod').map(({ metadata }) => metadata.uid);
  assert.ok(never !== undefined && once !== undefined);
  setting.kubernetes.setPodPhase(once, 'Running');
  await group.tick();
  for (const uid of [never, once]) setting.kubernetes.setPodPhase(uid, 'Failed');
  await group.tick();
  const members = (): readonly Member[] => {
    const last = group.observations.at(-1);
    assert.ok(last?.ok);
    return last.snapshot.members;
  };
  assert.deepEqual(
    members().map(({ state, neverOnline }) => [state, neverOnline]),
    [['unhealthy', true]],
  );
  setting.pass(11 * minuteMs);
  await group.tick();
  assert.equal(
    members().filter(
      ({ neverOnline, createdAt }) => neverOnline && createdAt < Date.UTC(2026, 10, 24, 9, 0, 1),
    ).length,
    0,
  );
});

test('Jobs whose pods can not get their image stop the orders, and the decision names the image', async (t) => {
  const setting = await stage(t, { podBootMs: 24 * 60 * minuteMs });
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  const config = configWith(10);
  const group = setting.group(config, onlyGroup(config));
  setting.tasks.declareClass(resourceClass);
  burst(setting, 4);
  await group.tick();
  for (const { metadata } of setting.kubernetes.objects('Pod'))
    setting.kubernetes.setPodPhase(metadata.uid, 'Pending', 'ErrImagePull', 'no such image');
  const podLists = (): number => setting.kubernetes.calls.filter(({ path }) => path.endsWith('/pods')).length;
  setting.pass(4 * minuteMs);
  await group.tick();
  assert.equal(podLists(), 0, 'not before they are late');
  setting.pass(7 * minuteMs);
  const decision = await group.tick();
  const [image, ...others] = decision.starts?.links ?? [];
  assert.deepEqual(
    [image?.link, image?.runners, image?.words, image?.detail, others],
    ['image-pull', 4, ['ErrImagePull'], 'no such image', []],
  );
  assert.match(
    decision.limits.map(({ limit, because }) => `${limit}: ${because}`).join('\n'),
    /^start-failures: 4 runners never came online and none has since: 4 can not get their image \(ErrImagePull\); `kubectl describe pod -n \S+ \S+` shows one;/m,
  );
  assert.equal(podLists(), 1);
});
