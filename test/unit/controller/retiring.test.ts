// Retiring: disable, wait, look afresh, delete only if idle. What a late answer hides in between must not cost a build (P2).

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { minute, startWorld, type Shift, type TestWorld } from '../../fakes/world.ts';

/** Four idle runners that are old enough to retire, and a look at which two of them do. */
async function untilRetiring(t: TestContext): Promise<{ given: TestWorld; shift: Shift }> {
  const given = await startWorld(t, { groups: [{ parameters: { min: 4 } }] });
  await given.begin().run(10 * minute);
  const shift = given.begin([{ parameters: { min: 1 } }]);
  await shift.run(5 * minute);
  for (let looks = 0; !did(shift, 'retire'); looks += 1) {
    assert.ok(looks < 60, 'nobody retires');
    await shift.run(5000);
  }
  return { given, shift };
}

function did(shift: Shift, kind: string): boolean {
  return shift.past().results.some(({ action }) => action.kind === kind);
}

function outcomes(shift: Shift, kind: string): string[] {
  return shift.past().results.flatMap(({ action, outcome }) => (action.kind === kind ? [outcome] : []));
}

describe('a retired runner', () => {
  test('is deleted on both sides a minute after it was disabled, not before', async (t) => {
    const { given, shift } = await untilRetiring(t);
    await shift.run(50_000);
    assert.equal(given.left().runners.length, 4);
    await shift.run(90_000);
    const { runners, jobs, secrets } = given.left();
    assert.deepEqual([runners.length, jobs.length, secrets.length], [1, 1, 1]);
  });

  test('costs three calls and a share of one list, however many retire together', async (t) => {
    const { shift } = await untilRetiring(t);
    const retired = outcomes(shift, 'retire').length;
    assert.ok(retired > 1);
    let before = 0;
    for (let looks = 0; !did(shift, 'remove') && looks < 30; looks += 1) {
      before = shift.calls.length;
      await shift.run(5000);
    }
    assert.equal(outcomes(shift, 'remove').length, retired);
    const operations = shift.calls.slice(before).map(({ operation }) => operation);
    const times = (word: string): number => operations.filter((operation) => operation === word).length;
    assert.deepEqual([times('get-runner'), times('delete-runner')], [0, retired]);
    assert.equal(times('list-runners'), 2, 'one to decide, and a fresh one for all that go');
  });

  test('that the shared list lacks is asked for alone, as only that answer says that it is gone', async (t) => {
    const { given, shift } = await untilRetiring(t);
    const { service } = given.world;
    const [list, find] = [service.list.bind(service), service.find.bind(service)];
    let listedAt = 0;
    service.list = (scope) => {
      const isFresh = listedAt === given.clock.now();
      listedAt = given.clock.now();
      return isFresh ? [] : list(scope);
    };
    service.find = (scope, id) => {
      const shown = find(scope, id);
      return shown && { ...shown, step: true };
    };
    await shift.run(5 * minute);
    assert.deepEqual(new Set(outcomes(shift, 'remove')), new Set(['kept']));
    assert.equal(given.left().jobs.length, 4);
  });

  // The service shows a step only at the runner's next report; when that comes depends on when the runner started.
  for (const bootMs of [1000, 8000, 16_000, 24_000]) {
    test(`that took a step just before it was disabled is kept until the step has ended (boot ${bootMs} ms)`, async (t) => {
      const given = await startWorld(t, { bootMs, groups: [{ parameters: { min: 4 } }] });
      await given.begin().run(10 * minute);
      const shift = given.begin([{ parameters: { min: 1 } }]);
      const { service } = given.world;
      const setDisabled = service.setDisabled.bind(service);
      service.setDisabled = (scope, id, disabled) => {
        if (disabled) given.builds(1, 4 * minute);
        return setDisabled(scope, id, disabled);
      };
      await shift.run(60 * minute);
      const { builds } = service;
      assert.ok(builds.all.length > 0);
      assert.equal(builds.count('killed'), 0);
      assert.equal(builds.count('done'), builds.all.length);
    });
  }

  test('that has a step at the fresh look is kept, though the list did not show it', async (t) => {
    const { given, shift } = await untilRetiring(t);
    const { service } = given.world;
    const list = service.list.bind(service);
    let listedAt = 0;
    service.list = (scope) => {
      // Time stands still within a look, so that another list of the same moment is the fresh look.
      const isFresh = listedAt === given.clock.now();
      listedAt = given.clock.now();
      return list(scope).map((shown) =>
        isFresh && shown.status === 'DISABLED' ? { ...shown, step: true } : shown,
      );
    };
    await shift.run(5 * minute);
    assert.ok(outcomes(shift, 'remove').length > 0);
    assert.deepEqual(new Set(outcomes(shift, 'remove')), new Set(['kept']));
    assert.equal(given.left().runners.length, 4);
  });

  test('whose fresh look fails is kept', async (t) => {
    const { given, shift } = await untilRetiring(t);
    let listedAt = 0;
    const isFresh = (method: string, path: string): boolean => {
      if (method !== 'GET' || !path.endsWith('/runners')) return false;
      const isSecond = listedAt === given.clock.now();
      listedAt = given.clock.now();
      return isSecond;
    };
    given.world.bitbucket.failNext({ match: isFresh, with: 'html', times: 1000 });
    await shift.run(5 * minute);
    assert.deepEqual(new Set(outcomes(shift, 'remove')), new Set(['failed']));
    assert.equal(given.left().runners.length, 4);
    given.world.bitbucket.clearFaults();
    await shift.run(5 * minute);
    assert.ok(given.left().runners.length < 4);
  });

  test('that is enabled again by somebody is kept', async (t) => {
    const { given, shift } = await untilRetiring(t);
    await shift.run(45_000);
    for (const { id } of given.world.service.list(given.scope())) {
      given.world.service.setDisabled(given.scope(), id, false);
    }
    await shift.run(30_000);
    assert.equal(given.left().runners.length, 4);
  });

  test('is taken back when builds come, before anybody is ordered', async (t) => {
    const { given, shift } = await untilRetiring(t);
    const before = given.world.service.registeredEver;
    given.builds(2, 20 * minute);
    while (!did(shift, 'take-back')) {
      await shift.tick();
      given.clock.pass(5000);
    }
    assert.deepEqual(outcomes(shift, 'take-back')[0], 'done');
    assert.equal(given.world.service.registeredEver, before);
    await shift.run(30 * minute);
    assert.equal(given.world.service.builds.count('done'), 2);
  });

  test('that can not be taken back is replaced at the next look', async (t) => {
    const { given, shift } = await untilRetiring(t);
    const before = given.world.service.registeredEver;
    const isState = (method: string, path: string): boolean => method === 'PUT' && path.endsWith('/state');
    given.world.bitbucket.failNext({ match: isState, with: 400, times: 2 });
    given.builds(2, 20 * minute);
    await shift.run(75_000);
    assert.deepEqual(new Set(outcomes(shift, 'take-back')), new Set(['failed']));
    assert.ok(given.world.service.registeredEver > before);
    assert.ok(given.mostOf() <= 10);
  });
});

