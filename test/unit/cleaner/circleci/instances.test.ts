// Whole sweeps of the instances of Auto Scaling groups, over real HTTP against CircleCI's and AWS's doubles.

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { Clients } from '../../../../core/clients/clients.ts';
import type { Config } from '../../../../core/config/config.ts';
import { configOf, minuteMs, stage, type Setting, type SettingOptions } from '../../circleci/setting.ts';
import { Crew } from './crew.ts';

const resourceClass = 'acme/linux';
const region = 'eu-west-1';
const hourMs = 60 * minuteMs;
const continuous = { singleTask: false, idleMs: 1000 * hourMs };

const config: Config = configOf(`
groups:
  - name: linux
    resource_class: ${resourceClass}
    strategy: unclaimedTasks
    auto_scaling_group: { name: linux, region: ${region} }
    parameters: { min: 0, max: 20 }
`);

interface Fleet extends Setting {
  readonly crew: Crew;
  readonly ids: readonly string[];
  /** In service or on their way. */
  left(): string[];
  desired(): number;
  terminations(): number;
}

/** That many instances are up; each runs what it should, unless the options say otherwise. */
async function fleet(
  t: TestContext,
  count: number,
  options: SettingOptions & { min?: number; tags?: Record<string, string>; of?: Config } = {},
): Promise<Fleet> {
  const setting = await stage(t, { life: continuous, ...options });
  const { min = 0, tags = {}, of = config } = options;
  const { model, aws } = setting;
  setting.tasks.declareClass(resourceClass);
  const made = { region, name: 'linux', min, max: 20, desired: count };
  const group = model.create({ ...made, tags: { 'resource-class': resourceClass, ...tags } });
  const ids = group.instances.map(({ id }) => id);
  const crew = new Crew(setting, of);
  setting.pass(2 * minuteMs);
  // AWS does not tell since when an instance is in service: the cleaner has to have seen it.
  await crew.sweep();
  return {
    ...{ ...setting, crew, ids, desired: () => group.desired },
    left: () => group.instances.filter(({ state }) => state !== 'Terminating').map(({ id }) => id),
    terminations: () =>
      aws.calls.filter(({ action }) => action === 'TerminateInstanceInAutoScalingGroup').length,
  };
}

function named({ ids }: Fleet, number: number): string {
  return ids[number] ?? assert.fail(`no instance ${number}`);
}

