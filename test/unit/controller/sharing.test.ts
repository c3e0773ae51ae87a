// Groups of one workspace: they share a list and the vendor's limit, and nothing of each other's trouble.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { minute, startWorld, type Shift, type TestWorld } from '../../fakes/world.ts';

function count(shift: Shift, operation: string): number {
  return shift.calls.filter((call) => call.operation === operation).length;
}

function lists(given: TestWorld): number {
  return given.world.bitbucket.calls.filter(
    ({ method, path }) => method === 'GET' && path.endsWith('/runners'),
  ).length;
}

describe('P9: groups of one workspace', () => {
  test('share one list at each look', async (t) => {
    const given = await startWorld(t, { groups: [{}, {}, {}] });
    const shift = given.begin();
    await shift.run(3 * minute);
    const before = lists(given);
    await shift.run(30 * minute);
    assert.equal(lists(given) - before, 60);
  });

  test('share it under pressure too', async (t) => {
    const given = await startWorld(t, { bootMs: 5 * minute, groups: [{}, {}, {}] });
    const shift = given.begin();
    await shift.tick();
    const before = lists(given);
    await shift.run(3 * minute);
    assert.equal(lists(given) - before, 12);
  });

  test('use one token as long as it lasts', async (t) => {
    const given = await startWorld(t, { groups: [{}, {}] });
    const shift = given.begin();
    await shift.run(60 * minute);
    assert.equal(count(shift, 'get-token'), 1);
  });

  test('ask a list of their own when they have changed something since', async (t) => {
    const given = await startWorld(t, { groups: [{}, {}] });
    const shift = given.begin();
    await shift.tick('group-1');
    const before = lists(given);
    await shift.tick('group-2');
    assert.equal(lists(given), before, 'the other group has changed nothing, and takes the list');
    given.clock.pass(1000);
    await shift.tick('group-1');
    assert.equal(lists(given), before + 1);
  });
});

describe('P1: the runners that Bitbucket allows', () => {
  for (const slow of ['the cluster', 'Bitbucket']) {
    test(`are not exceeded by two groups that decide at the same instant, ${slow} answering last`, async (t) => {
      const given = await startWorld(t, {
        constants: { bitbucket_runner_limit: 10 },
        groups: [{ parameters: { min: 8 } }, { parameters: { min: 8 } }],
      });
      const shift = given.begin();
      if (slow === 'the cluster') delayJobsOf(given, 'group-1');
      await shift.tick();
      const orders = ['group-1', 'group-2'].flatMap((name) =>
        shift
          .past(name)
          .decisions.flatMap(({ actions }) =>
            actions.flatMap((action) => (action.kind === 'order' ? [action.count] : [])),
          ),
      );
      assert.deepEqual(orders.sort(), [2, 8]);
      assert.equal(given.left().runners.length, 10);
      for (const name of ['group-1', 'group-2']) {
        assert.ok(shift.past(name).results.every(({ outcome }) => outcome === 'done'));
      }
    });
  }

  test('are what is left of places whose creation failed', async (t) => {
    const given = await startWorld(t, {
      constants: { bitbucket_runner_limit: 10 },
      groups: [{ parameters: { min: 8 } }, { parameters: { min: 2 } }],
    });
    const shift = given.begin();
    const isRegistration = (method: string, path: string): boolean =>
      method === 'POST' && path.endsWith('/runners');
    given.world.bitbucket.failNext({ match: isRegistration, with: 503, times: 10 });
    await shift.tick();
    given.world.bitbucket.clearFaults();
    await shift.run(3 * minute);
    assert.equal(given.left().runners.length, 10);
  });

  test('are left to the others by an order that the cluster refuses', async (t) => {
    const given = await startWorld(t, {
      constants: { bitbucket_runner_limit: 10 },
      groups: [
        { namespace: 'refused', parameters: { min: 8 } },
        { namespace: 'granted', parameters: { min: 8 } },
      ],
    });
    const shift = given.begin();
    const match = { method: 'POST', path: /\/namespaces\/refused\// };
    given.world.kubernetes.failNext({ match, with: { status: 403, message: 'no' }, times: 100 });
    await shift.run(3 * minute);
    assert.equal(shift.capacity('group-2').idle, 8);
  });

  test('count what other people have registered', async (t) => {
    const given = await startWorld(t, {
      constants: { bitbucket_runner_limit: 10 },
      groups: [{ parameters: { min: 8 } }],
    });
    for (let number = 0; number < 7; number += 1) {
      given.world.service.register({ scope: given.scope(), name: 'theirs', labels: ['self.hosted'] });
    }
    const shift = given.begin();
    await shift.run(3 * minute);
    assert.equal(given.left().runners.length, 10);
    assert.deepEqual(
      shift
        .past()
        .decisions.at(-1)
        ?.limits.map(({ limit }) => limit),
      ['min', 'vendor-limit'],
    );
  });
});

/** The group's Jobs come at the second attempt, when the other group has decided on the list they share. */
function delayJobsOf({ world }: TestWorld, name: string): void {
  const isOf = ({ query }: { query: Readonly<Record<string, string>> }): boolean =>
    query['labelSelector']?.includes(name) === true;
  world.kubernetes.failNext({ match: { method: 'GET', when: isOf }, with: { status: 503 } });
}

describe('P4: the trouble of one group', () => {
  const groups = [{ namespace: 'refused' }, { namespace: 'granted' }];
  const inRefused = /\/namespaces\/refused\//;

  for (const [what, fault] of [
    ['a namespace that is refused', { status: 403, message: 'no' }],
    ['a cluster that breaks off', 'reset-before'],
    ['a page in place of an answer', 'html'],
  ] as const) {
    test(`${what} is not the other's`, async (t) => {
      const given = await startWorld(t, { groups });
      const shift = given.begin();
      given.world.kubernetes.failNext({ match: { path: inRefused }, with: fault, times: 100_000 });
      await shift.run(5 * minute);
      assert.equal(shift.capacity('group-2').idle, 1);
      const troubled = shift.past('group-1');
      assert.ok(
        troubled.decisions.every(
          ({ reason, actions }) => reason === 'target-unavailable' && actions.length === 0,
        ),
      );
      given.world.kubernetes.clearFaults();
      await shift.run(3 * minute);
      assert.equal(shift.capacity('group-1').idle, 1);
    });
  }
});

describe('P3: a look that fails', () => {
  for (const fault of [500, 401, 403, 404, 429, 'html', 'half', 'empty', 'reset-before'] as const) {
    test(`${fault} from Bitbucket: holds, and goes on afterwards`, async (t) => {
      const given = await startWorld(t, { groups: [{ parameters: { min: 2 } }] });
      const shift = given.begin();
      await shift.run(10 * minute);
      const before = shift.past().decisions.length;
      const isList = (method: string, path: string): boolean => method === 'GET' && path.endsWith('/runners');
      given.world.bitbucket.failNext({ match: isList, with: fault, times: 100_000 });
      await shift.run(10 * minute);
      const during = shift.past().decisions.slice(before);
      assert.ok(during.length > 2);
      assert.ok(
        during.every(({ reason, actions }) => reason === 'source-unavailable' && actions.length === 0),
      );
      given.world.bitbucket.clearFaults();
      await shift.run(20 * minute);
      assert.equal(shift.capacity().idle, 2);
      assert.equal(given.world.service.registeredEver, 2);
    });
  }
});
