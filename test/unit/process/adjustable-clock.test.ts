// The sandbox's clock: its speed changes while programs wait, and a pause stops it.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { AdjustableClock } from '../../../core/process/clock.ts';

function given(t: TestContext, speed: number) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let real = 0;
  const clock = new AdjustableClock(speed, 1_000, () => real);
  return {
    clock,
    pass: async (ms: number): Promise<void> => {
      real += ms;
      t.mock.timers.tick(ms);
      await Promise.resolve();
    },
    sleep: (ms: number, signal?: AbortSignal): { over: boolean } => {
      const state = { over: false };
      void clock.sleep(ms, signal).then(() => (state.over = true));
      return state;
    },
  };
}

test('runs as many times faster as it is told, and goes on from where it was when that changes', async (t) => {
  const { clock, pass } = given(t, 20);
  await pass(100);
  assert.equal(clock.now(), 3_000);
  clock.setSpeed(2);
  assert.equal(clock.now(), 3_000);
  await pass(100);
  assert.equal(clock.now(), 3_200);
});

test('a wait ends by the new speed when that changes in its middle', async (t) => {
  const { clock, pass, sleep } = given(t, 1);
  const slept = sleep(1_000);
  await pass(500);
  clock.setSpeed(100);
  await pass(4);
  assert.equal(slept.over, false);
  await pass(1);
  assert.equal(slept.over, true);
});

test('a paused clock stands still and ends no wait, and goes on afterwards', async (t) => {
  const { clock, pass, sleep } = given(t, 10);
  const slept = sleep(1_000);
  clock.setSpeed(0);
  await pass(1_000_000);
  assert.deepEqual([slept.over, clock.now()], [false, 1_000]);
  clock.setSpeed(10);
  await pass(100);
  assert.deepEqual([slept.over, clock.now()], [true, 2_000]);
});

test('a wait ends at once when its signal aborts, even while the clock is paused', async (t) => {
  const { pass, sleep } = given(t, 0);
  const end = new AbortController();
  const slept = sleep(1_000, end.signal);
  end.abort();
  await pass(0);
  assert.equal(slept.over, true);
});

test('a wait for nothing lets others have their turn first', async (t) => {
  const { pass, sleep } = given(t, 10);
  const slept = sleep(0);
  await Promise.resolve();
  assert.equal(slept.over, false);
  await pass(1);
  assert.equal(slept.over, true);
});
