// Discovery by tag and by labels: all of ours, none else; what appears is served, what goes is forgotten, what is unclear is held.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupDiscovery } from '../../../controller/discovery/discovery.ts';
import type { Config } from '../../../core/config/config.ts';
import { configFromEnvironment } from '../../../core/config/environment.ts';
import { complete, placesOf } from '../../../core/discovery/complete.ts';
import { Finder } from '../../../core/discovery/finder.ts';
import { configOf, cronJob, minuteMs, namespace, stage, type Setting } from './setting.ts';

const regions = ['eu-west-1', 'us-east-1', 'ap-southeast-2'];

const config = configOf(`
discovery:
  circleci_namespace: acme
  auto_scaling_groups: { regions: [${regions.join(', ')}] }
  cron_jobs: { namespace: ${namespace} }
  parameters: { max: 7 }
`);

function finderFor({ clients, warnings }: Setting, of: Config = config): Finder {
  return new Finder({ places: placesOf(of, clients), warn: (text) => void warnings.push(text) });
}

async function found(finder: Finder, of: Config = config): Promise<Config> {
  await finder.look();
  return complete(of, finder);
}

const names = ({ groups }: Config): string[] => groups.map(({ name }) => name);

test('of 500 groups over three regions the 50 that are tagged are found, and none else is touched', async (t) => {
  const setting = await stage(t);
  const wanted: string[] = [];
  for (let index = 0; index < 500; index += 1) {
    const region = regions[index % 3] ?? '';
    const tag =
      index % 10 === 0 ? `acme/class-${index}` : index % 10 === 1 ? `other/class-${index}` : undefined;
    const tags = tag === undefined ? { team: 'web' } : { 'resource-class': tag };
    setting.model.create({ region, name: `group-${index}`, min: 0, max: 5, tags });
    if (tag?.startsWith('acme/') === true) wanted.push(tag);
  }
  const all = await found(finderFor(setting));
  assert.equal(wanted.length, 50);
  assert.deepEqual(names(all).sort(), [...wanted].sort());
  for (const group of all.groups) {
    assert.ok(group.service === 'circleci' && group.target.kind === 'auto-scaling-group');
    setting.tasks.arrive(group.resourceClass, minuteMs);
    await setting.group(all, group).tick();
  }
  const raised = setting.aws.calls.filter(({ action }) => action === 'SetDesiredCapacity');
  assert.equal(raised.length, 50);
  const touched = new Set(
    raised.map(({ region, form }) => `${region} ${form.get('AutoScalingGroupName') ?? ''}`),
  );
  const ours = all.groups
    .map((group) => group.service === 'circleci' && group.target)
    .filter((each) => each !== false);
  const expected = ours.map((each) => each.kind === 'auto-scaling-group' && `${each.region} ${each.name}`);
  assert.deepEqual(touched, new Set(expected));
});

test('a CronJob is found by its two labels in its namespace, a group of any name by its tag', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small', 'acme/k8s-small'));
  setting.kubernetes.create(cronJob('foreign', 'other/k8s-small'));
  setting.model.create({
    region: 'us-east-1',
    name: 'free',
    min: 0,
    max: 1,
    tags: { 'resource-class': 'acme/big' },
  });
  const { groups } = await found(finderFor(setting));
  assert.deepEqual(
    groups.map(
      (group) => group.service === 'circleci' && [group.resourceClass, group.target, group.policy.max],
    ),
    [
      ['acme/big', { kind: 'auto-scaling-group', name: 'free', region: 'us-east-1' }, 7],
      ['acme/k8s-small', { kind: 'cron-job', namespace, name: 'small' }, 7],
    ],
  );
});

test('two things that claim one class are held, and the message names both', async (t) => {
  const setting = await stage(t);
  const tags = { 'resource-class': 'acme/twice' };
  setting.model.create({ region: 'eu-west-1', name: 'one', min: 0, max: 5, tags });
  setting.model.create({ region: 'us-east-1', name: 'two', min: 0, max: 5, tags });
  setting.tasks.arrive('acme/twice', minuteMs);
  const all = await found(finderFor(setting));
  const [group] = all.groups;
  assert.ok(group);
  const { reason, because, actions } = await setting.group(all, group).tick();
  assert.deepEqual([reason, actions], ['target-unavailable', []]);
  assert.match(because, /group one in eu-west-1 and Auto Scaling group two in us-east-1.*acme\/twice/);
});

