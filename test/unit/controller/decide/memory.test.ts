// What is remembered between looks, how it is forgotten, and when the next look is due.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nextLookIn } from '../../../../controller/decide/cadence.ts';
import { decide } from '../../../../controller/decide/decide.ts';
import { remember, rememberFailedTakeBacks, type Memory } from '../../../../controller/decide/memory.ts';
import { policyOf } from '../../../../controller/decide/policy.ts';
import type { Member, Observation } from '../../../../controller/decide/snapshot.ts';
import { parseConfig } from '../../../../core/config/parse.ts';
import { member, members, memory, now, policy, second, snapshot, startTimeoutMs } from './given.ts';

function looks(...seen: readonly (readonly Member[])[]): Memory {
  const remembered = seen.reduce<Memory | undefined>(
    (before, each, index) =>
      remember(before, { ...snapshot(each), observedAt: now + index * second }, startTimeoutMs),
    undefined,
  );
  assert.ok(remembered);
  return remembered;
}

const drained = member('a', 'draining');
const draining = member('a', 'draining', { busyness: 'busy' });

describe('remembering', () => {
  test('the first look stays the first', () => {
    assert.equal(looks([], [], []).firstLookAt, now);
  });

  test('busy is the latest look at which it was not known to be idle', () => {
    const unknown = member('b', 'busy', { busyness: 'unknown' });
    const seen = looks([member('a', 'busy'), unknown], [member('a', 'idle'), unknown]);
    assert.deepEqual(seen.lastBusyAt, { a: now, b: now + second });
  });

  test('drained counts from the first look at which it had no step', () => {
    assert.deepEqual(looks([draining], [drained], [drained]).drainingIdleSince, { a: now + second });
  });

  test('a step in between starts the count again', () => {
    assert.deepEqual(looks([drained], [draining], [drained]).drainingIdleSince, { a: now + 2 * second });
  });

  test('being taken back in between starts the count again', () => {
    assert.deepEqual(looks([drained], [member('a', 'idle')], [drained]).drainingIdleSince, {
      a: now + 2 * second,
    });
  });

  test('lost counts from the first look at which it was', () => {
    const lost = member('a', 'starting', { lost: true });
    assert.deepEqual(looks([member('a', 'starting')], [lost], [lost]).lostSince, { a: now + second });
  });

  test('what is no longer seen is forgotten', () => {
    const seen = looks([member('a', 'busy'), drained, member('c', 'starting', { lost: true })], []);
    assert.deepEqual([seen.lastBusyAt, seen.drainingIdleSince, seen.lostSince], [{}, {}, {}]);
  });

  test('broken is who was when it was last seen enabled, however often it is disabled', () => {
    const broken = member('a', 'unhealthy');
    assert.deepEqual(looks([broken], [drained], [draining]).brokenSince, { a: now });
    assert.deepEqual(looks([broken], [drained], [member('a', 'idle')], [drained]).brokenSince, {});
    assert.deepEqual(looks([member('a', 'idle')], [drained]).brokenSince, {});
  });

  test('a failed take-back is remembered as long as the runner is there', () => {
    const failed = rememberFailedTakeBacks(looks([drained]), ['a'], now);
    assert.deepEqual(remember(failed, snapshot([drained]), startTimeoutMs).takeBackFailedAt, { a: now });
    assert.deepEqual(remember(failed, snapshot([]), startTimeoutMs).takeBackFailedAt, {});
  });
});

describe('the next look', () => {
  const after = (seen: readonly Member[], failuresInRow = 0): number => {
    const observation: Observation = { ok: true, snapshot: snapshot(seen) };
    const decision = decide(policy(), observation, memory(observation.snapshot), now);
    return nextLookIn(policy(), { decision, observation, failuresInRow }) / second;
  };
  const calm = members({ busy: 1, idle: 2 });

  test('a calm group is looked at at the calm interval', () => assert.equal(after(calm), 30));
  test('over its threshold, soon', () => assert.equal(after(members({ busy: 10 })), 15));
  test('while runners start, soon', () => assert.equal(after([...calm, member('a', 'starting')]), 15));
  test('while runners drain, soon', () => assert.equal(after([...calm, draining]), 15));
  test('while something is lost, soon', () =>
    assert.equal(after([...calm, member('a', 'unhealthy', { lost: true })]), 15));
  test('after an order, soon', () => assert.equal(after([]), 15));
  test('below min, soon, though nothing may be ordered', () =>
    assert.equal(after(members({ unhealthy: 10 })), 15));
  test('unhealthy runners alone are no hurry', () =>
    assert.equal(after([...calm, member('a', 'unhealthy')]), 30));

  test('after failures soon, then less often, never less than calm', () => {
    assert.deepEqual(
      [1, 2, 3, 1000].map((failures) => after(calm, failures)),
      [15, 30, 30, 30],
    );
  });

  test('a failed look is no reason for hurry by itself', () => {
    const observation: Observation = { ok: false, failure: { reason: 'source-unavailable', message: 'no' } };
    const decision = decide(policy(), observation, undefined, now);
    const slow = policy({}, { pollingIntervalMs: 600 * second });
    const waits = [1, 2, 3, 4, 5, 6, 7].map((failuresInRow) =>
      nextLookIn(slow, { decision, observation, failuresInRow }),
    );
    assert.deepEqual(
      waits.map((ms) => ms / second),
      [15, 30, 60, 120, 240, 480, 600],
    );
  });
});

test('a policy takes its numbers from the group and its times from the constants, in milliseconds', () => {
  const { config } = parseConfig(
    `
constants: {runner_api_polling_interval: 60, fast_polling_interval: 20, runner_cool_down_period: 40, runner_start_timeout: 50}
groups:
  - {name: a, workspace: acme, labels: [x], namespace: n, strategy: percentageRunnersIdle, parameters: {min: 1, max: 2, scale_up_threshold: 0.5, scale_down_threshold: 0.2, scale_up_multiplier: 1.5, scale_down_multiplier: 0.5}}
`,
    'config',
  );
  const [group] = config?.groups ?? [];
  assert.ok(config && group);
  const { coolDownMs, startTimeoutMs, pollingIntervalMs, fastPollingIntervalMs, rule } = policyOf(
    group,
    config,
  );
  assert.deepEqual(
    [coolDownMs, startTimeoutMs, pollingIntervalMs, fastPollingIntervalMs],
    [40, 50, 60, 20].map((s) => s * second),
  );
  assert.deepEqual([rule.min, rule.max], [1, 2]);
});
