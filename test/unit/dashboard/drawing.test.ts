// The pure builders of the charts: scales, ticks, steps, stacks and how times are written. No page, no browser.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countTicks, linearScale, timeTicks } from '../../../dashboard/scale.ts';
import { stackLayers, stepArea, stepLine } from '../../../dashboard/shapes.ts';
import { clockTime, counted, duration, escapeText } from '../../../dashboard/text.ts';

describe('a scale', () => {
  it('maps the ends of its domain to the ends of its range, also upside down', () => {
    const y = linearScale([0, 10], [178, 18]);
    assert.deepEqual([y(0), y(5), y(10)], [178, 98, 18]);
  });

  it('rounds to a tenth of a pixel', () => {
    assert.equal(linearScale([0, 3], [0, 10])(1), 3.3);
  });

  it('gives the middle for a domain without extent', () => {
    assert.equal(linearScale([7, 7], [0, 10])(7), 5);
  });
});

describe('the ticks of counts', () => {
  it('are whole numbers from 0 that reach the highest value', () => {
    assert.deepEqual(countTicks(10, 4), [0, 5, 10]);
    assert.deepEqual(countTicks(7, 4), [0, 2, 4, 6, 8]);
    assert.deepEqual(countTicks(3, 4), [0, 1, 2, 3]);
    assert.deepEqual(countTicks(100, 4), [0, 50, 100]);
  });

  it('are 0 and 1 where everything is 0', () => {
    assert.deepEqual(countTicks(0, 4), [0, 1]);
  });
});

describe('the ticks of time', () => {
  const ten = Date.parse('2026-11-24T10:00:00Z');
  const written = (from: number, to: number): string[] => timeTicks(from, to, 4).map(clockTime);

  it('are round times inside, no more than asked for', () => {
    assert.deepEqual(written(ten - 60_000, ten + 1_500_000), ['10:00:00', '10:10:00', '10:20:00']);
    assert.deepEqual(written(ten + 1, ten + 31_000), ['10:00:10', '10:00:20', '10:00:30']);
  });

  it('are at the one moment there is', () => {
    assert.deepEqual(written(ten, ten), ['10:00:00']);
  });
});

describe('a step line', () => {
  it('stays level until the next point, then jumps', () => {
    const points = [
      { x: 0, y: 5 },
      { x: 10, y: 3 },
    ];
    assert.equal(stepLine(points), 'M0 5H10V3');
    assert.equal(stepLine([]), '');
  });

  it('bounds an area that goes back along the lower line', () => {
    const upper = [
      { x: 0, y: 5 },
      { x: 10, y: 3 },
      { x: 20, y: 3 },
    ];
    const lower = [
      { x: 0, y: 9 },
      { x: 10, y: 8 },
      { x: 20, y: 7 },
    ];
    assert.equal(stepArea(upper, lower), 'M0 5H10V3H20V3V7V8H10V9H0Z');
    assert.equal(stepArea([], []), '');
  });
});

describe('a stack', () => {
  it('puts each layer on the sum of those under it', () => {
    const rows = [
      { busy: 1, idle: 2 },
      { busy: 3, idle: 0 },
    ];
    assert.deepEqual(stackLayers(rows, ['busy', 'idle'] as const), [
      { key: 'busy', lower: [0, 0], upper: [1, 3] },
      { key: 'idle', lower: [1, 3], upper: [3, 3] },
    ]);
  });
});

describe('text', () => {
  it('is escaped for elements and attributes', () => {
    assert.equal(escapeText(`<a b="c" d='e'>&`), '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;');
  });

  it('says durations in the largest unit that leaves two of it', () => {
    const minute = 60_000;
    const said = [-5, 4000, 119_000, 8 * minute, 300 * minute, 4320 * minute].map(duration);
    assert.deepEqual(said, ['0 s', '4 s', '119 s', '8 min', '5 h', '3 d']);
  });

  it('says what is no time as unknown', () => {
    assert.equal(clockTime(Number.NaN), 'unknown');
  });

  it('counts one without a plural', () => {
    assert.deepEqual([counted(1, 'task'), counted(0, 'task')], ['1 task', '0 tasks']);
  });
});
