// P7 on CronJobs: pods that come up and end, and agents that take no task, stop the orders; runners that work never do.

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { capacityOf } from '../../../controller/decide/snapshot.ts';
import { cronJobConfig, cronJob, minuteMs, namespace, onlyGroup, stage } from './setting.ts';
import type { GroupUnderTest, Setting, SettingOptions } from './setting.ts';

const resourceClass = 'acme/linux';
const goesOn = { singleTask: false, idleMs: 1e12 };

const config = cronJobConfig('min: 0, max: 40', 'runner_api_polling_interval: 30, fast_polling_interval: 15');

interface Scene {
  readonly setting: Setting;
  readonly group: GroupUnderTest;
  readonly look: (minutes: number, before?: () => void) => Promise<void>;
}

/** Whose pods carry no mark of the class: their agents reach CircleCI, if at all, for nobody. */
const astray = { labels: {} };

async function begin(t: TestContext, of: SettingOptions & { metadata?: object } = {}): Promise<Scene> {
  const { metadata, ...options } = of;
  const setting = await stage(t, { podBootMs: 10_000, ...options });
  const made = cronJob('small-runner', resourceClass);
  const { spec } = made.spec.jobTemplate;
  const template = { ...spec.template, ...(metadata === undefined ? {} : { metadata }) };
  const jobSpec = { ...spec, backoffLimit: 0, ttlSecondsAfterFinished: 60, template };
  setting.kubernetes.create({ ...made, spec: { ...made.spec, jobTemplate: { spec: jobSpec } } });
  setting.tasks.declareClass(resourceClass);
  const group = setting.group(config, onlyGroup(config));
  const look = async (minutes: number, before = (): void => undefined): Promise<void> => {
    const end = setting.clock.now() + minutes * minuteMs;
    while (setting.clock.now() < end) {
      before();
      await group.tick();
    }
  };
  return { setting, group, look };
}

function arrive({ setting }: Scene, tasks: number, minutes: number): void {
  for (let task = 0; task < tasks; task += 1) setting.tasks.arrive(resourceClass, minutes * minuteMs);
}

function made({ setting }: Scene): number {
  const { calls } = setting.kubernetes;
  return calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/jobs')).length;
}

function endAll({ setting }: Scene, phase: 'Failed' | 'Succeeded'): void {
  for (const { metadata, status } of setting.kubernetes.objects('Pod'))
    if ((status as { phase?: string } | undefined)?.phase === 'Running')
      setting.kubernetes.setPodPhase(metadata.uid, phase);
}

function starts({ group }: Scene): string | undefined {
  return group.decisions.at(-1)?.starts?.because;
}

// One that ends well counts only once CircleCI has been asked whom it saw, which is after a minute.
for (const [phase, word, most] of [
  ['Failed', 'Failed', 13],
  ['Succeeded', 'Completed', 30],
] as const) {
  test(`pods that come up, and end within 20 s as ${phase} while tasks wait, stop the orders`, async (t) => {
    const scene = await begin(t, { metadata: astray, life: goesOn });
    arrive(scene, 5, 10);
    await scene.look(180, () => endAll(scene, phase));
    assert.ok(made(scene) <= most, `${made(scene)} Jobs in 3 h`);
    assert.match(
      starts(scene) ?? '',
      new RegExp(
        `^\\d+ runners never worked and none has since: \\d+ came online and ended without having worked \\(${word}\\)`,
      ),
    );
    assert.equal(scene.group.decisions.at(-1)?.starts?.stopped, true);
  });
}