describe('what must be left alone', () => {
  test('a runner that went offline with a step', async (t) => {
    const given = await startWorld(t);
    const shift = given.begin();
    await shift.run(3 * minute);
    given.builds(1, 90 * minute);
    await shift.run(2 * minute);
    const working = given.world.service.list(given.scope()).find(({ step }) => step);
    assert.ok(working);
    given.world.service.disconnect(working.id);
    await shift.run(30 * minute);
    assert.ok(given.left().runners.includes(working.id));
    assert.equal(given.world.service.builds.count('killed'), 0);
  });

  test('runners of other people, however idle', async (t) => {
    const given = await startWorld(t);
    const { name, labels } = given.group();
    const scope = given.scope();
    const { service } = given.world;
    const foreign = [labels.filter((label) => !label.startsWith('autoscaler.')), [...labels, 'more']].map(
      (others) => service.register({ scope, name, labels: others }),
    );
    const shift = given.begin();
    await shift.run(60 * minute);
    const { runners } = given.left();
    for (const made of foreign) assert.ok(made !== 'limit' && runners.includes(made.id));
  });

  test('a registration whose Job is there, though nobody labelled it as ours', async (t) => {
    const given = await startWorld(t);
    const { name, labels } = given.group();
    const made = given.world.service.register({ scope: given.scope(), name, labels });
    assert.ok(made !== 'limit');
    const containers = [{ name: 'runner', image: 'runner' }];
    given.world.kubernetes.create({ kind: 'Namespace', metadata: { name: 'runners' } });
    given.world.kubernetes.create({
      ...{ kind: 'Job', apiVersion: 'batch/v1' },
      metadata: { name: `runner-${made.id}`, namespace: 'runners' },
      spec: { template: { spec: { restartPolicy: 'Never', containers } } },
    });
    const shift = given.begin();
    await shift.run(20 * minute);
    assert.ok(given.left().runners.includes(made.id));
    assert.deepEqual(new Set(outcomes(shift, 'discard')), new Set(['kept']));
  });
});
