// The verdict for every state × age × step × Job × pod × mark, with its reason word.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { judge } from '../../../cleaner/stale/judge.ts';
import type { Subject } from '../../../cleaner/stale/subject.ts';
import { job, labels, now, pod, runner, subject, terms } from './given.ts';

type Row = readonly [why: string, parts: Partial<Subject>, reason: string | undefined];

const day = 86_400;
const running = job('running', day);
const unmarked = labels.filter((label) => label !== 'autoscaler.created');
const secret = (ageS: number, given = {}) => ({
  secret: { name: 's', createdAt: now - ageS * 1000, ofThisAccount: true, keep: false, ...given },
});

const online: readonly Row[] = [
  ['online and idle', { runner: runner('online', day), job: running }, undefined],
  ['online and busy', { runner: runner('online', day, { busyness: 'busy' }), job: running }, undefined],
  ['online without a Job here', { runner: runner('online', day) }, undefined],
  ['online though its Job failed', { runner: runner('online', day), job: job('failed', day) }, undefined],
  [
    'online with a stuck pod',
    { runner: runner('online', day), job: running, pod: pod('crash-loop', day) },
    undefined,
  ],
  ['in a state nobody knows', { runner: runner('other', day) }, undefined],
];

const offline: readonly Row[] = [
  ['offline within the grace', { runner: runner('offline', 599), job: running }, undefined],
  ['offline beyond it', { runner: runner('offline', 600), job: running }, 'offline'],
  [
    'offline with a step, 20 minutes',
    { runner: runner('offline', 1200, { busyness: 'busy' }), job: running },
    undefined,
  ],
  [
    'offline with a step, its pod gone',
    { runner: runner('offline', 46_799, { busyness: 'busy' }) },
    undefined,
  ],
  [
    'offline with a step, too long',
    { runner: runner('offline', 46_800, { busyness: 'busy' }) },
    'busy-offline-too-long',
  ],
  [
    'offline, busyness unknown',
    { runner: runner('offline', 46_799, { busyness: 'unknown' }), job: running },
    undefined,
  ],
  [
    'the same, too long',
    { runner: runner('offline', 46_800, { busyness: 'unknown' }), job: running },
    'busy-offline-too-long',
  ],
  ['offline without a Job, young', { runner: runner('offline', 299) }, undefined],
  ['offline without a Job', { runner: runner('offline', 300) }, 'registration-without-job'],
  [
    'offline, its Job being deleted',
    { runner: runner('offline', 300), job: job('stopping', day) },
    'registration-without-job',
  ],
  [
    'offline, its Job failed just now',
    { runner: runner('offline', 299), job: job('failed', 299) },
    undefined,
  ],
  ['offline, its Job failed', { runner: runner('offline', 300), job: job('failed', 300) }, 'job-failed'],
  [
    'offline, its Job finished',
    { runner: runner('offline', 300), job: job('succeeded', 300) },
    'job-finished',
  ],
  [
    'offline with a step, its Job failed',
    { runner: runner('offline', 900, { busyness: 'busy' }), job: job('failed', 900) },
    undefined,
  ],
  [
    'offline, its old pod ends again and again',
    { runner: runner('offline', 599), job: running, pod: pod('crash-loop', day) },
    undefined,
  ],
  [
    'the same, longer',
    { runner: runner('offline', 600), job: running, pod: pod('crash-loop', day) },
    'pod-crash-loop',
  ],
];

