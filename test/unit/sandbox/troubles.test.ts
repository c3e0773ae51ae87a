// What a person breaks in the sandbox: the programs hold or say why starts fail, and go on once it is healed.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changedBy, highestSpeed, type Command, type Controls } from '../../../sandbox/troubles.ts';
import { minute, startWorld } from '../../fakes/world.ts';

const whole: Controls = { broken: new Set(), speed: 20, paused: false };

function after(...commands: readonly Command[]): Controls {
  return commands.reduce(changedBy, whole);
}

describe('a command', () => {
  test('breaks what is whole and mends what is broken, each by itself', () => {
    assert.deepEqual([...after('nodes-full', 'vendor-down').broken], ['vendor-down', 'nodes-full']);
    assert.deepEqual([...after('nodes-full', 'vendor-down', 'nodes-full').broken], ['vendor-down']);
  });

  test('heals all that is broken, and leaves speed and pause', () => {
    const healed = after('vendor-down', 'image-missing', 'faster', 'pause', 'heal');
    assert.deepEqual(healed, { broken: new Set(), speed: 50, paused: true });
  });

  test('goes through the speeds, and stays at the ends', () => {
    assert.equal(after('slower').speed, 10);
    assert.equal(after(...Array.from({ length: 20 }, () => 'slower' as const)).speed, 1);
    assert.equal(after(...Array.from({ length: 20 }, () => 'faster' as const)).speed, highestSpeed);
    assert.equal(changedBy({ ...whole, speed: 30 }, 'faster').speed, 50);
    assert.equal(changedBy({ ...whole, speed: 0.5 }, 'slower').speed, 0.5);
  });

  test('pauses, and goes on with the speed of before', () => {
    assert.equal(after('pause').paused, true);
    assert.deepEqual(after('pause', 'pause'), whole);
  });
});

describe('while the vendor is down', () => {
  test('a group is held with the cause, and works once it is healed', async (t) => {
    const given = await startWorld(t);
    const shift = given.begin();
    await shift.run(3 * minute);
    given.world.afflict(new Set(['vendor-down']));
    await shift.run(3 * minute);
    const held = shift.past().decisions.at(-1);
    assert.equal(held?.from, undefined);
    assert.match(held?.because ?? '', /bitbucket list-runners, workspace acme: HTTP 503/);
    given.world.afflict(new Set());
    await shift.run(3 * minute);
    assert.equal(shift.past().decisions.at(-1)?.from, 1);
  });
});

describe('while credentials are refused', () => {
  test('a group is held, and told which ones to check', async (t) => {
    const given = await startWorld(t);
    const shift = given.begin();
    await shift.run(3 * minute);
    given.world.afflict(new Set(['wrong-credential']));
    await shift.run(3 * minute);
    const held = shift.past().decisions.at(-1);
    assert.match(held?.because ?? '', /Check BITBUCKET_OAUTH_CLIENT_ID and BITBUCKET_OAUTH_CLIENT_SECRET/);
    given.world.afflict(new Set());
    await shift.run(3 * minute);
    assert.equal(shift.past().decisions.at(-1)?.from, 1);
  });
});

for (const [trouble, cause] of [
  ['nodes-full', /finds? no node \(Unschedulable\)/],
  ['image-missing', /can not get (?:its|their) image \(ImagePullBackOff\)/],
] as const) {
  test(`while ${trouble} lasts, starts fail with that cause; builds that run go on, and pods that wait start when it is healed`, async (t) => {
    const given = await startWorld(t, { bootMs: 20_000, groups: [{ parameters: { max: 5 } }] });
    const shift = given.begin();
    await shift.run(3 * minute);
    given.builds(1, 60 * minute);
    given.world.afflict(new Set([trouble]));
    await shift.run(7 * minute);
    assert.match(shift.past().decisions.at(-1)?.starts?.because ?? '', cause);
    assert.equal(shift.capacity().busy, 1);
    const waiting = shift.capacity().starting;
    assert.ok(waiting > 0);
    given.world.afflict(new Set());
    await shift.run(2 * minute);
    assert.ok(shift.capacity().idle >= waiting, 'those that waited are online');
    assert.equal(shift.past().decisions.at(-1)?.starts, undefined);
    assert.equal(given.world.service.builds.count('killed'), 0);
  });
}
