// P7 on real HTTP against both doubles: runners that never come online open the breaker, and everything names the link that broke.

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { PodMishap } from '../../../sandbox/pod-mishaps.ts';
import { startTestController, type GivenController, type TestController } from '../../fakes/controller.ts';
import { until } from '../../fakes/until.ts';
import { configText, minute, startWorld } from '../../fakes/world.ts';

const home = 'bitbucket-runner-control-plane';
const replica = { POD_NAME: 'runner-controller-1', POD_NAMESPACE: home, POD_UID: 'uid-1' };
const image: PodMishap = {
  ...{ kind: 'stuck', reason: 'ImagePullBackOff' },
  message: 'Back-off pulling image "registry.invalid/runner:1"',
};
const quota: PodMishap = {
  kind: 'refused',
  message:
    'pods "runner-x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=0, limited: pods=0',
};

/** As one replica of a Deployment: it leads by a lease on the double, in real time. */
async function inCluster(t: TestContext, given: GivenController = {}): Promise<TestController> {
  const made = await startTestController(t, { ...given, env: replica });
  const { kubernetes } = made.world;
  if (kubernetes.objects('Namespace').every(({ metadata }) => metadata.name !== home))
    kubernetes.create({ kind: 'Namespace', metadata: { name: home } });
  await until('that it leads', () => made.controller.status().leader);
  return made;
}

function eventsOf({ world }: TestController): string[] {
  return world.kubernetes
    .objects('Event')
    .filter(({ metadata }) => metadata.namespace === home)
    .map(({ reason, message }) => `${String(reason)} ${String(message)}`);
}

function callsTo({ world }: { readonly world: TestController['world'] }, path: RegExp): number {
  return world.kubernetes.calls.filter((call) => call.method === 'GET' && path.test(call.path)).length;
}

