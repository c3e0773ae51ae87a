// Whole sweeps against both doubles: what goes, in which order, what stays, and what trouble does to them.

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { startWorld, minute } from '../../fakes/world.ts';
import { Crew, makeJob, makeRunner, makeSecret, pass, podOf, register } from './crew.ts';

const hour = 60;

function forNamespace(namespace: string) {
  return { namespace, labels: [namespace] };
}

describe('a sweep', () => {
  test('removes what is stale in two passes, with its Job and Secret, and nothing else', async (t) => {
    const world = await startWorld(t);
    const [well, dead] = [makeRunner(world), makeRunner(world)];
    pass(world, 1);
    world.world.service.disconnect(dead);
    pass(world, 13);
    const crew = new Crew(world);
    await crew.sweep();
    assert.equal(world.left().runners.length, 2, 'one pass only marks');
    await crew.sweep();
    assert.deepEqual(crew.outcomes(), ['disabled offline', 'removed offline']);
    assert.deepEqual(world.left(), {
      runners: [well],
      jobs: [`runner-${well}`],
      secrets: [`runner-oauth-credentials-${well}`],
    });
    await crew.sweep(2);
    assert.equal(crew.removals.length, 2, 'then there is nothing left to do');
  });

  test('de-registers first, then deletes the very Job that it saw, in the foreground', async (t) => {
    const world = await startWorld(t);
    world.world.service.stop(makeRunner(world));
    pass(world, hour);
    const order: string[] = [];
    const crew = new Crew(world);
    await crew.sweep();
    const { kubernetes, bitbucket, service } = world.world;
    const deregister = service.deregister.bind(service);
    service.deregister = (...of) => {
      const jobs = kubernetes.calls.filter(({ method }) => method === 'DELETE').length;
      order.push(`runner, after ${jobs} deletions in the cluster`);
      return deregister(...of);
    };
    await crew.sweep();
    assert.deepEqual(order, ['runner, after 0 deletions in the cluster']);
    assert.deepEqual([world.left().jobs, world.left().secrets], [[], []]);
    assert.ok(bitbucket.calls.some(({ method }) => method === 'DELETE'));
  });

  test('leaves the Job when the registration could not be removed, and goes on with the others', async (t) => {
    const world = await startWorld(t);
    const dead = [makeRunner(world), makeRunner(world), makeRunner(world)];
    for (const id of dead) world.world.service.stop(id);
    pass(world, hour);
    const crew = new Crew(world);
    await crew.sweep();
    world.world.bitbucket.failNext({ match: (method) => method === 'DELETE', with: 403 });
    await crew.sweep();
    const ended = crew.outcomes().filter((outcome) => !outcome.startsWith('disabled'));
    assert.deepEqual(ended, ['failed offline', 'removed offline', 'removed offline']);
    assert.deepEqual([world.left().runners.length, world.left().jobs.length], [1, 1]);
    await crew.sweep(12);
    assert.deepEqual(world.left(), { runners: [], jobs: [], secrets: [] });
  });

  test('keeps what the last look finds well again', async (t) => {
    const world = await startWorld(t);
    const id = makeRunner(world);
    pass(world, 1);
    world.world.service.disconnect(id);
    pass(world, 20);
    const crew = new Crew(world);
    await crew.sweep();
    const { service } = world.world;
    const find = service.find.bind(service);
    service.find = (scope, of) => {
      service.connect(of);
      return find(scope, of);
    };
    await crew.sweep();
    assert.deepEqual(crew.outcomes(), ['kept offline']);
    assert.equal(world.left().runners.length, 1);
  });

  test('holds when one side does not answer, and removes nothing', async (t) => {
    const world = await startWorld(t);
    world.world.service.stop(makeRunner(world));
    pass(world, hour);
    const crew = new Crew(world);
    await crew.sweep();
    const isList = { method: 'GET', path: /\/jobs$/ };
    world.world.kubernetes.failNext({ match: isList, with: { status: 403 }, times: 9 });
    await crew.sweep();
    assert.match(crew.holds.join(), /list Jobs in runners/);
    assert.equal(world.left().runners.length, 1);
    world.world.kubernetes.clearFaults();
    await crew.sweep();
    assert.equal(world.left().runners.length, 0);
  });
});

