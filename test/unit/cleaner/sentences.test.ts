// What the cleaner says of what it found: each kind of trouble in its words, with the numbers. People act on these.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isMarkedToKeep } from '../../../cleaner/stale/exemption.ts';
import { judge } from '../../../cleaner/stale/judge.ts';
import { sinceFirstSeen } from '../../../cleaner/stale/since.ts';
import type { Subject } from '../../../cleaner/stale/subject.ts';
import { termsOf } from '../../../cleaner/stale/terms.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import { job, now, pod, runner, subject, terms } from './given.ts';

const secret = { name: 's', createdAt: now - 400_000, ofThisAccount: true, keep: false };
const busy = { busyness: 'busy' } as const;
const unknown = { busyness: 'unknown' } as const;

describe('the sentence of a verdict', () => {
  const rows: readonly [Partial<Subject>, string][] = [
    [{ runner: runner('offline', 46_900, busy) }, 'offline with a step for 46900 s, allowed are 46800 s'],
    [
      { runner: runner('offline', 46_900, unknown) },
      'offline and perhaps with a step for 46900 s, allowed are 46800 s',
    ],
    [{ runner: runner('enabled', 46_900, busy) }, 'enabled with a step for 46900 s, allowed are 46800 s'],
    [{ runner: runner('unregistered', 700) }, 'never online and without a Job for 700 s, allowed are 600 s'],
    [{ runner: runner('offline', 700) }, 'offline and without a Job for 700 s, allowed are 300 s'],
    [
      { runner: runner('unregistered', 1000), job: job('pending', 1000) },
      'never online for 1000 s, allowed are 900 s',
    ],
    [
      { runner: runner('unhealthy', 301), job: job('running', 900) },
      'unhealthy for 301 s, allowed are 300 s',
    ],
    [{ runner: runner('disabled', 61), job: job('running', 900) }, 'drained for 61 s, allowed are 60 s'],
    [{ runner: runner('offline', 350), job: job('failed', 320) }, 'its Job failed 320 s, allowed are 300 s'],
    [
      { runner: runner('offline', 350), job: job('succeeded', 320) },
      'its Job has finished since 320 s, allowed are 300 s',
    ],
    [
      { runner: runner('unregistered', 650), job: job('pending', 640), pod: pod('image-pull', 630) },
      'its pod can not get its image (image-pull) since 630 s, allowed are 600 s',
    ],
    [
      { runner: runner('unregistered', 650), job: job('pending', 640), pod: pod('crash-loop', 630) },
      'its pod ends again and again (crash-loop) since 630 s, allowed are 600 s',
    ],
    [
      { runner: runner('unregistered', 650), job: job('pending', 640), pod: pod('unschedulable', 630) },
      'its pod finds no node (unschedulable) since 630 s, allowed are 600 s',
    ],
    [
      { job: job('running', 400) },
      'the CI service does not know the runner of this Job, made before 400 s, allowed are 300 s',
    ],
    [{ secret }, 'neither Job nor registration for this Secret, made before 400 s, allowed are 300 s'],
    [
      { job: job('running', 400, { keep: true }) },
      'marked to be kept; otherwise: the CI service does not know the runner of this Job, made before 400 s, allowed are 300 s',
    ],
  ];
  for (const [parts, expected] of rows) {
    test(expected, () => assert.equal(judge(subject(parts), terms, now)?.because, expected));
  }
});