describe('an instance that never registered', () => {
  test('is ended in two passes after its grace, the desired capacity with it, and no other', async (t) => {
    const yard = await fleet(t, 3, { neverRegister: [1] });
    yard.pass(13 * minuteMs);
    await yard.crew.sweep();
    assert.deepEqual(yard.crew.stale(), [], 'slow is not stale');
    yard.pass(minuteMs);
    await yard.crew.sweep();
    assert.deepEqual(
      [yard.crew.stale(), yard.terminations()],
      [['never-registered'], 0],
      'one pass only marks',
    );
    await yard.crew.sweep();
    assert.deepEqual(yard.crew.outcomes(), ['removed never-registered']);
    assert.deepEqual([yard.left(), yard.desired()], [[named(yard, 0), named(yard, 2)], 2]);
    const [removal] = yard.crew.removals;
    assert.deepEqual(removal?.outcome === 'removed' ? removal.kinds : [], ['instance']);
    yard.pass(24 * hourMs);
    await yard.crew.sweep(3);
    assert.deepEqual([yard.terminations(), yard.crew.stale()], [1, []], 'then there is nothing left to do');
  });

  test('is left alone while a task runs that it could have', async (t) => {
    const yard = await fleet(t, 2, { neverRegister: [1] });
    // It registered under a name of its own, and works.
    yard.tasks.connect({ name: 'ip-10-0-0-7', resourceClass, life: continuous, ended: () => undefined });
    yard.ids.forEach(() => yard.tasks.arrive(resourceClass, 3 * hourMs));
    yard.pass(hourMs);
    await yard.crew.sweep(3);
    yard.pass(2 * hourMs);
    await yard.crew.sweep(3);
    assert.deepEqual([yard.crew.removals, yard.left().length], [[], 2]);
    assert.equal(yard.tasks.builds.count('killed'), 0);
  });

  test('is ended though others work: it can have none of their tasks', async (t) => {
    const yard = await fleet(t, 3, { neverRegister: [1] });
    for (let task = 0; task < 2; task += 1) yard.tasks.arrive(resourceClass, 3 * hourMs);
    yard.pass(20 * minuteMs);
    await yard.crew.sweep(2);
    assert.deepEqual(yard.crew.outcomes(), ['removed never-registered']);
    yard.pass(3 * hourMs);
    assert.deepEqual([yard.tasks.builds.count('done'), yard.tasks.builds.count('killed')], [2, 0]);
  });

  test('is kept if it registers before the last look', async (t) => {
    const yard = await fleet(t, 2, { neverRegister: [1] });
    yard.pass(20 * minuteMs);
    await yard.crew.sweep();
    const list = yard.tasks.list.bind(yard.tasks);
    let lists = 0;
    yard.tasks.list = (namespace) => {
      const late = { name: named(yard, 1), resourceClass, life: continuous, ended: () => undefined };
      if ((lists += 1) === 2) yard.tasks.connect(late);
      return list(namespace);
    };
    await yard.crew.sweep();
    assert.deepEqual(yard.crew.outcomes(), ['kept never-registered']);
    assert.equal(yard.left().length, 2);
  });

  test('is kept if it registers and takes a task after the last list of runners, before the tasks are counted', async (t) => {
    const yard = await fleet(t, 3, { neverRegister: [2] });
    yard.tasks.arrive(resourceClass, 3 * hourMs);
    yard.pass(20 * minuteMs);
    await yard.crew.sweep();
    const late = { name: named(yard, 2), resourceClass, life: continuous, ended: () => undefined };
    const count = yard.tasks.running.bind(yard.tasks);
    let counts = 0;
    yard.tasks.running = (of) => {
      if ((counts += 1) === 2) {
        // As far as the counts tell, the other one without a task could have this one's.
        yard.tasks.hang(named(yard, 1));
        yard.tasks.connect(late);
        yard.tasks.arrive(resourceClass, hourMs);
      }
      return count(of);
    };
    await yard.crew.sweep();
    assert.deepEqual(yard.crew.outcomes(), ['kept never-registered']);
    assert.equal(yard.terminations(), 0);
  });

  test('is kept if CircleCI shows nothing any more between the last answers', async (t) => {
    const yard = await fleet(t, 3, { neverRegister: [2] });
    yard.pass(20 * minuteMs);
    await yard.crew.sweep();
    const count = yard.tasks.running.bind(yard.tasks);
    let counts = 0;
    yard.tasks.running = (of) => {
      // The token loses its rights: nothing is listed, and no task is counted.
      if ((counts += 1) === 2) yard.tasks.list = () => [];
      return counts < 2 ? count(of) : 0;
    };
    await yard.crew.sweep();
    assert.deepEqual(yard.crew.outcomes(), ['failed never-registered']);
    assert.equal(yard.terminations(), 0);
  });

  test('is kept if CircleCI shows nothing any more just then, though nobody who could be missed is in service', async (t) => {
    const yard = await fleet(t, 3, { neverRegister: [2] });
    for (const number of [0, 1]) yard.model.terminate(region, named(yard, number), true);
    yard.pass(20 * minuteMs);
    await yard.crew.sweep();
    const late = { name: named(yard, 2), resourceClass, life: continuous, ended: () => undefined };
    const count = yard.tasks.running.bind(yard.tasks);
    let counts = 0;
    yard.tasks.running = (of) => {
      if ((counts += 1) < 2) return count(of);
      // It registers and takes a task; then the token loses its rights.
      if (counts === 2) {
        yard.tasks.connect(late);
        yard.tasks.arrive(resourceClass, hourMs);
        yard.tasks.list = () => [];
      }
      return 0;
    };
    await yard.crew.sweep();
    assert.deepEqual(yard.crew.outcomes(), ['failed never-registered']);
    assert.equal(yard.terminations(), 0);
  });

  test('stays where AWS would replace it, and says so', async (t) => {
    const yard = await fleet(t, 2, { neverRegister: [0, 1], min: 1 });
    yard.pass(20 * minuteMs);
    await yard.crew.sweep(4);
    assert.deepEqual([yard.crew.outcomes(), yard.desired()], [['removed never-registered'], 1]);
    assert.deepEqual(yard.crew.stale(), ['at-min-size']);
  });

  test('stays in any other state than InService', async (t) => {
    const yard = await fleet(t, 3, { neverRegister: [0, 1, 2] });
    const states = ['Standby', 'Pending', 'Terminating:Wait'] as const;
    yard.ids.forEach(
      (id, index) => (yard.model.find(region, id).instance.state = states[index] ?? 'Standby'),
    );
    yard.pass(24 * hourMs);
    await yard.crew.sweep(3);
    assert.deepEqual([yard.crew.stale(), yard.terminations()], [[], 0]);
  });

  test('stays if it is protected from scale-in, or its group is tagged to be kept', async (t) => {
    const yard = await fleet(t, 1, { neverRegister: [0] });
    yard.model.protect(region, 'linux', yard.ids, true);
    const tagged = await fleet(t, 1, { neverRegister: [0], tags: { 'runner-autoscaler/keep': 'true' } });
    for (const each of [yard, tagged]) {
      each.pass(24 * hourMs);
      await each.crew.sweep(3);
      assert.deepEqual([each.crew.stale(), each.left().length], [['runner-exempt'], 1]);
    }
  });
});