describe('orphans', () => {
  test('on either side are gone within two sweeps after their grace', async (t) => {
    const world = await startWorld(t);
    const [jobless, gone, secretOnly] = [register(world), register(world), register(world)];
    makeJob(world, gone);
    makeSecret(world, secretOnly);
    for (const id of [gone, secretOnly]) world.world.service.deregister(world.scope(), id);
    pass(world, 10);
    const crew = new Crew(world);
    await crew.sweep(2);
    assert.deepEqual(crew.outcomes(), [
      'removed job-without-registration',
      'removed registration-without-job',
      'removed secret-without-owner',
    ]);
    assert.deepEqual(world.left(), { runners: [], jobs: [], secrets: [] });
    assert.ok(!world.left().runners.includes(jobless));
  });

  test('that are young are left alone', async (t) => {
    const world = await startWorld(t);
    const [, gone] = [register(world), register(world)];
    makeJob(world, gone);
    world.world.service.deregister(world.scope(), gone);
    const crew = new Crew(world);
    await crew.sweep(4);
    assert.deepEqual(crew.removals, []);
  });
});

describe('what is not ours', () => {
  test('stays: runners made by hand, Jobs of other programs, and what is marked to be kept', async (t) => {
    const world = await startWorld(t);
    register(world, 0, ['linux', 'self.hosted', 'label.1']);
    const kept = register(world);
    makeJob(world, kept, 0, { annotations: { 'runner-autoscaler/keep': 'true' } });
    world.world.service.stop(kept);
    const foreign = { namespace: 'runners', name: 'runner-other', labels: { runner_uuid: 'other' } };
    const spec = { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } };
    world.world.kubernetes.create({ kind: 'Job', metadata: foreign, spec });
    pass(world, 24 * hour);
    const crew = new Crew(world);
    await crew.sweep(3);
    assert.deepEqual(crew.removals, []);
    assert.deepEqual([world.left().runners.length, world.left().jobs.length], [2, 2]);
  });

  test('stays: the runners of another cluster that works from the same configuration, while they start and work', async (t) => {
    const world = await startWorld(t);
    const elsewhere = [register(world), register(world)];
    world.world.service.connect(elsewhere[0] ?? '');
    pass(world, 8);
    const crew = new Crew(world);
    await crew.sweep(2);
    assert.deepEqual(crew.removals, [], 'eight minutes of start are nothing unusual');
    world.world.service.connect(elsewhere[1] ?? '');
    pass(world, hour);
    await crew.sweep(3);
    assert.deepEqual(crew.removals, []);
  });

  test('stays: a group that is exempt', async (t) => {
    const world = await startWorld(t);
    world.world.service.stop(makeRunner(world));
    pass(world, hour);
    const config = {
      ...world.config,
      groups: world.config.groups.map((group) => ({ ...group, cleanerEnabled: false })),
    };
    const crew = new Crew(world, config);
    await crew.sweep(3);
    assert.deepEqual([crew.removals, world.left().runners.length], [[], 1]);
  });
});

describe('two groups of one workspace, in two namespaces', () => {
  test('each loses its own runner with its own Job and Secret; nothing leaks', async (t) => {
    const world = await startWorld(t, { groups: [forNamespace('first'), forNamespace('second')] });
    const dead = [makeRunner(world, 0), makeRunner(world, 1)];
    const well = [makeRunner(world, 0), makeRunner(world, 1)];
    for (const id of dead) world.world.service.stop(id);
    pass(world, hour);
    await new Crew(world).sweep(2);
    const left = world.left();
    assert.deepEqual([...left.runners].sort(), [...well].sort());
    assert.deepEqual([...left.jobs].sort(), well.map((id) => `runner-${id}`).sort());
    assert.equal(left.secrets.length, 2);
  });
});