describe('agents that are up and take no task', () => {
  test('count as failed once tasks have waited beside them for the start timeout, and not before', async (t) => {
    const scene = await begin(t, { metadata: astray, life: goesOn });
    arrive(scene, 5, 10);
    await scene.look(9);
    assert.equal(starts(scene), undefined);
    await scene.look(3);
    assert.match(
      starts(scene) ?? '',
      /^5 runners never came online and none has since: 5 run and were never seen by the CI service$/,
    );
    assert.equal(scene.group.decisions.at(-1)?.starts?.stopped, true);
    const last = scene.group.observations.at(-1);
    assert.ok(last?.ok);
    const { busy, unhealthy } = capacityOf(last.snapshot.members);
    assert.deepEqual([busy, unhealthy], [0, 5]);
    await scene.look(180);
    assert.ok(made(scene) <= 5 + 2 * 3 + 1, `${made(scene)} Jobs in 3 h`);
  });

  test('are told from agents that CircleCI lists', async (t) => {
    const scene = await begin(t, { life: goesOn });
    arrive(scene, 5, 5);
    await scene.look(9);
    for (const { metadata } of scene.setting.kubernetes.objects('Pod'))
      scene.setting.tasks.hang(metadata.name);
    arrive(scene, 2, 240);
    await scene.look(12);
    assert.match(starts(scene) ?? '', /: 5 take no task while tasks wait$/);
  });

  test('are replaced by probes, so that the tasks are served; then nothing is told any more', async (t) => {
    const scene = await begin(t, { life: goesOn });
    arrive(scene, 5, 5);
    await scene.look(7);
    const pods = scene.setting.kubernetes.objects('Pod').map(({ metadata }) => metadata.name);
    for (const pod of pods.slice(0, 3)) scene.setting.tasks.hang(pod);
    arrive(scene, 5, 240);
    await scene.look(12);
    assert.match(starts(scene) ?? '', /^3 runners never worked/);
    await scene.look(90);
    assert.deepEqual([scene.setting.tasks.unclaimed(resourceClass), starts(scene)], [0, undefined]);
    assert.ok(made(scene) <= 9, `${made(scene)} Jobs`);
  });

  test('a list of runners that fails holds nothing', async (t) => {
    const scene = await begin(t, { metadata: astray, life: goesOn });
    arrive(scene, 5, 10);
    for (let time = 0; time < 1000; time += 1)
      scene.setting.circleCi.failNext({ path: /\/runner\?/, status: 400 });
    await scene.look(12);
    assert.ok(scene.group.observations.every(({ ok }) => ok));
    assert.match(starts(scene) ?? '', /: 5 take no task while tasks wait$/);
  });
});

describe('no failed start is', () => {
  test('a runner that takes one task of two seconds, over and over, between the looks', async (t) => {
    const scene = await begin(t);
    const trouble = new Set<string>();
    await scene.look(120, () => {
      arrive(scene, 3, 1 / 30);
      const told = starts(scene);
      if (told !== undefined) trouble.add(told);
    });
    assert.deepEqual([...trouble], []);
    const { builds } = scene.setting.tasks;
    assert.ok(
      builds.count('done') > 0.9 * builds.all.length,
      `${builds.count('done')} of ${builds.all.length}`,
    );
  });

  test('a runner that waits for a task in vain and ends at its idle time-out', async (t) => {
    const scene = await begin(t, { life: { singleTask: false, idleMs: 60_000 } });
    for (let wave = 0; wave < 8; wave += 1) {
      arrive(scene, 4, 1);
      // Somebody cancels them while the runners boot.
      await scene.look(0.2);
      for (const build of scene.setting.tasks.builds.waiting()) build.state = 'done';
      await scene.look(5);
      assert.equal(starts(scene), undefined);
    }
  });

  test('a Job that somebody deletes while it waits for work', async (t) => {
    const scene = await begin(t, { life: goesOn });
    arrive(scene, 4, 1);
    await scene.look(4);
    const client = scene.setting.clients.kubernetes();
    for (const { metadata } of scene.setting.kubernetes.objects('Job'))
      await client.deleteJob(namespace, metadata.name);
    await scene.look(4);
    assert.equal(starts(scene), undefined);
  });

  test('a group at its max whose runners are at work while more tasks wait for hours', async (t) => {
    const scene = await begin(t);
    arrive(scene, 80, 90);
    await scene.look(200);
    assert.equal(starts(scene), undefined);
    assert.equal(scene.setting.tasks.builds.count('done'), 80);
  });
});
