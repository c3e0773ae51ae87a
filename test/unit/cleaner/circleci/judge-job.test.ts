// The verdict for every phase × age × time to live × pod of a Job that was made from a CronJob, with its reason word.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { judgeJob } from '../../../../cleaner/stale/circleci/judge-job.ts';
import type { SeenRunnerJob } from '../../../../cleaner/stale/circleci/subject.ts';
import { now, terms } from '../given.ts';
import { job, pods } from './given.ts';

type Row = readonly [why: string, job: SeenRunnerJob, reason: string | undefined];

const day = 86_400;
const hourMs = 3_600_000;
const lasted = (seconds: number, endedS: number) => ({
  startedAt: now - (endedS + seconds) * 1000,
  endedAt: now - endedS * 1000,
});

const ended: readonly Row[] = [
  ['finished just now', job('succeeded', 299), undefined],
  ['finished, nobody removes it', job('succeeded', 300), 'job-finished'],
  ['finished, kept by its time to live', job('succeeded', 3600, { ttlMs: hourMs }), undefined],
  ['finished, the cluster is a little late', job('succeeded', 3600 + 299, { ttlMs: hourMs }), undefined],
  ['finished, long past its time to live', job('succeeded', 3600 + 300, { ttlMs: hourMs }), 'job-finished'],
  ['finished, to be removed at once', job('succeeded', 299, { ttlMs: 0 }), undefined],
  ['the same, and still there', job('succeeded', 300, { ttlMs: 0 }), 'job-finished'],
  ['failed just now', job('failed', 299), undefined],
  ['failed', job('failed', 300), 'job-failed'],
  ['failed, to be looked at for an hour', job('failed', 3600, { ttlMs: hourMs }), undefined],
  ['failed, longer', job('failed', 3900, { ttlMs: hourMs }), 'job-failed'],
  ['failed long after it was made', job('failed', day, { endedAt: now - 299_000 }), undefined],
  ['failed, its pod waits', job('failed', 300, { pods: pods('image-pull', 300) }), 'job-failed'],
  [
    'failed, its pod still ends a task',
    job('failed', day, { pods: pods(undefined, day, { runs: true }) }),
    undefined,
  ],
  [
    'finished, its pod still runs',
    job('succeeded', day, { pods: pods(undefined, day, { runs: true }) }),
    undefined,
  ],
];

const open: readonly Row[] = [
  ['without a pod', job('pending', day), undefined],
  ['on its way', job('pending', day, { pods: pods(undefined, day) }), undefined],
  ['at work', job('running', day, { pods: pods(undefined, day, { runs: true }) }), undefined],
  ['no image yet', job('pending', 599, { pods: pods('image-pull', 599) }), undefined],
  ['no image', job('pending', 600, { pods: pods('image-pull', 600) }), 'pod-image-pull'],
  ['no node yet', job('pending', 599, { pods: pods('unschedulable', 599) }), undefined],
  ['no node', job('pending', 600, { pods: pods('unschedulable', 600) }), 'pod-unschedulable'],
  ['ends again and again, young', job('pending', 599, { pods: pods('crash-loop', 599) }), undefined],
  ['ends again and again', job('pending', 600, { pods: pods('crash-loop', 600) }), 'pod-crash-loop'],
  [
    'ready for Kubernetes, its only container between two runs',
    job('running', 600, { pods: pods('crash-loop', 600) }),
    'pod-crash-loop',
  ],
  [
    'ends again and again, and runs right now',
    job('running', day, { pods: pods('crash-loop', day, { runs: true }) }),
    undefined,
  ],
  [
    'one container has no image, another runs',
    job('pending', day, { pods: pods('image-pull', day, { runs: true }) }),
    undefined,
  ],
  ['its pod is new, the Job old', job('pending', day, { pods: pods('image-pull', 599) }), undefined],
  [
    'worked for ten minutes, ended a while ago',
    job('pending', day, { pods: pods('crash-loop', day, { lastRun: lasted(600, 599) }) }),
    undefined,
  ],
  [
    'the same, longer',
    job('pending', day, { pods: pods('crash-loop', day, { lastRun: lasted(600, 600) }) }),
    'pod-crash-loop',
  ],
  [
    'never runs for ten minutes',
    job('pending', day, { pods: pods('crash-loop', day, { lastRun: lasted(599, 1) }) }),
    'pod-crash-loop',
  ],
  ['being deleted', job('stopping', day, { pods: pods('image-pull', day) }), undefined],
];

const kept: readonly Row[] = [
  ['failed and marked', job('failed', 300, { keep: true }), 'runner-exempt'],
  ['stuck and marked', job('pending', 600, { keep: true, pods: pods('image-pull', 600) }), 'runner-exempt'],
  [
    'well and marked',
    job('running', day, { keep: true, pods: pods(undefined, day, { runs: true }) }),
    undefined,
  ],
];

for (const [group, rows] of Object.entries({ 'one that ended': ended, 'one that is open': open, kept })) {
  describe(`a Job made from a CronJob, ${group}`, () => {
    for (const [why, seen, reason] of rows) {
      test(`${why}: ${reason ?? 'left alone'}`, () => {
        assert.equal(judgeJob(seen, terms, now)?.reason, reason);
      });
    }
  });
}

test('the sentence says what, for how long, and how long is allowed', () => {
  const sentences = [
    judgeJob(job('succeeded', 4000, { ttlMs: hourMs }), terms, now),
    judgeJob(job('pending', 700, { pods: pods('image-pull', 700) }), terms, now),
    judgeJob(job('failed', 400, { keep: true }), terms, now),
  ].map((verdict) => [verdict?.id, verdict?.because]);
  assert.deepEqual(sentences, [
    ['linux-0', 'its Job has finished since 4000 s, allowed are 3900 s'],
    ['linux-0', 'its pod can not get its image (word for image-pull) since 700 s, allowed are 600 s'],
    ['linux-0', 'marked to be kept; otherwise: its Job has failed since 400 s, allowed are 300 s'],
  ]);
});

test('one whose container runs is never stale, whatever else is said of it (P2)', () => {
  const age = fc.integer({ min: 0, max: 30 * day });
  const drawn = fc.record({
    phase: fc.constantFrom<SeenRunnerJob['phase']>('pending', 'running', 'succeeded', 'failed', 'stopping'),
    trouble: fc.constantFrom(undefined, 'image-pull', 'crash-loop', 'unschedulable'),
    ...{ ageS: age, podS: age, ttlS: fc.option(age, { nil: undefined }) },
  });
  fc.assert(
    fc.property(drawn, ({ phase, trouble, ageS, podS, ttlS }) => {
      const ttlMs = ttlS === undefined ? undefined : ttlS * 1000;
      const seen = job(phase, ageS, { ttlMs, pods: pods(trouble, podS, { runs: true }) });
      assert.equal(judgeJob(seen, terms, now), undefined);
    }),
  );
});
