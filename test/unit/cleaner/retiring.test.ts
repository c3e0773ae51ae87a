// Who is disabled before it is deleted, and who may be deleted once it was.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isRetired, mayComeBack, mayGoEnabled } from '../../../cleaner/stale/retiring.ts';
import type { Subject } from '../../../cleaner/stale/subject.ts';
import { job, now, pod, runner, subject, terms } from './given.ts';

const day = 86_400;
const running = job('running', day);
const waiting = { ...pod('image-pull', day), mayHaveRun: false };

describe('may come back, so that it is disabled first', () => {
  const rows: readonly (readonly [why: string, parts: Partial<Subject>, expected: boolean])[] = [
    ['never online, its pod runs', { runner: runner('unregistered', day), job: running }, true],
    ['never online, its Job waits', { runner: runner('unregistered', day), job: job('pending', day) }, true],
    ['offline, its pod runs', { runner: runner('offline', day), job: running }, true],
    ['unhealthy, its pod runs', { runner: runner('unhealthy', day), job: running }, true],
    ['a stuck pod', { runner: runner('offline', day), job: running, pod: waiting }, true],
    ['disabled already, perhaps since a moment ago', { runner: runner('disabled', day), job: running }, true],
    ['its Job failed', { runner: runner('offline', day), job: job('failed', day) }, false],
    ['its Job is being deleted', { runner: runner('offline', day), job: job('stopping', day) }, false],
    ['without a Job', { runner: runner('offline', day) }, false],
    ['silent with a step', { runner: runner('offline', day, { busyness: 'busy' }), job: running }, false],
    ['not registered', { job: running }, false],
  ];
  for (const [why, parts, expected] of rows) {
    test(`${why}: ${expected ? 'yes' : 'no'}`, () => {
      assert.equal(mayComeBack(subject(parts)), expected);
    });
  }
});

describe('goes a drained grace after it was disabled', () => {
  const before = (status: 'unregistered' | 'offline' | 'unhealthy' | 'disabled') =>
    subject({ runner: runner(status, day), job: running });
  const busy = { busyness: 'busy' } as const;
  const unknown = { busyness: 'unknown' } as const;
  const rows: readonly (readonly [why: string, before: Subject, after: Partial<Subject>, goes: boolean])[] = [
    ['disabled and idle', before('offline'), { runner: runner('disabled', 60) }, true],
    ['disabled before as well', before('disabled'), { runner: runner('disabled', 60) }, true],
    ['still called offline', before('offline'), { runner: runner('offline', 60) }, true],
    ['still called never online', before('unregistered'), { runner: runner('unregistered', 60) }, true],
    ['gone already', before('offline'), {}, true],
    [
      'disabled with a step that came before',
      before('offline'),
      { runner: runner('disabled', 60, busy) },
      false,
    ],
    ['perhaps with a step', before('offline'), { runner: runner('disabled', 60, unknown) }, false],
    [
      'the same, never online before, its pod may have run',
      before('unregistered'),
      { runner: runner('disabled', 60, unknown), pod: pod(undefined, day) },
      false,
    ],
    [
      'the same, its pod never ran',
      before('unregistered'),
      { runner: runner('disabled', 60, unknown), pod: waiting },
      true,
    ],
    [
      'the same, though with a step',
      before('unregistered'),
      { runner: runner('disabled', 60, busy), pod: waiting },
      false,
    ],
    [
      'offline before, its new pod never ran',
      before('offline'),
      { runner: runner('disabled', 60, unknown), pod: waiting },
      false,
    ],
    ['enabled and online', before('offline'), { runner: runner('online', 60) }, false],
    ['broken in another way', before('offline'), { runner: runner('unhealthy', 60) }, false],
    [
      'marked to be kept meanwhile',
      before('offline'),
      { runner: runner('disabled', 60), job: job('running', day, { keep: true }) },
      false,
    ],
  ];
  for (const [why, earlier, after, goes] of rows) {
    test(`${why}: ${goes ? 'yes' : 'no'}`, () => {
      assert.equal(isRetired(earlier, subject(after)), goes);
    });
  }
});

describe('goes though it can not be disabled', () => {
  const rows: readonly (readonly [why: string, parts: Partial<Subject>, goes: boolean])[] = [
    ['its pods never ran', { runner: runner('unregistered', 900), job: running, pod: waiting }, true],
    ['offline, shorter than a step may take', { runner: runner('offline', 46_799), job: running }, false],
    ['offline, longer', { runner: runner('offline', 46_800), job: running }, true],
    ['unhealthy, longer', { runner: runner('unhealthy', 46_800), job: running }, true],
    ['never online, not long enough', { runner: runner('unregistered', 47_099), job: running }, false],
    ['never online, longer', { runner: runner('unregistered', 47_100), job: running }, true],
  ];
  for (const [why, parts, goes] of rows) {
    test(`${why}: ${goes ? 'yes' : 'no'}`, () => {
      assert.equal(mayGoEnabled(subject(parts), terms, now), goes);
    });
  }
});