describe('an instance that lost contact', () => {
  test('is ended when no task of the class runs, and not before', async (t) => {
    const yard = await fleet(t, 3);
    yard.tasks.arrive(resourceClass, 3 * hourMs);
    yard.pass(minuteMs);
    // It has the task, and ends it in silence.
    yard.tasks.hang(named(yard, 0));
    yard.pass(2 * hourMs);
    await yard.crew.sweep(3);
    assert.deepEqual([yard.crew.stale(), yard.left().length], [[], 3]);
    yard.pass(hourMs);
    await yard.crew.sweep(2);
    assert.deepEqual(yard.crew.outcomes(), ['removed lost-contact']);
    assert.deepEqual(yard.left(), [named(yard, 1), named(yard, 2)]);
    assert.deepEqual([yard.tasks.builds.count('done'), yard.tasks.builds.count('killed')], [1, 0]);
  });

  test('is kept when a task comes before the last look', async (t) => {
    const yard = await fleet(t, 2);
    yard.tasks.hang(named(yard, 0));
    yard.pass(2 * hourMs);
    await yard.crew.sweep();
    const count = yard.tasks.running.bind(yard.tasks);
    let counts = 0;
    yard.tasks.running = (of) => {
      if ((counts += 1) === 2) yard.tasks.arrive(resourceClass, hourMs);
      return count(of);
    };
    await yard.crew.sweep();
    assert.deepEqual(yard.crew.outcomes(), ['kept lost-contact']);
    assert.equal(yard.left().length, 2);
  });

  test('with most of its group is taken for an outage', async (t) => {
    const yard = await fleet(t, 8);
    for (const id of yard.ids.slice(0, 6)) yard.tasks.hang(id);
    yard.pass(90 * minuteMs);
    await yard.crew.sweep(3);
    assert.match(yard.crew.found.get('linux')?.brake?.because ?? '', /not heard of 6 of 8 instances/);
    assert.deepEqual([yard.crew.removals, yard.left().length], [[], 8]);
  });
});