const neverOnline: readonly Row[] = [
  ['starting', { runner: runner('unregistered', 480), job: job('pending', 480) }, undefined],
  [
    'past the start timeout only',
    { runner: runner('unregistered', 899), job: job('pending', 899) },
    undefined,
  ],
  ['never online', { runner: runner('unregistered', 900), job: job('pending', 900) }, 'never-online'],
  [
    'never online, busyness unknown',
    { runner: runner('unregistered', 900, { busyness: 'unknown' }), job: job('running', 900) },
    'never-online',
  ],
  [
    'never online, yet with a step',
    { runner: runner('unregistered', 900, { busyness: 'busy' }), job: job('running', 900) },
    undefined,
  ],
  ['without a Job, as long as a start may take', { runner: runner('unregistered', 599) }, undefined],
  ['without a Job, longer', { runner: runner('unregistered', 600) }, 'registration-without-job'],
  ['its Job failed just now', { runner: runner('unregistered', 299), job: job('failed', 299) }, undefined],
  ['its Job failed', { runner: runner('unregistered', 300), job: job('failed', 300) }, 'job-failed'],
  [
    'no image yet',
    { runner: runner('unregistered', 599), job: job('pending', 599), pod: pod('image-pull', 599) },
    undefined,
  ],
  [
    'no image',
    { runner: runner('unregistered', 600), job: job('pending', 600), pod: pod('image-pull', 600) },
    'pod-image-pull',
  ],
  [
    'crash loop',
    { runner: runner('unregistered', 600), job: job('pending', 600), pod: pod('crash-loop', 600) },
    'pod-crash-loop',
  ],
  [
    'no node yet',
    { runner: runner('unregistered', 599), job: job('pending', 599), pod: pod('unschedulable', 599) },
    undefined,
  ],
  [
    'no node',
    { runner: runner('unregistered', 600), job: job('pending', 600), pod: pod('unschedulable', 600) },
    'pod-unschedulable',
  ],
  [
    'a new pod of an old Job',
    { runner: runner('unregistered', 899), job: job('pending', 899), pod: pod('image-pull', 10) },
    undefined,
  ],
];

const others: readonly Row[] = [
  ['unhealthy within the grace', { runner: runner('unhealthy', 299), job: running }, undefined],
  ['unhealthy', { runner: runner('unhealthy', 300), job: running }, 'unhealthy'],
  [
    'unhealthy with a step',
    { runner: runner('unhealthy', 46_799, { busyness: 'busy' }), job: running },
    undefined,
  ],
  [
    'unhealthy with a step, too long',
    { runner: runner('unhealthy', 46_800, { busyness: 'busy' }), job: running },
    'busy-offline-too-long',
  ],
  ['disabled just now', { runner: runner('disabled', 59), job: running }, undefined],
  ['drained', { runner: runner('disabled', 60), job: running }, 'drained'],
  [
    'draining, its step runs for a day',
    { runner: runner('disabled', day, { busyness: 'busy' }), job: running },
    undefined,
  ],
  [
    'draining, busyness unknown',
    { runner: runner('disabled', 46_799, { busyness: 'unknown' }), job: running },
    undefined,
  ],
  [
    'the same, longer than any step',
    { runner: runner('disabled', 46_800, { busyness: 'unknown' }), job: running },
    'busy-offline-too-long',
  ],
  [
    'draining with a step, its pod gone',
    { runner: runner('disabled', 46_800, { busyness: 'busy' }) },
    'busy-offline-too-long',
  ],
  ['enabled, its pod runs', { runner: runner('enabled', day), job: running }, undefined],
  ['enabled without a Job', { runner: runner('enabled', 300) }, 'registration-without-job'],
];

const leftovers: readonly Row[] = [
  ['a young Job', { job: job('pending', 299) }, undefined],
  ['a Job without registration', { job: job('running', 300) }, 'job-without-registration'],
  ['a finished Job without registration', { job: job('succeeded', 300) }, 'job-without-registration'],
  ['a Job that is being deleted', { job: job('stopping', day) }, undefined],
  ['a Job of another program', { job: job('running', day, { managed: false }) }, undefined],
  ['a Job of another account', { job: job('running', day, { ofThisAccount: false }) }, undefined],
  ['a young Secret', secret(299), undefined],
  ['a Secret alone', secret(300), 'secret-without-owner'],
  ['a Secret of another account', secret(day, { ofThisAccount: false }), undefined],
  ['a Secret with its Job', { job: job('running', 10), ...secret(day) }, undefined],
  ['a Secret with its registration', { runner: runner('online', day), ...secret(day) }, undefined],
  ['nothing at all', {}, undefined],
];

