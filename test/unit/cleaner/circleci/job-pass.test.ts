// Which Jobs may go: those found so in an earlier pass as well, as the very same Job with the very same pod.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { passJobs } from '../../../../cleaner/stale/circleci/job-pass.ts';
import type { SeenRunnerJob } from '../../../../cleaner/stale/circleci/subject.ts';
import { now, terms } from '../given.ts';
import { job, pods } from './given.ts';

const later = now + 60_000;
const stuck = job('pending', 700, { pods: pods('image-pull', 700) });

function dueAfter(first: SeenRunnerJob[], second: SeenRunnerJob[], at = later): string[] {
  const { marks } = passJobs(first, terms, new Map(), now);
  return passJobs(second, terms, marks, at).due.map(({ id, reason }) => `${id} ${reason}`);
}

describe('a Job may go', () => {
  const rows: readonly [string, SeenRunnerJob[], SeenRunnerJob[], string[]][] = [
    ['when two passes find it stale', [stuck], [stuck], ['linux-0 pod-image-pull']],
    [
      'not when only the first does',
      [stuck],
      [job('running', 760, { pods: pods(undefined, 760, { runs: true }) })],
      [],
    ],
    ['not when only the second does', [], [stuck], []],
    ['not when it is another Job of its name', [stuck], [{ ...stuck, uid: 'uid-1' }], []],
    [
      'not when it has another pod',
      [stuck],
      [{ ...stuck, pods: pods('image-pull', 700, { uid: 'pod-1' }) }],
      [],
    ],
    ['not when it was stuck and has failed since', [stuck], [job('failed', 700)], []],
    ['not when it is marked to be kept', [stuck], [{ ...stuck, keep: true }], []],
  ];
  for (const [why, first, second, expected] of rows) {
    test(why, () => assert.deepEqual(dueAfter(first, second), expected));
  }

  test('not within the same moment, whatever was marked', () => {
    assert.deepEqual(dueAfter([stuck], [stuck], now), []);
  });
});

test('what recovered in between is seen anew', () => {
  const first = passJobs([stuck], terms, new Map(), now);
  const well = passJobs([], terms, first.marks, later);
  const again = passJobs([stuck], terms, well.marks, later + 60_000);
  assert.deepEqual([again.stale.map(({ id }) => id), again.due], [['linux-0'], []]);
});

test('each Job is judged by itself: that many are stuck at once keeps none of them', () => {
  const many = Array.from({ length: 20 }, (_, index) => ({
    ...stuck,
    name: `linux-${index}`,
    uid: `${index}`,
  }));
  const { marks } = passJobs(many, terms, new Map(), now);
  const second = passJobs(many, terms, marks, later);
  assert.deepEqual([second.due.length, second.brake], [20, undefined]);
});
