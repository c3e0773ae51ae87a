// Two passes before anything goes, and the brake that tells an outage from runners that broke.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { emptyMemory, pass } from '../../../cleaner/stale/pass.ts';
import type { Subject } from '../../../cleaner/stale/subject.ts';
import { job, now, pod, runner, subject, terms } from './given.ts';

const minute = 60_000;

function many(count: number, name: string, parts: Partial<Subject>): Subject[] {
  return Array.from({ length: count }, (_, index) => subject({ id: `${name}-${index}`, ...parts }));
}

const well = { runner: runner('online', 100), job: job('running', 100_000) };
const silent = (ageS: number): Partial<Subject> => ({
  runner: runner('offline', ageS),
  job: job('running', 100_000),
});

describe('what is stale', () => {
  const subjects = [...many(9, 'well', well), ...many(1, 'silent', silent(700))];

  test('is marked by the first pass and due in the second', () => {
    const first = pass(subjects, terms, emptyMemory, now);
    assert.deepEqual(
      first.stale.map(({ id }) => id),
      ['silent-0'],
    );
    assert.deepEqual(first.due, []);
    const second = pass(subjects, terms, first.memory, now + minute);
    assert.deepEqual(
      second.due.map(({ id }) => id),
      ['silent-0'],
    );
  });

  test('is marked anew after it was well in between', () => {
    const first = pass(subjects, terms, emptyMemory, now);
    const between = pass(many(10, 'well', well), terms, first.memory, now + minute);
    assert.deepEqual(pass(subjects, terms, between.memory, now + 2 * minute).due, []);
  });

  test('waits one pass longer when the memory is lost', () => {
    assert.deepEqual(pass(subjects, terms, emptyMemory, now + minute).due, []);
  });

  test('is due for whatever reason, if it was stale for another before', () => {
    const first = pass(subjects, terms, emptyMemory, now);
    const failed = many(1, 'silent', { runner: runner('offline', 700), job: job('failed', 700) });
    const second = pass(failed, terms, first.memory, now + minute);
    assert.deepEqual(
      second.due.map(({ reason }) => reason),
      ['job-failed'],
    );
  });

  test('is marked anew when its state at the service has changed: what it does now may not show yet', () => {
    const first = pass(subjects, terms, emptyMemory, now);
    const drained = many(1, 'silent', { runner: runner('disabled', 700), job: job('running', 100_000) });
    const second = pass(drained, terms, first.memory, now + minute);
    assert.deepEqual([second.stale.map(({ reason }) => reason), second.due], [['drained'], []]);
    const third = pass(drained, terms, second.memory, now + 2 * minute);
    assert.deepEqual(
      third.due.map(({ reason }) => reason),
      ['drained'],
    );
  });

  test('stays when it is to be kept', () => {
    const kept = [subject({ runner: runner('offline', 700), job: job('running', 700, { keep: true }) })];
    const first = pass(kept, terms, emptyMemory, now);
    const second = pass(kept, terms, first.memory, now + minute);
    assert.deepEqual([second.stale.map(({ reason }) => reason), second.due], [['runner-exempt'], []]);
  });
});

/** Runners that are due in a second pass. */
function dueOf(subjects: readonly Subject[]): { due: number; because: string | undefined } {
  const first = pass(subjects, terms, emptyMemory, now);
  const second = pass(subjects, terms, first.memory, now + minute);
  return { due: second.due.length, because: second.brake?.because };
}

describe('the brake', () => {
  test('holds when more than half of a group, and at least five, fall silent', () => {
    const { due, because } = dueOf([...many(5, 'well', well), ...many(6, 'silent', silent(700))]);
    assert.equal(due, 0);
    assert.match(because ?? '', /^6 of 11 runners are offline/);
  });

  test('holds from the moment they fall silent, before any grace is over', () => {
    const subjects = [
      ...many(1, 'old', silent(700)),
      ...many(9, 'new', silent(100)),
      ...many(5, 'well', well),
    ];
    assert.equal(dueOf(subjects).due, 0);
  });

  test('does not hold for half', () => {
    assert.equal(dueOf([...many(5, 'well', well), ...many(5, 'silent', silent(700))]).due, 5);
  });

  test('does not hold for fewer than five', () => {
    assert.equal(dueOf(many(4, 'silent', silent(700))).due, 4);
  });

  test('holds what is drained as well: the answers are in doubt', () => {
    const drained = many(1, 'drained', { runner: runner('disabled', 700), job: job('running', 700) });
    assert.equal(dueOf([...drained, ...many(9, 'silent', silent(700))]).due, 0);
  });

  test('lets go of runners that have been silent longer than any step runs', () => {
    assert.equal(dueOf(many(10, 'silent', silent(46_800))).due, 10);
  });

  test('does not hold for runners that never came online', () => {
    const stuck = {
      runner: runner('unregistered', 5000),
      job: job('pending', 5000),
      pod: pod('unschedulable', 5000),
    };
    assert.equal(dueOf(many(10, 'stuck', stuck)).due, 10);
  });

  test('does not hold where the cluster knows the cause', () => {
    const failed = { runner: runner('offline', 700), job: job('failed', 700) };
    const looping = {
      runner: runner('offline', 700),
      job: job('pending', 9000),
      pod: pod('crash-loop', 9000),
    };
    assert.equal(dueOf([...many(6, 'failed', failed), ...many(6, 'looping', looping)]).due, 12);
  });

  test('holds when the list is suddenly empty while Jobs run, and lets go after the long grace', () => {
    const orphans = many(10, 'running', { job: job('running', 100_000) });
    const first = pass(orphans, terms, emptyMemory, now);
    const second = pass(orphans, terms, first.memory, now + minute);
    assert.deepEqual([second.stale.length, second.due.length], [10, 0]);
    const later = pass(orphans, terms, second.memory, now + terms.busyOfflineGraceMs);
    assert.equal(later.due.length, 10);
  });
});

describe('a runner that goes on reporting', () => {
  const reporting = (status: 'disabled' | 'unhealthy', at: number): Subject =>
    subject({ runner: { ...runner(status, 0), updatedAt: at }, job: job('running', 100_000) });

  test('is seen anew after an hour without a look: it may have been at work', () => {
    const hour = 60 * minute;
    const looked = (after: number): string | undefined => {
      const first = pass([reporting('disabled', now)], terms, emptyMemory, now);
      return pass([reporting('disabled', now + after)], terms, first.memory, now + after).stale[0]?.reason;
    };
    assert.deepEqual([looked(hour), looked(hour + 1)], ['drained', undefined]);
  });

  for (const status of ['disabled', 'unhealthy'] as const) {
    test(`grows old from when it was first seen ${status}, though its time moves with each report`, () => {
      let memory = emptyMemory;
      const due: number[] = [];
      for (let at = now; at <= now + 10 * minute; at += minute) {
        const passed = pass([reporting(status, at - 1000)], terms, memory, at);
        memory = passed.memory;
        due.push(passed.due.length);
      }
      const grace = status === 'disabled' ? 1 : 5;
      assert.equal(due.indexOf(1), grace + 1, 'stale one grace later, due one pass after that');
    });
  }

  test('is young again after it was online', () => {
    const first = pass([reporting('disabled', now - 1000)], terms, emptyMemory, now);
    const between = pass([subject(well)], terms, first.memory, now + minute);
    const again = pass([reporting('disabled', now + 119_000)], terms, between.memory, now + 2 * minute);
    assert.deepEqual(again.stale, []);
  });
});
