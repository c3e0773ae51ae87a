// The loop that ticks a group, and the watching of mounted files: in time that the test moves.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { nextDue, startLoop } from '../../../core/process/loop.ts';
import { watchText } from '../../../core/process/watch.ts';
import { manualClock } from '../../fakes/clock.ts';

describe('when the next step is due', () => {
  test('at a whole multiple of its interval, so that loops meet', () => {
    assert.deepEqual(
      [60, 61, 74].map((began) => nextDue(began, 30)),
      [90, 90, 90],
    );
  });

  test('never sooner than half an interval', () => {
    assert.deepEqual(
      [75, 76, 89].map((began) => nextDue(began, 30)),
      [90, 120, 120],
    );
  });

  test('always between half an interval and one and a half', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.integer({ min: 1, max: 600_000 }), (began, interval) => {
        const wait = nextDue(began, interval) - began;
        assert.ok(wait >= interval / 2 && wait < 1.5 * interval);
      }),
    );
  });
});

describe('a loop', () => {
  test('begins at once, and goes on when each step says', async () => {
    const clock = manualClock(60_000);
    const began: number[] = [];
    const intervals = [10_000, 30_000, 10_000];
    const loop = startLoop({
      clock,
      step: () => {
        began.push(clock.now() / 1000);
        return Promise.resolve(intervals[began.length - 1] ?? 10_000);
      },
    });
    await clock.advance(60_000);
    assert.deepEqual(began, [60, 70, 90, 100, 110, 120]);
    await loop.stop();
  });

  test('never has two steps at a time, however long one takes', async () => {
    const clock = manualClock();
    let steps = 0;
    let finish = (): void => undefined;
    const loop = startLoop({
      clock,
      step: () => {
        steps += 1;
        return new Promise((resolve) => (finish = () => resolve(10)));
      },
    });
    await clock.advance(1000);
    assert.equal(steps, 1);
    finish();
    await clock.advance(1);
    assert.equal(steps, 2, 'the next one is long due');
    const stopped = loop.stop();
    finish();
    await stopped;
  });

  test('stops when the step under way has ended, and starts no other', async () => {
    const clock = manualClock();
    let finish = (): void => undefined;
    let ended = false;
    let steps = 0;
    const loop = startLoop({
      clock,
      step: () => {
        steps += 1;
        return new Promise((resolve) => (finish = () => resolve(10)));
      },
    });
    const stopped = loop.stop().then(() => (ended = true));
    await clock.advance(100);
    assert.equal(ended, false);
    finish();
    await stopped;
    await clock.advance(100);
    assert.equal(steps, 1);
  });
});

describe('watching a text', () => {
  function watching(known: string, texts: readonly (string | undefined)[]) {
    const clock = manualClock();
    const abort = new AbortController();
    const changes: number[] = [];
    let index = 0;
    const ended = watchText({
      known: { file: known },
      read: () => {
        const text = texts[Math.min(index, texts.length - 1)];
        index += 1;
        return text === undefined ? Promise.reject(new Error('gone')) : Promise.resolve({ file: text });
      },
      clock,
      everyMs: 5,
      signal: abort.signal,
      changed: () => {
        changes.push(clock.now());
        return Promise.resolve(true);
      },
    });
    return { clock, changes, stop: () => (abort.abort(), ended) };
  }

  test('tells each change once, and not what is known', async () => {
    const { clock, changes, stop } = watching('a', ['a', 'b', 'b', 'a']);
    await clock.advance(50);
    assert.deepEqual(changes, [10, 20]);
    await stop();
  });

  test('a text that cannot be read for a while is no change', async () => {
    const { clock, changes, stop } = watching('a', [undefined, undefined, 'a', 'b']);
    await clock.advance(50);
    assert.deepEqual(changes, [20]);
    await stop();
  });

  test('an edit between the reading of what is in force and the first look is a change', async () => {
    const { clock, changes, stop } = watching('a', ['b']);
    await clock.advance(5);
    assert.deepEqual(changes, [5]);
    await stop();
  });

  test('the first text after it could not be read at all is a change', async () => {
    const { clock, changes, stop } = watching('', [undefined, 'a']);
    await clock.advance(20);
    assert.deepEqual(changes, [10]);
    await stop();
  });

  test('ends when it is told to', async () => {
    const { clock, changes, stop } = watching('a', ['b']);
    await clock.advance(0);
    await stop();
    await clock.advance(50);
    assert.deepEqual(changes, []);
  });
});