describe('where one case ends and the next begins', () => {
  const reasonOf = (parts: Partial<Subject>): string | undefined => judge(subject(parts), terms, now)?.reason;

  test('a busy runner that was enabled again is left to its running pod', () => {
    assert.equal(
      reasonOf({ runner: runner('enabled', 90_000, busy), job: job('running', 90_000) }),
      undefined,
    );
  });

  test('one in a state that nobody knows is left alone, whatever it may be doing', () => {
    assert.equal(reasonOf({ runner: runner('other', 90_000, busy) }), undefined);
    assert.equal(reasonOf({ runner: runner('other', 90_000, unknown) }), undefined);
  });

  test('an unhealthy one without a Job goes as one without a Job, even where unhealthy ones may stay longer', () => {
    const patient = { ...terms, unhealthyGraceMs: 100_000_000 };
    const sick = { runner: runner('unhealthy', 400) };
    assert.equal(judge(subject(sick), patient, now)?.reason, 'registration-without-job');
    const withJob = subject({ ...sick, job: job('running', 90_000) });
    assert.equal(judge(withJob, patient, now), undefined);
  });

  test('how long ago a Job ended counts, not how old it is', () => {
    const ended = job('failed', 90_000, { endedAt: now - 299_000 });
    assert.equal(reasonOf({ runner: runner('unregistered', 90_000 / 200), job: ended }), undefined);
    const unsaid = job('failed', 301, { endedAt: undefined });
    assert.equal(reasonOf({ runner: runner('offline', 320), job: unsaid }), 'job-failed');
  });

  test('a pod is stuck from when it, its Job or the silence of its runner began, whichever was last', () => {
    const stuck = pod('image-pull', 90_000);
    const oldJob = job('pending', 90_000);
    assert.equal(reasonOf({ runner: runner('offline', 599), job: oldJob, pod: stuck }), undefined);
    assert.equal(
      reasonOf({ runner: runner('unregistered', 90_000), job: job('pending', 599), pod: stuck }),
      'never-online',
    );
  });

  test('a pod in trouble of a Job that is being deleted is no trouble any more', () => {
    const stopping = {
      runner: runner('offline', 299),
      job: job('stopping', 90_000),
      pod: pod('crash-loop', 90_000),
    };
    assert.equal(reasonOf(stopping), undefined);
  });
});

describe('the mark to be kept', () => {
  const mark = { 'runner-autoscaler/keep': 'true' };

  test('is the word true, on a label or an annotation', () => {
    assert.equal(isMarkedToKeep({ labels: mark }), true);
    assert.equal(isMarkedToKeep({ annotations: mark }), true);
    assert.equal(isMarkedToKeep({ labels: {}, annotations: mark }), true);
  });

  test('is nothing else', () => {
    assert.equal(isMarkedToKeep({}), false);
    assert.equal(isMarkedToKeep({ labels: { 'runner-autoscaler/keep': 'false' }, annotations: {} }), false);
    assert.equal(isMarkedToKeep({ labels: { keep: 'true' }, annotations: { keep: 'true' } }), false);
    assert.equal(isMarkedToKeep({ labels: { 'runner-autoscaler/keep': '' } }), false);
  });
});

describe('a time that reports may move on', () => {
  test('is kept for a runner that goes on reporting in the same state', () => {
    for (const status of ['disabled', 'enabled', 'unhealthy'] as const) {
      const seen = sinceFirstSeen(runner(status, 900), runner(status, 10));
      assert.equal(seen.updatedAt, now - 900_000);
    }
  });

  test('begins anew with another state or another busyness', () => {
    assert.equal(sinceFirstSeen(runner('disabled', 900), runner('unhealthy', 10)).updatedAt, now - 10_000);
    assert.equal(
      sinceFirstSeen(runner('disabled', 900, busy), runner('disabled', 10)).updatedAt,
      now - 10_000,
    );
  });

  test('is the service’s own for one that is offline', () => {
    assert.equal(sinceFirstSeen(runner('offline', 900), runner('offline', 10)).updatedAt, now - 10_000);
  });
});

test('the terms are those of the configuration, in milliseconds', () => {
  const text = JSON.stringify({
    constants: { runner_start_timeout: 601 },
    cleaner: {
      ...{ offline_grace: 602, busy_offline_grace: 7203, unhealthy_grace: 304, orphan_grace: 305 },
      ...{ drained_grace: 66, brake_share: 0.25, brake_minimum: 7 },
    },
    groups: [
      {
        ...{ name: 'pods', resource_class: 'acme/pods', strategy: 'unclaimedTasks' },
        ...{ cron_job: { namespace: 'runners', name: 'pods' }, parameters: { min: 0, max: 1 } },
      },
    ],
  });
  const { config } = parseConfig(text, 'test.yaml');
  assert.ok(config !== undefined);
  assert.deepEqual(termsOf(config), {
    ...{ startTimeoutMs: 601_000, offlineGraceMs: 602_000, busyOfflineGraceMs: 7_203_000 },
    ...{ unhealthyGraceMs: 304_000, orphanGraceMs: 305_000, drainedGraceMs: 66_000 },
    ...{ brakeShare: 0.25, brakeMinimum: 7 },
  });
});
