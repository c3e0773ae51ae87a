// How a log line reads on a terminal: one line each, whatever it carries.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readableLine } from '../../../core/process/readable-line.ts';

const decision = {
  ...{ level: 'info', time: '2026-12-01T10:00:00.000Z', name: 'runner-controller', group: 'Linux' },
  ...{
    from: 2,
    to: 4,
    do: 'order 2',
    reason: 'above-threshold',
    because: '2 of 2 busy: wanted ceil(2 × 3) = 6',
  },
  limits: [{ limit: 'max', from: 6, to: 4, because: 'max is 4' }],
  ...{ capacity: { starting: 0, idle: 0, busy: 2 }, runners: { order: [] }, msg: 'decision' },
};

test('a decision is one sentence: the change, why, the limits, what is done', () => {
  const text = 'Linux  2 → 4  2 of 2 busy: wanted ceil(2 × 3) = 6  [max]  (order 2)';
  assert.equal(readableLine(decision), text);
});

test('any other line is its message, then its fields', () => {
  const line = { level: 'info', msg: 'ordered', group: 'Linux', runners: ['a', 'b'], links: [{ link: 'x' }] };
  assert.equal(readableLine(line), 'ordered  group: Linux; runners: a, b; links: [{"link":"x"}]');
  assert.equal(readableLine({ msg: 'stopped' }), 'stopped');
});

test('nothing in a line moves the cursor or begins another line, but for the frames of a stack', () => {
  const line = readableLine({ msg: 'a\nb', error: '\u001b[2J\u009b', stack: 'Error: a\n    at x\n    at y' });
  assert.equal(line, 'a\\u000ab  error: \\u001b[2J\\u009b\n    at x\n    at y');
});
