// Builds that last as long as Bitbucket allows, outages, and other clusters of the same configuration: no build is killed.

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { parseConfig } from '../../../core/config/parse.ts';
import type { Config } from '../../../core/config/config.ts';
import { configText, startWorld, type TestWorld } from '../../fakes/world.ts';
import { Crew, makeRunner, pass, register } from './crew.ts';

const groups = [{ parameters: { max: 50 } }];
const hourMs = 3_600_000;

function world(t: TestContext): Promise<TestWorld> {
  return startWorld(t, { groups });
}

function times(count: number, make: () => string): string[] {
  return Array.from({ length: count }, make);
}

/** One registered and online whose Job is not in this cluster. */
function elsewhere(given: TestWorld): string {
  const id = register(given);
  given.world.service.connect(id);
  return id;
}

function moved(namespace: string): Config {
  const { config } = parseConfig(configText({ groups: [{ ...groups[0], namespace }] }), 'config.yaml');
  assert.ok(config);
  return config;
}

describe('builds of 12 hours, the longest that Bitbucket allows', () => {
  test('outlast an outage of nearly as long', async (t) => {
    const given = await world(t);
    const { service } = given.world;
    const ids = times(6, () => makeRunner(given));
    pass(given, 1);
    given.builds(6, 12 * hourMs);
    pass(given, 1);
    for (const id of ids) service.disconnect(id);
    const crew = new Crew(given);
    for (let hour = 0; hour < 11; hour += 1) {
      await crew.sweep(5);
      pass(given, 55);
    }
    for (const id of ids) service.connect(id);
    pass(given, 2 * 60);
    assert.deepEqual(crew.removals, []);
    assert.deepEqual([service.builds.count('done'), service.builds.count('killed')], [6, 0]);
  });

  for (const [where, make, config] of [
    ['its Job is in the namespace that the group had before', makeRunner, moved('moved-to')],
    ['its Job is in another cluster', elsewhere, undefined],
  ] as const) {
    test(`end on a runner that drains and is shown with a step, though ${where}`, async (t) => {
      const given = await world(t);
      const { service } = given.world;
      const id = make(given);
      pass(given, 1);
      given.builds(1, 12 * hourMs);
      pass(given, 1);
      service.setDisabled(given.scope(), id, true);
      const crew = new Crew(given, config);
      for (let hour = 0; hour < 12; hour += 1) {
        await crew.sweep(5);
        pass(given, 54);
      }
      assert.deepEqual(crew.removals, []);
      pass(given, 60);
      assert.deepEqual([service.builds.count('done'), service.builds.count('killed')], [1, 0]);
    });
  }
});

describe('an outage of 11 minutes removes nothing', () => {
  for (const [here, there] of [
    [8, 0],
    [8, 8],
    [3, 12],
  ] as const) {
    test(`with ${here} runners here and ${there} in another cluster of the same configuration`, async (t) => {
      const given = await world(t);
      const ids = [...times(here, () => makeRunner(given)), ...times(there, () => elsewhere(given))];
      pass(given, 1);
      for (const id of ids) given.world.service.disconnect(id);
      pass(given, 13);
      const crew = new Crew(given);
      await crew.sweep(2);
      assert.equal(crew.pass?.brake?.silent, here + there);
      assert.deepEqual(crew.removals, []);
    });
  }
});