/** The sentence without the command at its end, and whether the pod or Job that the command shows is there. */
function told(sentence: string | undefined, { world }: { readonly world: TestController['world'] }) {
  const [, links, kind = '', namespace, name] =
    /^(.*); `kubectl describe (pod|job) -n (\S+) (\S+)` shows one$/.exec(sentence ?? '') ?? [];
  const objects = world.kubernetes.objects(kind === 'pod' ? 'Pod' : 'Job');
  const isThere = objects.some(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  return { links, shows: isThere ? kind : `no ${kind} ${namespace}/${name}` };
}

const isPodList = /\/pods$/;
const isEventList = /\/events$/;

describe('an image that can not be pulled', () => {
  test('is named by the decision, /status, the log, the metric and one Event; when it is there again, that is told', async (t) => {
    const given = await inCluster(t, { groups: [{ parameters: { min: 3 } }] });
    given.world.podMishap = image;
    await given.run(12 * minute);
    const sentence =
      '3 runners never came online and none has since: 3 can not get their image (ImagePullBackOff)';
    const decision = given.controller.status().groups[0]?.decision;
    const because = decision?.starts?.because ?? '';
    assert.deepEqual(told(because, given), { links: sentence, shows: 'pod' });
    const limit = decision?.limits.find((found) => found.limit === 'start-failures')?.because ?? '';
    assert.ok(limit.startsWith(`${because}; `), limit);
    assert.match(await given.text('/metrics'), /start_failures\{group="group-1",link="image-pull"\} 3\n/);
    const lines = given.logs.filter(({ msg }) => msg === 'runners do not come online');
    assert.deepEqual(
      lines.map(({ level, stopped }) => [level, stopped]),
      [
        ['warn', false],
        ['warn', true],
      ],
      'once when they take long, once when ordering stops',
    );
    assert.match(String(lines[1]?.['because']), /registry\.invalid\/runner:1/);
    assert.ok(String(lines[1]?.['because']).startsWith(because));
    const stopped = eventsOf(given);
    assert.equal(stopped.length, 1, stopped.join('\n'));
    assert.match(
      stopped[0] ?? '',
      /^OrderingStopped Group group-1: .*ImagePullBackOff.*kubectl describe pod -n runners runner-.*registry\.invalid/,
    );

    given.world.podMishap = undefined;
    await given.run(40 * minute);
    assert.ok((given.controller.status().groups[0]?.capacity?.idle ?? 0) > 0, 'the probe came online');
    assert.equal(given.controller.status().groups[0]?.decision?.starts, undefined);
    assert.doesNotMatch(await given.text('/metrics'), /start_failures\{/);
    assert.deepEqual(
      eventsOf(given).map((line) => line.split(' ')[0]),
      ['OrderingStopped', 'OrderingResumed'],
    );
    assert.ok(given.logs.some(({ msg }) => msg === 'runners come online again'));
  });
});

describe('other links', () => {
  const cases: readonly (readonly [string, GivenController, PodMishap | undefined, string, 'pod' | 'job'])[] =
    [
      ['a quota', {}, quota, '3 are kept out by a quota (FailedCreate)', 'job'],
      [
        'an admission policy',
        {},
        {
          kind: 'refused',
          message: 'pods "runner-x" is forbidden: violates PodSecurity "restricted:latest"',
        },
        '3 get no pod, as the cluster refuses them (FailedCreate)',
        'job',
      ],
      ['nodes without room', { room: 0 }, undefined, '3 find no node (Unschedulable)', 'pod'],
      [
        'a crash',
        {},
        { kind: 'stuck', reason: 'CrashLoopBackOff', message: 'text of the program' },
        '3 crash again and again (CrashLoopBackOff)',
        'pod',
      ],
    ];
  for (const [name, world, mishap, links, shows] of cases) {
    test(`${name} is named, and the ${shows} that shows it`, async (t) => {
      const given = await startTestController(t, { ...world, groups: [{ parameters: { min: 3 } }] });
      given.world.podMishap = mishap;
      await given.run(12 * minute);
      const because = given.controller.status().groups[0]?.decision?.starts?.because;
      const sentence = `3 runners never came online and none has since: ${links}`;
      assert.deepEqual(told(because, given), { links: sentence, shows });
    });
  }

  test('pods that run without being seen by the CI service are named', async (t) => {
    const given = await startTestController(t, { groups: [{ parameters: { min: 3 } }] });
    given.world.service.connect = () => undefined;
    await given.run(12 * minute);
    const starts = given.controller.status().groups[0]?.decision?.starts;
    assert.deepEqual(
      starts?.links.map(({ link, runners, words }) => ({ link, runners, words })),
      [{ link: 'never-registered', runners: 3, words: [] }],
    );
    assert.equal(told(starts?.because, given).shows, 'pod');
  });
});

describe('frugality (P9)', () => {
  test('no pod and no event is listed while every start goes well', async (t) => {
    const given = await startWorld(t, { bootMs: 2 * minute, groups: [{}, {}] });
    given.builds(3, 20 * minute);
    const shift = given.begin();
    await shift.run(60 * minute);
    assert.ok(given.left().jobs.length > 0);
    assert.equal(callsTo(given, isPodList) + callsTo(given, isEventList), 0);
  });

  test('the groups of one namespace share each list of pods, and events are asked for only where a pod is missing', async (t) => {
    const given = await startWorld(t, { groups: [{}, {}] });
    given.world.podMishap = image;
    const shift = given.begin();
    await shift.run(4 * minute);
    assert.equal(callsTo(given, isPodList), 0, 'not before half of the start timeout');
    await shift.run(5 * minute);
    const looks = shift.past().decisions.length;
    assert.ok(callsTo(given, isPodList) > 0);
    assert.ok(
      callsTo(given, isPodList) <= looks,
      `${callsTo(given, isPodList)} in ${looks} looks of two groups`,
    );
    assert.equal(callsTo(given, isEventList), 0);
  });
});

describe('a list of pods that fails', () => {
  for (const [name, fault] of [
    ['forbidden', { status: 403, reason: 'Forbidden', message: 'pods is forbidden' }],
    ['an error', { status: 500 }],
    ['a page in its place', 'html'],
  ] as const) {
    test(`(${name}) holds no decision, and says that nobody could tell`, async (t) => {
      const given = await startWorld(t, { groups: [{ parameters: { min: 3 } }] });
      given.world.podMishap = image;
      given.world.kubernetes.failNext({
        match: { method: 'GET', path: isPodList },
        with: fault,
        times: 10_000,
      });
      const shift = given.begin();
      await shift.run(12 * minute);
      const { decisions } = shift.past();
      assert.ok(
        decisions.every(({ from }) => from !== undefined),
        'none was held',
      );
      const starts = decisions.at(-1)?.starts;
      assert.equal(starts?.because, '3 runners never came online and none has since');
      assert.deepEqual([starts.stopped, starts.links[0]?.link], [true, 'unknown']);
      assert.match(starts.links[0]?.detail ?? '', /list Pods in runners/);
    });
  }

  test('of events leaves a pod that is missing', async (t) => {
    const given = await startWorld(t, { groups: [{ parameters: { min: 3 } }] });
    given.world.podMishap = quota;
    const forbidden = { status: 403, reason: 'Forbidden', message: 'no' };
    given.world.kubernetes.failNext({
      match: { method: 'GET', path: isEventList },
      with: forbidden,
      times: 10_000,
    });
    const shift = given.begin();
    await shift.run(12 * minute);
    assert.equal(shift.past().decisions.at(-1)?.starts?.links[0]?.link, 'no-pod');
  });
});

describe('Events', () => {
  test('tell edits that are refused and taken, once each', async (t) => {
    const given = await inCluster(t);
    await given.run(minute);
    given.write(configText({ groups: [{ parameters: { min: 20, max: 10 } }] }));
    await given.run(2 * minute);
    given.edit([{ parameters: { min: 2 } }]);
    await given.run(minute);
    const [refused, accepted, ...more] = eventsOf(given);
    assert.match(refused ?? '', /^SettingsRefused .*min is 20/);
    assert.match(accepted ?? '', /^SettingsInForce /);
    assert.deepEqual(more, []);
  });

  test('tell a hold that lasts, with the link, and its end; the metric tells it at once', async (t) => {
    const given = await inCluster(t);
    const isToken = (_method: string, path: string): boolean => path === '/site/oauth2/access_token';
    given.world.bitbucket.failNext({ match: isToken, with: 401, times: 100_000 });
    await given.run(minute);
    assert.match(await given.text('/metrics'), /holds\{group="group-1",link="unauthorized"\} 1\n/);
    assert.deepEqual(eventsOf(given), []);
    await given.run(9 * minute);
    assert.match(
      eventsOf(given).join('\n'),
      /^GroupHeld Group group-1 is held, nothing is changed \(unauthorized\): /,
    );
    given.world.bitbucket.clearFaults();
    await given.run(2 * minute);
    assert.equal(eventsOf(given).length, 2);
    assert.doesNotMatch(await given.text('/metrics'), /runner_autoscaler_holds\{/);
    const said = JSON.stringify(given.world.kubernetes.objects('Event'));
    assert.doesNotMatch(said, /sandbox-secret|Bearer/, 'P8');
  });

  test('that can not be posted hinder nothing', async (t) => {
    const given = await inCluster(t);
    given.world.kubernetes.failNext({
      match: { method: 'POST', path: isEventList },
      with: { status: 403 },
      times: 99,
    });
    await given.run(minute);
    given.edit([{ parameters: { min: 3 } }]);
    await given.run(minute);
    assert.equal(given.controller.status().groups[0]?.capacity?.idle, 3);
    assert.ok(
      given.logs.some(({ level, msg }) => level === 'debug' && msg === 'an event could not be posted'),
    );
  });
});