const marks: readonly Row[] = [
  [
    'offline, made by hand',
    { runner: runner('offline', day, { labels: unmarked }), job: running },
    undefined,
  ],
  [
    'offline, its Job to be kept',
    { runner: runner('offline', day), job: job('running', day, { keep: true }) },
    'runner-exempt',
  ],
  [
    'offline, itself to be kept',
    { runner: runner('offline', day, { labels: [...labels, 'autoscaler.keep'] }) },
    'runner-exempt',
  ],
  ['a lone Job to be kept', { job: job('running', day, { keep: true }) }, 'runner-exempt'],
  ['a lone Secret to be kept', secret(day, { keep: true }), 'runner-exempt'],
  [
    'well, and to be kept',
    { runner: runner('online', day), job: job('running', day, { keep: true }) },
    undefined,
  ],
];

describe('a runner is judged', () => {
  for (const [why, parts, reason] of [
    ...online,
    ...offline,
    ...neverOnline,
    ...others,
    ...leftovers,
    ...marks,
  ]) {
    test(`${why}: ${reason ?? 'left alone'}`, () => {
      assert.equal(judge(subject(parts), terms, now)?.reason, reason);
    });
  }

  test('with a sentence that has the numbers', () => {
    const verdict = judge(subject({ runner: runner('offline', 700), job: running }), terms, now);
    assert.equal(verdict?.because, 'offline without a step for 700 s, allowed are 600 s');
  });
});

const phases = ['pending', 'running', 'succeeded', 'failed', 'stopping'] as const;
const statuses = ['unregistered', 'online', 'offline', 'disabled', 'enabled', 'unhealthy', 'other'] as const;
const troubles = [undefined, 'image-pull', 'crash-loop', 'unschedulable'] as const;
const age = fc.integer({ min: 0, max: 200_000 });
const anyJob = fc.option(
  fc.tuple(fc.constantFrom(...phases), age).map(([phase, ageS]) => job(phase, ageS)),
  { nil: undefined },
);
const anyPod = fc.option(
  fc.tuple(fc.constantFrom(...troubles), age).map(([trouble, ageS]) => pod(trouble, ageS)),
  { nil: undefined },
);
const anySubject = fc
  .record({
    status: fc.constantFrom(...statuses),
    busyness: fc.constantFrom('busy', 'idle', 'unknown'),
    ageS: age,
    job: anyJob,
    pod: anyPod,
  })
  .map((any) =>
    subject({ runner: runner(any.status, any.ageS, { busyness: any.busyness }), job: any.job, pod: any.pod }),
  );

describe('whatever else is so', () => {
  test('a runner that is online is never stale', () => {
    fc.assert(
      fc.property(anySubject, (any) => {
        if (any.runner?.status === 'online') assert.equal(judge(any, terms, now), undefined);
      }),
    );
  });

  test('a runner that may have a step is not stale before the long grace (P2)', () => {
    fc.assert(
      fc.property(anySubject, (any) => {
        const { runner: seen } = any;
        if (seen === undefined || seen.busyness === 'idle' || now - seen.updatedAt >= 46_800_000) return;
        if (seen.busyness === 'unknown' && seen.status === 'unregistered') return;
        assert.equal(judge(any, terms, now), undefined);
      }),
    );
  });

  test('nothing is stale when it is new', () => {
    fc.assert(
      fc.property(fc.constantFrom(...statuses), anyPod, (status, anything) => {
        const young = subject({ runner: runner(status, 0), job: job('pending', 0), pod: anything });
        assert.equal(judge(young, terms, now), undefined);
      }),
    );
  });
});