describe('trouble', () => {
  const answers: readonly [string, RegExp, object | undefined, number, RegExp][] = [
    ['CircleCI does not list runners', /runner\?/, undefined, 503, /list-runners/],
    ['CircleCI does not count tasks', /running/, undefined, 500, /count-running-tasks/],
    [
      'CircleCI lists nobody while tasks run',
      /runner\?/,
      { items: [] },
      200,
      /1 tasks of acme\/linux run, but CircleCI lists only 0/,
    ],
    ['CircleCI lists other things than runners', /runner\?/, { items: [{ name: 1 }] }, 200, /list-runners/],
  ];
  for (const [what, path, body, status, because] of answers) {
    test(`${what}: the group holds`, async (t) => {
      const yard = await fleet(t, 2, { neverRegister: [1] });
      yard.tasks.arrive(resourceClass, hourMs);
      yard.pass(20 * minuteMs);
      await yard.crew.sweep();
      const before = yard.crew.holds.length;
      const attempts = status === 200 ? 1 : 3;
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        yard.circleCi.failNext({
          path,
          status,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      }
      await yard.crew.sweep();
      assert.match(yard.crew.holds.slice(before).join(), because);
      assert.deepEqual([yard.crew.removals, yard.terminations()], [[], 0]);
      await yard.crew.sweep();
      assert.deepEqual(yard.crew.outcomes(), ['removed never-registered']);
    });
  }

  test('an empty list of a fleet that was there a moment ago holds, though no task runs', async (t) => {
    const yard = await fleet(t, 3);
    yard.pass(20 * minuteMs);
    await yard.crew.sweep();
    yard.circleCi.failNext({ path: /runner\?/, status: 200, body: '{"items":[]}' });
    await yard.crew.sweep();
    assert.match(yard.crew.holds.join(), /CircleCI no longer lists the runner of i-/);
    assert.deepEqual([yard.crew.removals, yard.left().length], [[], 3]);
  });

  test('a fleet that has ended itself and is on its way out is no reason to hold: nobody is asked about it', async (t) => {
    const yard = await fleet(t, 3, { life: { singleTask: false, idleMs: 3 * minuteMs } });
    const group = yard.model.get(region, 'linux');
    while (group.instances.some(({ state }) => state === 'InService')) yard.pass(1_000);
    assert.deepEqual(
      group.instances.map(({ state }) => state),
      ['Terminating', 'Terminating', 'Terminating'],
    );
    await yard.crew.sweep();
    assert.deepEqual(yard.crew.holds, []);
    assert.equal(yard.terminations(), 0);
  });

  test('a token that sees nothing holds', async (t) => {
    const yard = await fleet(t, 1, { neverRegister: [0], tokenThatSees: 'another' });
    yard.pass(24 * hourMs);
    await yard.crew.sweep(3);
    assert.match(
      yard.crew.holds.join(),
      /does not list this class\. Check the resource class, and that CIRCLE_TOKEN \(or APP_CIRCLE_TOKEN\)/,
    );
    assert.equal(yard.terminations(), 0);
  });

  test('no token at all holds, and says what to set', async (t) => {
    const yard = await fleet(t, 1, { neverRegister: [0] });
    const { clock, env } = yard;
    const rest = { random: () => 0, readFile: () => '', onCall: () => undefined };
    const crew = new Crew(
      yard,
      config,
      new Clients({ env: { ...env, CIRCLE_TOKEN: undefined }, clock, ...rest }),
    );
    await crew.sweep();
    assert.match(crew.holds.join(), /^linux: .*set CIRCLE_TOKEN/);
  });

  test('a termination that AWS refuses does not stop the others, and is tried again', async (t) => {
    const yard = await fleet(t, 4, { neverRegister: [1, 2] });
    yard.pass(20 * minuteMs);
    await yard.crew.sweep();
    const action = 'TerminateInstanceInAutoScalingGroup';
    yard.aws.failNext({ action, status: 400, code: 'ScalingActivityInProgress' });
    await yard.crew.sweep();
    assert.deepEqual(yard.crew.outcomes(), ['failed never-registered', 'removed never-registered']);
    await yard.crew.sweep();
    assert.deepEqual([yard.left().length, yard.desired()], [2, 2]);
  });

  test('an answer that was lost ends nobody twice', async (t) => {
    const yard = await fleet(t, 3, { neverRegister: [1] });
    yard.pass(20 * minuteMs);
    await yard.crew.sweep();
    const action = 'TerminateInstanceInAutoScalingGroup';
    yard.aws.failNext({ action, status: 500, code: 'InternalFailure', afterDoing: true });
    await yard.crew.sweep(3);
    assert.deepEqual([yard.terminations(), yard.left().length, yard.desired()], [1, 2, 2]);
  });

  test('a process that does not lead ends nobody', async (t) => {
    const yard = await fleet(t, 2, { neverRegister: [1] });
    const { clock, env } = yard;
    const rest = { random: () => 0, readFile: () => '', onCall: () => undefined };
    const crew = new Crew(yard, config, new Clients({ env, clock, ...rest, mayChange: () => false }));
    await crew.sweep();
    yard.pass(20 * minuteMs);
    await crew.sweep(2);
    assert.deepEqual([crew.outcomes(), yard.terminations()], [['failed never-registered'], 0]);
  });
});

describe('groups that are found by their tag', () => {
  const discovery = configOf(`
discovery:
  circleci_namespace: acme
  auto_scaling_groups: { regions: [${region}] }
`);

  test('are swept as those that are declared; one that two groups claim is not', async (t) => {
    const yard = await fleet(t, 2, { neverRegister: [1, 2, 3], of: discovery });
    for (const name of ['first', 'second']) {
      const tags = { 'resource-class': 'acme/contested' };
      yard.model.create({ region, name, min: 0, max: 5, desired: 1, tags });
    }
    yard.pass(20 * minuteMs);
    await yard.crew.sweep(2);
    assert.deepEqual([[...yard.crew.found.keys()], yard.crew.holds], [[resourceClass], []]);
    assert.deepEqual([yard.crew.outcomes(), yard.terminations()], [['removed never-registered'], 1]);
  });

  test('are swept on while AWS does not let them be searched, and that is told', async (t) => {
    const yard = await fleet(t, 2, { neverRegister: [1], of: discovery });
    yard.pass(20 * minuteMs);
    await yard.crew.sweep();
    yard.aws.failNext({ action: 'DescribeAutoScalingGroups', status: 403, code: 'AccessDenied' });
    await yard.crew.sweep();
    assert.match(
      yard.crew.unsearched.join(),
      /^Auto Scaling groups in eu-west-1: .*Allow autoscaling:Describe/,
    );
    assert.deepEqual(yard.crew.outcomes(), ['removed never-registered']);
  });
});

test('looks at all groups of a region and of a namespace with one call each', async (t) => {
  const two = configOf(`
groups:
  - { name: a, resource_class: acme/a, strategy: unclaimedTasks, auto_scaling_group: { name: a, region: ${region} }, parameters: { min: 0, max: 5 } }
  - { name: b, resource_class: acme/b, strategy: unclaimedTasks, auto_scaling_group: { name: b, region: ${region} }, parameters: { min: 0, max: 5 } }
`);
  const setting = await stage(t, { life: continuous });
  for (const name of ['a', 'b']) {
    const tags = { 'resource-class': `acme/${name}` };
    setting.tasks.declareClass(`acme/${name}`);
    setting.model.create({ region, name, min: 0, max: 5, desired: 1, tags });
  }
  setting.pass(5 * minuteMs);
  const crew = new Crew(setting, two);
  await crew.sweep();
  assert.deepEqual([crew.holds, crew.found.size], [[], 2]);
  assert.equal(setting.circleCi.calls.filter(({ url }) => url.includes('/runner?')).length, 1);
  const pages = setting.aws.calls.filter(({ form }) => form.get('NextToken') === null);
  assert.equal(pages.length, 1);
});
