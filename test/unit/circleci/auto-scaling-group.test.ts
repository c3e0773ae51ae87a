// CircleCI groups on an Auto Scaling group, through the whole tick: only ever raised, never above MaxSize, never blocked.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupsOf } from '../../../core/clients/auto-scaling/group.ts';
import { machinesOf, phaseOfState } from '../../../controller/targets/auto-scaling-instance.ts';
import { capacityOf, type Observation } from '../../../controller/decide/snapshot.ts';
import { configOf, minuteMs, onlyGroup, stage, type Setting } from './setting.ts';

const resourceClass = 'acme/linux';
const region = 'eu-west-1';
const name = 'a-name-of-its-own';

const configWith = (max: number): ReturnType<typeof configOf> =>
  configOf(`
constants: { runner_api_polling_interval: 15, fast_polling_interval: 5 }
groups:
  - name: linux
    resource_class: ${resourceClass}
    strategy: unclaimedTasks
    auto_scaling_group: { name: ${name}, region: ${region} }
    parameters: { max: ${max} }
`);

function create({ model, tasks }: Setting, max: number): void {
  model.create({ region, name, min: 0, max, tags: { 'resource-class': resourceClass } });
  tasks.declareClass(resourceClass);
}

function burst({ tasks }: Setting, count: number, minutes = 30): void {
  for (let index = 0; index < count; index += 1) tasks.arrive(resourceClass, minutes * minuteMs);
}

function raises({ aws }: Setting): string[] {
  return aws.calls.flatMap(({ action, form }) =>
    action === 'SetDesiredCapacity' ? [form.get('DesiredCapacity') ?? ''] : [],
  );
}

function capacity(observation: Observation | undefined): ReturnType<typeof capacityOf> {
  assert.ok(observation?.ok);
  return capacityOf(observation.snapshot.members);
}

for (const [max, expected] of [
  [100, 60],
  [40, 40],
] as const) {
  test(`60 tasks at once raise the desired capacity to ${expected} under max ${max}, once, while instances take 5 minutes`, async (t) => {
    const setting = await stage(t, { instanceBootMs: 5 * minuteMs });
    create(setting, 200);
    const config = configWith(max);
    const group = setting.group(config, onlyGroup(config));
    burst(setting, 60);
    for (let look = 0; look < 100; look += 1) await group.tick();
    assert.deepEqual(raises(setting), [String(expected)]);
    assert.equal(setting.tasks.running(resourceClass), expected);
    assert.deepEqual(setting.warnings, []);
  });
}

test('an instance that never registers holds nothing up: tasks that come meanwhile are served at the next look', async (t) => {
  const setting = await stage(t, { instanceBootMs: 5 * minuteMs, neverRegister: [3] });
  create(setting, 200);
  const config = configWith(100);
  const group = setting.group(config, onlyGroup(config));
  burst(setting, 60);
  await group.tick();
  burst(setting, 5);
  await group.tick();
  assert.deepEqual(raises(setting), ['60', '65']);
  for (let look = 0; look < 130; look += 1) await group.tick();
  // Given up after the start timeout, and one more ordered in its place.
  assert.deepEqual(raises(setting), ['60', '65', '66']);
  assert.equal(capacity(group.observations.at(-1)).unhealthy, 1);
  burst(setting, 2);
  await group.tick();
  assert.deepEqual(raises(setting).at(-1), '68');
});

test('MaxSize bounds the rise, the decision says so, and the call is not made again and again', async (t) => {
  const setting = await stage(t);
  create(setting, 7);
  const config = configWith(100);
  const group = setting.group(config, onlyGroup(config));
  burst(setting, 20);
  for (let look = 0; look < 10; look += 1) await group.tick();
  assert.deepEqual(raises(setting), ['7']);
  const [first] = group.decisions;
  assert.deepEqual(
    first?.limits.map(({ limit, to }) => [limit, to]),
    [['target-limit', 7]],
  );
  assert.match(first.limits[0]?.because ?? '', /MaxSize is 7/);
  assert.deepEqual(group.decisions.at(-1)?.actions, []);
});

for (const [code, status] of [
  ['ScalingActivityInProgress', 400],
  ['ResourceContention', 500],
  ['Throttling', 400],
] as const) {
  test(`${code} is tried again after a fresh look, within the same tick`, async (t) => {
    const setting = await stage(t);
    create(setting, 50);
    const config = configWith(50);
    const group = setting.group(config, onlyGroup(config));
    burst(setting, 10);
    setting.aws.failNext({ action: 'SetDesiredCapacity', code, status });
    setting.aws.failNext({ action: 'SetDesiredCapacity', code, status });
    await group.tick();
    assert.equal(setting.model.get(region, name).desired, 10);
    assert.equal(setting.clock.sleeps.length, 2);
    assert.deepEqual(setting.warnings, []);
  });
}

