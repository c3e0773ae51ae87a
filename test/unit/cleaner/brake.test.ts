// Who counts as silent, of how many, and when that is an outage: the brake of the cleaner, case by case.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brakeOf, isSilent, type Brake } from '../../../cleaner/stale/brake.ts';
import { machineState } from '../../../cleaner/stale/machine.ts';
import { emptyMemory, pass } from '../../../cleaner/stale/pass.ts';
import type { Subject } from '../../../cleaner/stale/subject.ts';
import { job, now, pod, runner, subject, terms } from './given.ts';

const running = job('running', 5000);

describe('silent is', () => {
  const rows: readonly [string, Partial<Subject>, boolean][] = [
    ['offline while its pod should run', { runner: runner('offline', 10), job: running }, true],
    ['offline while its pod waits', { runner: runner('offline', 10), job: job('pending', 10) }, true],
    ['unhealthy while its pod should run', { runner: runner('unhealthy', 10), job: running }, true],
    ['not one that is online', { runner: runner('online', 10), job: running }, false],
    ['not one that never came', { runner: runner('unregistered', 10), job: running }, false],
    ['not one whose Job ended', { runner: runner('offline', 10), job: job('failed', 10) }, false],
    ['not one whose Job finished', { runner: runner('offline', 10), job: job('succeeded', 10) }, false],
    [
      'not one whose Job is being deleted',
      { runner: runner('offline', 10), job: job('stopping', 10) },
      false,
    ],
    ['offline without a Job here', { runner: runner('offline', 10) }, true],
    ['unhealthy without a Job here', { runner: runner('unhealthy', 10) }, true],
    ['not one without a Job that is online', { runner: runner('online', 10) }, false],
    ['not one without a Job that is drained', { runner: runner('disabled', 10) }, false],
    ['not one without a Job that never came', { runner: runner('unregistered', 10) }, false],
    [
      'not one whose pod is in trouble',
      { runner: runner('offline', 10), job: running, pod: pod('crash-loop', 10) },
      false,
    ],
    ['one whose pod is well', { runner: runner('offline', 10), job: running, pod: pod(undefined, 10) }, true],
    ['a running Job of ours that the CI service does not know', { job: running }, true],
    ['not one that waits', { job: job('pending', 10) }, false],
    ['not one that somebody else made', { job: job('running', 10, { managed: false }) }, false],
    ['not one of another account', { job: job('running', 10, { ofThisAccount: false }) }, false],
    ['not nothing', {}, false],
  ];
  for (const [what, parts, expected] of rows) {
    test(what, () => assert.equal(isSilent(subject(parts)), expected));
  }
});

function many(count: number, name: string, parts: Partial<Subject>): Subject[] {
  return Array.from({ length: count }, (_, index) => subject({ id: `${name}-${index}`, ...parts }));
}

const well = { runner: runner('online', 100), job: running };
const silent = { runner: runner('offline', 100), job: running };

function brake(subjects: readonly Subject[], change: Partial<typeof terms> = {}): Brake | undefined {
  return brakeOf(subjects, new Map(), { ...terms, ...change }, now);
}

describe('the brake holds', () => {
  test('from the minimum on, and when it is more than the share', () => {
    assert.equal(brake(many(4, 'silent', silent)), undefined);
    assert.equal(brake(many(5, 'silent', silent))?.silent, 5);
    assert.equal(brake([...many(5, 'silent', silent), ...many(5, 'well', well)]), undefined);
    assert.equal(brake([...many(6, 'silent', silent), ...many(5, 'well', well)])?.of, 11);
  });

  test('never for nobody, whatever the minimum', () => {
    assert.equal(brake([], { brakeMinimum: 0, brakeShare: 0 }), undefined);
    assert.equal(brake(many(1, 'silent', silent), { brakeMinimum: 0 })?.silent, 1);
  });

  test('of those that are there: online before, or with a Job that should run', () => {
    const gone = [...many(9, 'secret', {}), ...many(9, 'ended', { job: job('failed', 10) })];
    const there = [
      ...many(1, 'explained', { runner: runner('offline', 10), job: job('failed', 10) }),
      ...many(1, 'waiting', { job: job('pending', 10) }),
    ];
    assert.equal(brake([...many(5, 'silent', silent), ...gone, ...there])?.of, 7);
  });

  test('however many are registered that never came online: an outage keeps them away, too', () => {
    const ordered = { runner: runner('unregistered', 10), job: job('pending', 10) };
    const elsewhere = { runner: runner('unregistered', 10) };
    const seen = [
      ...many(6, 'silent', silent),
      ...many(9, 'ordered', ordered),
      ...many(9, 'elsewhere', elsewhere),
    ];
    assert.equal(brake(seen)?.of, 6);
  });

  test('however many are registered for another cluster of the same configuration', () => {
    for (const there of [0, 5, 6, 8, 30]) {
      const elsewhere = many(there, 'elsewhere', { runner: runner('offline', 700) });
      assert.equal(brake([...many(6, 'silent', silent), ...elsewhere])?.silent, 6 + there);
    }
  });

  test('not where the other cluster is well, and few are silent here', () => {
    const elsewhere = many(8, 'elsewhere', { runner: runner('online', 700) });
    assert.equal(brake([...many(5, 'silent', silent), ...elsewhere]), undefined);
  });

  test('and says so with the numbers', () => {
    assert.equal(
      brake(many(5, 'silent', silent))?.because,
      '5 of 5 runners are offline, unhealthy or unknown to the CI service without a cause in the cluster, ' +
        'which is more than 50 %: taken for an outage for up to 46800 s',
    );
  });

  test('and names those that have no Job here', () => {
    const elsewhere = many(3, 'elsewhere', { runner: runner('offline', 700) });
    assert.match(
      brake([...many(5, 'silent', silent), ...elsewhere])?.because ?? '',
      /^8 of 8 .*\(3 have no Job here\)/,
    );
  });

  test('no longer than any step lasts', () => {
    const aged = (ageS: number) => many(5, 'silent', { runner: runner('offline', ageS), job: running });
    assert.ok(brake(aged(46_799)));
    assert.equal(brake(aged(46_800)), undefined);
  });

  test('for unknown runners from when they were first seen so', () => {
    const jobs = many(5, 'job', { job: running });
    const since = new Map(jobs.map(({ id }) => [id, now - 46_800_000]));
    assert.ok(brakeOf(jobs, new Map(), terms, now));
    assert.equal(brakeOf(jobs, since, terms, now), undefined);
  });
});

test('a pass remembers since when each runner was silent, and forgets those that are well', () => {
  const unknown = many(2, 'job', { job: running });
  const first = pass([...unknown, ...many(1, 'well', well)], terms, emptyMemory, now);
  assert.deepEqual(
    [...first.memory.silent],
    [
      ['job-0', now],
      ['job-1', now],
    ],
  );
  assert.deepEqual([...first.memory.runners.keys()], ['well-0']);
  const second = pass(unknown.slice(1), terms, first.memory, now + 1000);
  assert.deepEqual([...second.memory.silent], [['job-1', now]]);
});

test('a Job runs, has ended, or is not there: one being deleted is not', () => {
  const states = (['pending', 'running', 'succeeded', 'failed', 'stopping'] as const).map((phase) =>
    machineState(job(phase, 1)),
  );
  assert.deepEqual(states, ['runs', 'runs', 'ended', 'ended', 'absent']);
  assert.equal(machineState(undefined), 'absent');
});
