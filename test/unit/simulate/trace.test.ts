// Traces: what is read, what is refused and where; and the figures and the picture of a result.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatProblem } from '../../../core/errors.ts';
import { drawSimulations } from '../../../cli/simulation-chart.ts';
import { quantile, simulate } from '../../../simulate/simulate.ts';
import { parseTrace } from '../../../simulate/trace.ts';
import { policy } from '../controller/decide/given.ts';

function problems(text: string): string[] {
  return (parseTrace(text, 'a.csv').problems ?? []).map(formatProblem);
}

const header = 'arrival_seconds,run_seconds';

describe('a trace', () => {
  test('gives each build in milliseconds', () => {
    const { arrivals } = parseTrace(`${header}\n0,144\n1.5,60\n`, 'a.csv');
    assert.deepEqual(arrivals, [
      { atMs: 0, runMs: 144_000 },
      { atMs: 1500, runMs: 60_000 },
    ]);
  });

  test('may have line ends of Windows, blank lines and a byte order mark', () => {
    assert.equal(parseTrace(`\uFEFF${header}\r\n0,1\r\n\r\n2,3\r\n`, 'a.csv').arrivals?.length, 2);
  });

  test('without its header is refused', () => {
    assert.deepEqual(problems('0,144\n'), [`a.csv:1:1: the first line must be "${header}"`]);
  });

  test('without a build is refused', () => {
    assert.deepEqual(problems(`${header}\n`), ['a.csv:1:1: there is no build in it']);
  });

  test('has every bad line told with its number', () => {
    const lines = ['0,1', '-1,5', 'x,5', '5', '5,6,7', '5,', '0,Infinity', '1e400,1', '1,2'];
    const told = problems([header, ...lines].join('\n'));
    assert.deepEqual(
      told.map((problem) => problem.split(': ')[0]),
      [3, 4, 5, 6, 7, 8, 9].map((line) => `a.csv:${line}:1`),
    );
    assert.match(told[0] ?? '', /"-1,5" is not two numbers from 0, such as 120,300/);
  });

  test('quotes no more than the beginning of a long line', () => {
    assert.ok((problems(`${header}\n${'x'.repeat(10_000)}`)[0] ?? '').length < 200);
  });
});

describe('a quantile', () => {
  test('of nothing is 0', () => assert.equal(quantile([], 0.5), 0));
  test('of one is that one', () => assert.equal(quantile([7], 0.95), 7));
  test('is a value below which the share lies', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index);
    assert.deepEqual(
      [0, 0.5, 0.95, 1].map((share) => quantile(hundred, share)),
      [0, 50, 95, 99],
    );
  });
});

describe('a simulation', () => {
  const options = {
    policy: policy(),
    model: {
      ...{ reportEveryMs: 30_000, offlineAfterMs: 90_000, runnerLimit: 100, failsWithoutRunner: true },
      ...{ room: 100, bootMs: () => 30_000, creationMs: 300 },
    },
    demand: [{ atMs: 0, runMs: 60_000 }],
    warmUpMs: 300_000,
    coolOffMs: 600_000,
  };

  test('of one build on a waiting runner: it starts at once, and nothing is ordered before it is seen', () => {
    const result = simulate(options);
    assert.deepEqual([result.waits, result.done, result.failed, result.killed], [[0], 1, 0, 0]);
    assert.equal(result.allRunningMs, 0);
    assert.ok(result.runnerHours > 0 && result.apiCalls > 0 && result.changes >= 1);
  });

  test('of a build that finds nobody online counts it as failed, as Bitbucket fails its step', () => {
    const result = simulate({ ...options, warmUpMs: 0 });
    assert.deepEqual([result.failed, result.done], [1, 0]);
  });

  test('of no demand at all ends', () => {
    const result = simulate({ ...options, demand: [] });
    assert.deepEqual([result.waits, result.allRunningMs, result.registeredEver], [[], 0, 1]);
  });

  test('counts the hours of each runner from registration to deletion', () => {
    const result = simulate({ ...options, demand: [], warmUpMs: 0, coolOffMs: 3_600_000 });
    assert.ok(Math.abs(result.runnerHours - 1) < 0.02, String(result.runnerHours));
  });

  test('is drawn as a picture that cannot be broken by its title', () => {
    const svg = drawSimulations([{ title: '<script>&', result: simulate(options) }]);
    assert.match(svg, /^<svg [\s\S]*<\/svg>$/);
    assert.doesNotMatch(svg, /<script|NaN|undefined/);
  });

  test('beside another is one picture, with axes, units and steps', () => {
    const result = simulate(options);
    const svg = drawSimulations(['a', 'b'].map((title) => ({ title, result })));
    assert.equal(svg.match(/<svg /g)?.length, 1);
    assert.equal(svg.match(/hours:minutes<\/text>/g)?.length, 2);
    assert.match(svg, />runners, builds</);
    assert.match(svg, />0:10</, 'ticks of time');
    const paths = [...svg.matchAll(/ d="([^"]*)"/g)].map(([, path = '']) => path);
    assert.ok(
      paths.every((path) => !path.includes('L')),
      'no slopes',
    );
  });
});