test('declared groups win over found ones of the same class, the same target or the same name', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small', 'acme/small'));
  setting.kubernetes.create(cronJob('same-target', 'acme/renamed'));
  setting.kubernetes.create(cronJob('other', 'acme/other'));
  const declaring = configOf(`
discovery: { circleci_namespace: acme, cron_jobs: { namespace: ${namespace} } }
groups:
  - name: mine
    resource_class: acme/small
    strategy: unclaimedTasks
    cron_job: { namespace: ${namespace}, name: elsewhere }
    parameters: { max: 3 }
  - name: acme/other
    resource_class: acme/declared
    strategy: unclaimedTasks
    cron_job: { namespace: ${namespace}, name: same-target }
    parameters: { max: 3 }
`);
  assert.deepEqual(names(await found(finderFor(setting, declaring), declaring)), ['mine', 'acme/other']);
});

test('a region that fails keeps what it showed, the others go on, and the trouble is said once', async (t) => {
  const setting = await stage(t);
  setting.model.create({
    region: 'eu-west-1',
    name: 'a',
    min: 0,
    max: 1,
    tags: { 'resource-class': 'acme/a' },
  });
  setting.kubernetes.create(cronJob('small', 'acme/small'));
  const finder = finderFor(setting);
  await finder.look();
  setting.model.remove('eu-west-1', 'a');
  setting.kubernetes.create(cronJob('new', 'acme/new'));
  for (let look = 0; look < 2; look += 1) {
    for (let call = 0; call < 3; call += 1) {
      setting.aws.failNext({ action: 'DescribeAutoScalingGroups', code: 'AccessDenied', status: 403 });
    }
    assert.deepEqual(names(await found(finder)), ['acme/a', 'acme/new', 'acme/small']);
  }
  assert.equal(setting.warnings.length, 3);
  assert.deepEqual(names(await found(finder)), ['acme/new', 'acme/small']);
});

test('a program is not ready before every place was searched', async (t) => {
  const setting = await stage(t);
  const finder = finderFor(setting);
  assert.equal(finder.unseen().length, 4);
  setting.kubernetes.failNext({ match: { path: /cronjobs$/ }, with: { status: 403 }, times: 3 });
  await finder.look();
  assert.deepEqual(finder.unseen(), [`CronJobs in ${namespace}`]);
});

test('what appears is handed on at the next look, what is removed is gone at the next, and each change is told', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('first', 'acme/first'));
  const changes: unknown[] = [];
  const discovery = new GroupDiscovery({
    clients: setting.clients,
    clock: setting.clock,
    warn: (text) => void setting.warnings.push(text),
    changed: (change) => void changes.push(change),
  });
  const applied: string[][] = [];
  // The clock of this test moves on by itself, so the third look ends it.
  let ending: Promise<void> | undefined;
  const ended = new Promise<void>((resolve) => {
    void discovery.follow(config, (all) => {
      applied.push(names(all));
      if (applied.length === 2) setting.kubernetes.create(cronJob('second', 'acme/second'));
      if (applied.length === 3)
        setting.model.create({
          region: 'eu-west-1',
          name: 'x',
          min: 0,
          max: 1,
          tags: { 'resource-class': 'acme/x' },
        });
      if (applied.length === 4) setting.model.remove('eu-west-1', 'x');
      if (applied.length === 5) ending = discovery.stop().then(resolve);
      return Promise.resolve();
    });
  });
  await ended;
  await ending;
  assert.deepEqual(applied.slice(0, 5), [
    [],
    ['acme/first'],
    ['acme/first', 'acme/second'],
    ['acme/first', 'acme/second', 'acme/x'],
    ['acme/first', 'acme/second'],
  ]);
  assert.deepEqual(changes.at(-1), { appeared: [], gone: ['acme/x'] });
  assert.deepEqual(setting.warnings, []);
});

test("the Go program's variables alone are a complete discovery", async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small', 'acme/k8s-small'));
  setting.model.create({
    region: 'eu-west-1',
    name: 'acme/ec2',
    min: 0,
    max: 1,
    tags: { 'resource-class': 'acme/ec2' },
  });
  const env = { APP_CIRCLE_TOKEN: 'x', APP_CIRCLE_RESOURCE_NAMESPACE: 'acme', AWS_REGION: 'eu-west-1' };
  const ofEnvironment = configFromEnvironment(env)?.config;
  assert.ok(ofEnvironment);
  const all = await found(finderFor(setting, ofEnvironment), ofEnvironment);
  assert.deepEqual(names(all), ['acme/ec2', 'acme/k8s-small']);
});
