// P7 on Auto Scaling groups: what AWS does not launch is named with AWS's own words, waited for and not ordered again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endedLaunchesOf } from '../../../core/clients/auto-scaling/launch.ts';
import { hindranceOfLaunches } from '../../../controller/targets/launch-hindrance.ts';
import { capacityOf, type Observation } from '../../../controller/decide/snapshot.ts';
import { configOf, minuteMs, onlyGroup, stage, type GroupUnderTest, type Setting } from './setting.ts';

const resourceClass = 'acme/linux';
const region = 'eu-west-1';
const name = 'linux';

const config = configOf(`
constants: { runner_api_polling_interval: 60, fast_polling_interval: 60, runner_start_timeout: 600 }
groups:
  - name: linux
    resource_class: ${resourceClass}
    strategy: unclaimedTasks
    auto_scaling_group: { name: ${name}, region: ${region} }
    parameters: { max: 10 }
`);

const noCapacity =
  'Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient m5.large capacity in the Availability Zone you requested (eu-west-1a). Launching EC2 instance failed.';
const overQuota =
  'Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 64 allows for the instance bucket. Launching EC2 instance failed.';

interface Scene {
  readonly setting: Setting;
  readonly group: GroupUnderTest;
  readonly look: (times: number) => Promise<void>;
}

async function begin(t: Parameters<typeof stage>[0], tasks: number): Promise<Scene> {
  const setting = await stage(t);
  setting.model.create({ region, name, min: 0, max: 20, tags: { 'resource-class': resourceClass } });
  setting.tasks.declareClass(resourceClass);
  for (let task = 0; task < tasks; task += 1) setting.tasks.arrive(resourceClass, 30 * minuteMs);
  const group = setting.group(config, onlyGroup(config));
  const look = async (times: number): Promise<void> => {
    for (let each = 0; each < times; each += 1) await group.tick();
  };
  return { setting, group, look };
}

function callsOf({ aws }: Setting, wanted: string): number {
  return aws.calls.filter(({ action }) => action === wanted).length;
}

function capacity(observation: Observation | undefined): ReturnType<typeof capacityOf> {
  assert.ok(observation?.ok);
  return capacityOf(observation.snapshot.members);
}

test('what AWS does not launch is named after half of the start timeout, ordered once, and served when AWS can', async (t) => {
  const { setting, group, look } = await begin(t, 4);
  setting.model.refusal = noCapacity;
  await look(4);
  assert.equal(callsOf(setting, 'DescribeScalingActivities'), 0, 'not asked while it is early');
  assert.equal(group.decisions.at(-1)?.starts, undefined);
  await look(30);
  const starts = group.decisions.at(-1)?.starts;
  assert.equal(
    starts?.because,
    '4 runners take long to start: 4 get no instance from AWS (InsufficientInstanceCapacity)',
  );
  assert.match(starts.links[0]?.detail ?? '', /sufficient m5\.large capacity/);
  assert.equal(callsOf(setting, 'SetDesiredCapacity'), 1);
  assert.equal(capacity(group.observations.at(-1)).starting, 4);
  setting.model.refusal = undefined;
  await look(10);
  assert.equal(group.decisions.at(-1)?.starts, undefined);
  assert.equal(setting.tasks.running(resourceClass), 4);
  assert.deepEqual(setting.warnings, []);
});

test('a quota of the account is called one', async (t) => {
  const { setting, group, look } = await begin(t, 1);
  setting.model.refusal = overQuota;
  await look(8);
  const [link] = group.decisions.at(-1)?.starts?.links ?? [];
  assert.deepEqual([link?.link, link?.words], ['quota', ['VcpuLimitExceeded']]);
});

test('without the right to ask, it says which one is missing, and scales on', async (t) => {
  const { setting, group, look } = await begin(t, 1);
  setting.model.refusal = noCapacity;
  for (let time = 0; time < 50; time += 1)
    setting.aws.failNext({ action: 'DescribeScalingActivities', code: 'AccessDenied', status: 403 });
  await look(8);
  const [link] = group.decisions.at(-1)?.starts?.links ?? [];
  assert.equal(link?.link, 'unknown');
  assert.match(link.detail ?? '', /DescribeScalingActivities|describe-activities/);
  setting.tasks.arrive(resourceClass, minuteMs);
  await look(1);
  assert.equal(setting.model.get(region, name).desired, 2);
});

test('an instance of a warm pool has its whole time to register once it is taken into service', async (t) => {
  const { setting, group, look } = await begin(t, 0);
  const warm = { id: 'i-warm', state: 'Warmed:Stopped', isProtected: false } as const;
  const { instances } = setting.model.get(region, name);
  instances.push({ ...warm });
  await look(30);
  assert.deepEqual(capacity(group.observations.at(-1)).starting, 0);
  const modelled = setting.model.get(region, name);
  modelled.desired = 1;
  instances.splice(0, 1, { ...warm, state: 'InService' });
  await look(2);
  const { starting, unhealthy } = capacity(group.observations.at(-1));
  assert.deepEqual([starting, unhealthy], [1, 0]);
});

const launching = 'Launching a new EC2 instance.  Status Reason: …';

for (const { what, activities, hindrance } of [
  { what: 'no activity at all', activities: [], hindrance: undefined },
  {
    what: 'only one under way',
    activities: [{ Description: launching, StatusCode: 'InProgress' }],
    hindrance: undefined,
  },
  {
    what: 'a launch under way after one that failed',
    activities: [
      { Description: launching, StatusCode: 'PreInService' },
      { Description: launching, StatusCode: 'Failed', StatusMessage: 'The image id ami-1 does not exist.' },
    ],
    hindrance: { link: 'not-launched', word: '', detail: 'The image id ami-1 does not exist.' },
  },
  {
    what: 'a launch that went well after one that failed',
    activities: [
      { Description: launching, StatusCode: 'Successful' },
      { Description: launching, StatusCode: 'Failed', StatusMessage: overQuota },
    ],
    hindrance: undefined,
  },
  {
    what: 'an end that failed is no launch',
    activities: [{ Description: 'Terminating EC2 instance: i-1', StatusCode: 'Failed', StatusMessage: 'x' }],
    hindrance: undefined,
  },
  {
    what: 'one that was cancelled without a word',
    activities: [{ Description: launching, StatusCode: 'Cancelled' }],
    hindrance: { link: 'not-launched', word: '' },
  },
  {
    what: 'another code',
    activities: [
      {
        Description: launching,
        StatusCode: 'Failed',
        StatusMessage: 'SpotMaxPriceTooLow - Your Spot request price of 0.1 is lower than the minimum.',
      },
    ],
    hindrance: {
      ...{ link: 'not-launched', word: 'SpotMaxPriceTooLow' },
      detail: 'SpotMaxPriceTooLow - Your Spot request price of 0.1 is lower than the minimum.',
    },
  },
] as const)
  test(`of launches: ${what}`, () => {
    const read = endedLaunchesOf({ Activities: activities.map((each) => ({ ...each }) as never) });
    assert.deepEqual(hindranceOfLaunches(read), hindrance);
  });

test('an answer without a list of activities is none', () => {
  assert.throws(() => endedLaunchesOf({}), /list of activities is missing/);
});