describe('two cleaners at once', () => {
  test('remove each thing once, and neither fails', async (t) => {
    const world = await startWorld(t);
    for (let count = 0; count < 4; count += 1) world.world.service.stop(makeRunner(world));
    pass(world, hour);
    const crews = [new Crew(world), new Crew(world)];
    await Promise.all(crews.map((crew) => crew.sweep()));
    await Promise.all(crews.map((crew) => crew.sweep()));
    assert.deepEqual(world.left(), { runners: [], jobs: [], secrets: [] });
    const failed = crews.flatMap(({ removals }) => removals.filter(({ outcome }) => outcome === 'failed'));
    assert.deepEqual(failed, []);
  });
});

describe('a build', () => {
  test('whose runner is offline for 20 minutes ends well', async (t) => {
    const world = await startWorld(t);
    const id = makeRunner(world);
    pass(world, 1);
    world.builds(1, 40 * minute);
    pass(world, 2);
    world.world.service.disconnect(id);
    const crew = new Crew(world);
    await crew.sweep(20);
    assert.equal(crew.pass?.subjects[0]?.runner?.status, 'offline');
    world.world.service.connect(id);
    await crew.sweep(25);
    assert.equal(world.world.service.builds.count('done'), 1);
    assert.deepEqual([world.world.service.builds.count('killed'), crew.removals], [0, []]);
  });
});

/** One runner at work, one that never came online, and a build that waits for either: each build takes two hours. */
async function overdueWithBuildWaiting(t: TestContext) {
  const world = await startWorld(t, { bootMs: 48 * hour * minute });
  const [atWork, silent] = [makeRunner(world), makeRunner(world)];
  world.world.service.connect(atWork);
  pass(world, hour);
  world.builds(2, 2 * hour * minute);
  pass(world, 1);
  return { world, silent };
}

describe('a runner whose pod still runs', () => {
  test('is disabled first: a build that waits does not come to one that connects just before it is deleted', async (t) => {
    const { world, silent } = await overdueWithBuildWaiting(t);
    const crew = new Crew(world);
    await crew.sweep();
    const { service } = world.world;
    const deregister = service.deregister.bind(service);
    service.deregister = (...of) => {
      service.connect(silent);
      return deregister(...of);
    };
    await crew.sweep();
    assert.deepEqual(crew.outcomes(), ['disabled never-online', 'removed never-online']);
    assert.deepEqual([service.builds.count('waiting'), service.builds.count('killed')], [1, 0]);
    assert.ok(!world.left().runners.includes(silent));
  });

  test('stays if it was enabled, took a build and was disabled again since the sweep before', async (t) => {
    const world = await startWorld(t);
    const [atWork, id] = [makeRunner(world), makeRunner(world)];
    const { service } = world.world;
    pass(world, 1);
    world.builds(1, 2 * hour * minute);
    pass(world, 1);
    const idle = service.buildOn(id) === undefined ? id : atWork;
    service.setDisabled(world.scope(), idle, true);
    pass(world, 5);
    const crew = new Crew(world);
    await crew.sweep(2);
    assert.equal(crew.pass?.stale[0]?.reason, 'drained');
    // Between two reports, so that its step does not show yet.
    pass(world, 1 / 6);
    service.setDisabled(world.scope(), idle, false);
    world.builds(1, 2 * hour * minute);
    service.setDisabled(world.scope(), idle, true);
    assert.ok(service.buildOn(idle) !== undefined && !service.reportsTruly(idle));
    await crew.sweep(4);
    assert.deepEqual([service.builds.count('killed'), world.left().runners.length], [0, 2]);
    await crew.sweep(2 * hour);
    assert.deepEqual([service.builds.count('done'), service.builds.count('killed')], [2, 0]);
    assert.ok(!world.left().runners.includes(idle), 'drained, it goes');
  });

  test('goes without, if it can not be disabled but its pod never ran', async (t) => {
    const world = await startWorld(t, { bootMs: 48 * hour * minute });
    makeRunner(world);
    pass(world, hour);
    const isState = (method: string, path: string): boolean => method === 'PUT' && path.endsWith('/state');
    world.world.bitbucket.failNext({ match: isState, with: 404, times: 999 });
    const crew = new Crew(world);
    await crew.sweep(2);
    assert.deepEqual(crew.outcomes(), ['removed never-online']);
  });

  test('keeps the build that came just before it was disabled, and goes when that has ended', async (t) => {
    const { world, silent } = await overdueWithBuildWaiting(t);
    const crew = new Crew(world);
    await crew.sweep();
    const { service } = world.world;
    const setDisabled = service.setDisabled.bind(service);
    service.setDisabled = (...of) => {
      service.connect(silent);
      return setDisabled(...of);
    };
    await crew.sweep();
    assert.deepEqual(crew.outcomes(), ['disabled never-online', 'kept never-online']);
    await crew.sweep(130);
    assert.deepEqual([service.builds.count('done'), service.builds.count('killed')], [2, 0]);
    assert.ok(!world.left().runners.includes(silent));
  });

  test('stays if it can not be disabled, until it has been silent for longer than any build takes', async (t) => {
    const world = await startWorld(t);
    const id = makeRunner(world);
    pass(world, 1);
    world.world.service.disconnect(id);
    pass(world, hour);
    const isState = (method: string, path: string): boolean => method === 'PUT' && path.endsWith('/state');
    world.world.bitbucket.failNext({ match: isState, with: 404, times: 999 });
    const crew = new Crew(world);
    await crew.sweep(3);
    assert.deepEqual(crew.outcomes(), ['failed offline', 'failed offline']);
    pass(world, 12 * hour);
    await crew.sweep();
    assert.deepEqual(world.left(), { runners: [], jobs: [], secrets: [] });
  });
});