test('a rise whose answer was lost is not added again, neither at once nor by a restarted process', async (t) => {
  const setting = await stage(t);
  create(setting, 50);
  const config = configWith(50);
  burst(setting, 10);
  const lost = { action: 'SetDesiredCapacity', code: 'InternalFailure', status: 500, afterDoing: true };
  setting.aws.failNext(lost);
  await setting.group(config, onlyGroup(config)).tick();
  assert.deepEqual(raises(setting), ['10']);
  const restarted = setting.group(config, onlyGroup(config));
  for (let look = 0; look < 5; look += 1) await restarted.tick();
  assert.deepEqual(raises(setting), ['10']);
});

test('two controllers that decide at the same time do not add twice', async (t) => {
  const setting = await stage(t);
  create(setting, 100);
  const config = configWith(100);
  burst(setting, 30);
  const one = setting.group(config, onlyGroup(config));
  const other = setting.group(config, onlyGroup(config));
  await Promise.all([one.tick(), other.tick()]);
  assert.equal(setting.model.get(region, name).desired, 30);
});

test('instances that end themselves lower the desired capacity, and nothing ever lowers it besides', async (t) => {
  const setting = await stage(t);
  create(setting, 100);
  const config = configWith(100);
  const group = setting.group(config, onlyGroup(config));
  burst(setting, 10, 3);
  let before = 0;
  for (let look = 0; look < 200; look += 1) {
    await group.tick();
    const { calls } = setting.aws;
    for (const { action, form } of calls.slice(before)) {
      if (action === 'SetDesiredCapacity')
        assert.ok(Number(form.get('DesiredCapacity')) >= setting.model.get(region, name).desired);
    }
    before = calls.length;
  }
  assert.equal(setting.tasks.builds.count('done'), 10);
  assert.equal(setting.tasks.builds.count('killed'), 0);
  assert.equal(setting.model.get(region, name).desired, 0);
});

test('an error of AWS holds the group: nothing is ordered on it', async (t) => {
  const setting = await stage(t);
  create(setting, 100);
  const config = configWith(100);
  burst(setting, 10);
  setting.aws.failNext({ action: 'DescribeAutoScalingGroups', code: 'AccessDenied', status: 403 });
  const { reason, because, actions } = await setting.group(config, onlyGroup(config)).tick();
  assert.equal(reason, 'target-unavailable');
  assert.deepEqual(actions, []);
  assert.match(because, /Allow autoscaling:DescribeAutoScalingGroups/);
});

test('groups of one region that look at the same time are described by one call', async (t) => {
  const setting = await stage(t);
  const config = configWith(10);
  const group = onlyGroup(config);
  const classes = ['acme/a', 'acme/b', 'acme/c'];
  const groups = classes.map((each, index) => {
    setting.model.create({
      region,
      name: `group-${index}`,
      min: 0,
      max: 5,
      tags: { 'resource-class': each },
    });
    setting.tasks.declareClass(each);
    const target = { kind: 'auto-scaling-group', name: `group-${index}`, region } as const;
    return { ...group, name: each, resourceClass: each, target } as typeof group;
  });
  const { Plants } = await import('../../../controller/plants.ts');
  const plants = new Plants({
    clients: setting.clients,
    clock: setting.clock,
    template: () => assert.fail(),
  });
  const built = groups.map((each) => plants.build(each, config));
  const views = await Promise.all(built.map(({ target }) => target.observe()));
  assert.equal(views.length, 3);
  assert.equal(setting.aws.calls.length, 1);
});

test('instances that leave with their tasks are not replaced one for one while nothing waits', async (t) => {
  const setting = await stage(t, { life: { singleTask: false, idleMs: 30 * minuteMs } });
  create(setting, 40);
  const config = configWith(40);
  const group = setting.group(config, onlyGroup(config));
  burst(setting, 8, 600);
  for (let look = 0; look < 40; look += 1) await group.tick();
  const modelled = setting.model.get(region, name);
  for (const instance of modelled.instances.slice(0, 4)) instance.state = 'Terminating:Wait';
  modelled.desired -= 4;
  for (let look = 0; look < 20; look += 1) await group.tick();
  assert.equal(setting.model.launched, 8);
  assert.equal(
    group.decisions.at(-1)?.because,
    '0 tasks unclaimed + 8 running - 4 on other runners + headroom 0 = 4',
  );
  burst(setting, 1);
  await group.tick();
  assert.equal(setting.model.launched, 9);
});

