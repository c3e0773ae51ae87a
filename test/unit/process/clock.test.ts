// The clock that both programs live by: it follows the wall clock without ever jumping.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evenTime } from '../../../core/process/clock.ts';

const minute = 60_000;

function given() {
  let real = 0;
  let skew = 0;
  const read = evenTime(
    () => 1_000_000_000 + real + skew,
    () => real,
  );
  return {
    read,
    set: (ms: number) => void (skew += ms),
    pass(ms: number): number {
      const before = read();
      real += ms;
      return read() - before;
    },
    error: () => read() - (1_000_000_000 + real + skew),
  };
}

test('shows the wall clock while nobody sets it', () => {
  const clock = given();
  assert.equal(clock.pass(90 * minute), 90 * minute);
  assert.equal(clock.error(), 0);
});

test('a clock that is set an hour forward does not end a wait of a minute', () => {
  const clock = given();
  clock.set(60 * minute);
  assert.equal(clock.pass(48_000), 60_000);
  clock.pass(4 * 60 * minute);
  assert.equal(clock.error(), 0);
});

test('a clock that is set an hour back never runs backwards, and is right again after 80 minutes', () => {
  const clock = given();
  clock.set(-60 * minute);
  for (let step = 0; step < 80; step += 1) assert.ok(clock.pass(minute) >= minute / 4);
  assert.equal(clock.error(), 0);
});