describe('an outage', () => {
  test('of a whole group is no reason to remove it; when it ends all are there', async (t) => {
    const world = await startWorld(t);
    const ids = Array.from({ length: 8 }, () => makeRunner(world));
    pass(world, 1);
    for (const id of ids) world.world.service.disconnect(id);
    const crew = new Crew(world);
    await crew.sweep(60);
    assert.deepEqual(crew.removals, []);
    assert.match(crew.pass?.brake?.because ?? '', /^8 of 8 runners are offline/);
    for (const id of ids) world.world.service.connect(id);
    await crew.sweep(1);
    assert.equal(crew.pass?.brake, undefined);
    assert.equal(world.left().runners.length, 8);
  });
});

describe('a Job', () => {
  test('that failed, or whose pod gets no image, goes with its registration', async (t) => {
    const world = await startWorld(t, { bootMs: 24 * hour * minute });
    const [failed, imageless] = [makeRunner(world), makeRunner(world)];
    world.world.kubernetes.setPodPhase(podOf(world, failed), 'Failed');
    world.world.kubernetes.setPodPhase(podOf(world, imageless), 'Pending', 'ImagePullBackOff');
    pass(world, 10);
    const crew = new Crew(world);
    await crew.sweep(2);
    assert.deepEqual(crew.outcomes(), [
      'disabled pod-image-pull',
      'removed job-failed',
      'removed pod-image-pull',
    ]);
    assert.deepEqual(world.left(), { runners: [], jobs: [], secrets: [] });
  });
});

describe('controller and cleaner side by side', () => {
  test('serve builds on nodes that take 8 minutes to start a pod', async (t) => {
    const world = await startWorld(t, { bootMs: 8 * minute, groups: [{ parameters: { min: 2 } }] });
    const shift = world.begin();
    const crew = new Crew(world);
    for (let count = 0; count < 12; count += 1) {
      await shift.run(minute);
      await crew.sweep();
    }
    world.builds(2, minute);
    for (let count = 0; count < 5; count += 1) {
      await shift.run(minute);
      await crew.sweep();
    }
    assert.equal(world.world.service.builds.count('done'), 2);
    assert.deepEqual(crew.removals, []);
  });
});