test('a desired capacity below what is in service is raised from what is there, in one step', async (t) => {
  const setting = await stage(t, { life: { singleTask: false, idleMs: 600 * minuteMs } });
  create(setting, 12);
  const config = configWith(40);
  const group = setting.group(config, onlyGroup(config));
  burst(setting, 8, 600);
  for (let look = 0; look < 40; look += 1) await group.tick();
  const modelled = setting.model.get(region, name);
  modelled.desired = 3;
  burst(setting, 2, 600);
  await group.tick();
  assert.deepEqual(raises(setting), ['8', '10']);
  modelled.desired = 3;
  burst(setting, 5, 600);
  await group.tick();
  assert.deepEqual(raises(setting).at(-1), '12', 'not above MaxSize');
  assert.ok(group.decisions.at(-1)?.limits.some(({ limit, to }) => limit === 'target-limit' && to === 2));
});

test('a group whose sizes do not count instances is held, with what to do', async (t) => {
  const setting = await stage(t);
  const tags = { 'resource-class': resourceClass };
  setting.model.create({ region, name, min: 0, max: 10, tags, weight: 4 });
  const config = configWith(40);
  const group = setting.group(config, onlyGroup(config));
  burst(setting, 3);
  const { reason, because, actions } = await group.tick();
  assert.deepEqual([reason, actions, raises(setting)], ['target-unavailable', [], []]);
  assert.match(because, /a-name-of-its-own in eu-west-1 do not count instances.*Remove the weights/);
});

for (const [what, group, expected] of [
  ['no weights', { Instances: [{ InstanceId: 'i-1', LifecycleState: 'InService' }] }, false],
  [
    'weights of 1',
    { Instances: [{ InstanceId: 'i-1', LifecycleState: 'InService', WeightedCapacity: '1' }] },
    false,
  ],
  [
    'an instance that weighs 2',
    { Instances: [{ InstanceId: 'i-1', LifecycleState: 'InService', WeightedCapacity: '2' }] },
    true,
  ],
  ['a capacity counted in vCPUs', { DesiredCapacityType: 'vcpu' }, true],
  ['a capacity counted in units', { DesiredCapacityType: 'units' }, false],
] as const)
  test(`sizes count instances or not: ${what}`, () => {
    const sizes = { AutoScalingGroupName: 'g', MinSize: 0, MaxSize: 1, DesiredCapacity: 1 };
    const [read] = groupsOf({ AutoScalingGroups: [{ ...sizes, ...group } as never] });
    assert.equal(read?.isWeighted, expected);
  });

test('every state of an instance is told apart', () => {
  const phases = [
    'Pending',
    'Pending:Wait',
    'Pending:Proceed',
    'InService',
    'ReplacingRootVolume',
    'Standby',
    'EnteringStandby',
    'Terminating',
    'Terminating:Wait',
    'Detaching',
    'Quarantined',
    'Warmed:Stopped',
    'Warmed:Pending',
    'Terminated',
    'Unheard',
  ].map((state) => [state, phaseOfState(state)] as const);
  assert.deepEqual(Object.fromEntries(phases), {
    Pending: 'pending',
    'Pending:Wait': 'pending',
    'Pending:Proceed': 'pending',
    InService: 'running',
    ReplacingRootVolume: 'pending',
    Standby: 'stopping',
    EnteringStandby: 'stopping',
    Terminating: 'stopping',
    'Terminating:Wait': 'stopping',
    Detaching: 'stopping',
    Quarantined: 'stopping',
    'Warmed:Stopped': undefined,
    'Warmed:Pending': undefined,
    Terminated: 'succeeded',
    Unheard: 'stopping',
  });
});

test('what is desired and has no instance yet counts as starting, however long AWS takes', () => {
  const instances = [
    { id: 'i-1', lifecycleState: 'InService', isProtected: false },
    { id: 'i-2', lifecycleState: 'Warmed:Stopped', isProtected: false },
    { id: 'i-3', lifecycleState: 'Terminating', isProtected: false },
  ];
  const machines = machinesOf(
    { name: 'g', min: 0, max: 9, desired: 3, isWeighted: false, instances, tags: {} },
    5,
    new Map([['i-1', 2]]),
  );
  assert.deepEqual(
    machines.map(({ id, phase, createdAt }) => [id, phase, createdAt]),
    [
      ['i-1', 'running', 2],
      ['i-3', 'stopping', 5],
      ['g/launching-1', 'pending', 5],
      ['g/launching-2', 'pending', 5],
    ],
  );
});
