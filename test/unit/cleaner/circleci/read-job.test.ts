// How Jobs and their pods read to the cleaner: whose they are, whether anything runs, what ails the newest pod, and for how long.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isOurs, readRunnerJob } from '../../../../cleaner/circleci/read-job.ts';
import type {
  V1ContainerStatus,
  V1Job,
  V1ObjectMeta,
  V1Pod,
} from '../../../../core/clients/kubernetes/types.ts';

const at = (second: number): Date => new Date(Date.UTC(2026, 10, 24, 9, 0, second));
const stamp = { 'runner-autoscaler/created-at': at(0).toISOString() };
const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'linux', uid: 'cron', controller: true };
const stamped: V1ObjectMeta = { name: 'linux-0', uid: 'job', annotations: stamp, ownerReferences: [owner] };
const job: V1Job = { metadata: stamped };

type State = Pick<V1ContainerStatus, 'state' | 'lastState'>;

function pod(
  uid: string,
  second: number,
  states: readonly State[],
  given: { init?: readonly State[]; job?: string } = {},
): V1Pod {
  const container = (state: State): V1ContainerStatus => {
    return { name: 'c', image: 'i', imageID: '', ready: false, restartCount: 0, ...state };
  };
  const { init = [] } = given;
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'x', uid: given.job ?? 'job' }];
  return {
    metadata: { uid, creationTimestamp: at(second), ownerReferences },
    status: { containerStatuses: states.map(container), initContainerStatuses: init.map(container) },
  };
}

const running: State = { state: { running: { startedAt: at(5) } } };
const looping: State = { state: { waiting: { reason: 'CrashLoopBackOff' } } };
const imageless: State = { state: { waiting: { reason: 'ImagePullBackOff' } } };
const ended: State = { state: { terminated: { exitCode: 1 } } };

describe('ours is a Job', () => {
  const rows: readonly [string, V1ObjectMeta, boolean][] = [
    ['that the CronJob owns and we have stamped', stamped, true],
    ['not without our stamp', { ...stamped, annotations: {} }, false],
    [
      'not with a stamp that is no time',
      { ...stamped, annotations: { 'runner-autoscaler/created-at': 'x' } },
      false,
    ],
    ['not of another CronJob', { ...stamped, ownerReferences: [{ ...owner, name: 'other' }] }, false],
    [
      'not of another kind of owner',
      { ...stamped, ownerReferences: [{ ...owner, kind: 'Workflow' }] },
      false,
    ],
    [
      'not of an owner that does not control it',
      { ...stamped, ownerReferences: [{ ...owner, controller: false }] },
      false,
    ],
    ['not without an owner', { ...stamped, ownerReferences: [] }, false],
  ];
  for (const [what, metadata, expected] of rows) {
    test(what, () => assert.equal(isOurs({ metadata }, 'linux'), expected));
  }
});

describe('of the pods of a Job', () => {
  const rows: readonly [
    string,
    readonly V1Pod[],
    readonly [runs: boolean, word: string | undefined] | undefined,
  ][] = [
    ['none is there', [], undefined],
    ['those of others do not count', [pod('a', 1, [running], { job: 'other' })], undefined],
    ['one that runs runs', [pod('a', 1, [running])], [true, undefined]],
    ['one between two runs does not', [pod('a', 1, [looping])], [false, 'CrashLoopBackOff']],
    ['one with any container that runs does', [pod('a', 1, [looping, running])], [true, 'CrashLoopBackOff']],
    [
      'a sidecar alone runs no task',
      [pod('a', 1, [looping], { init: [running] })],
      [false, 'CrashLoopBackOff'],
    ],
    [
      'the newest one tells what is wrong',
      [pod('b', 2, [imageless]), pod('a', 1, [looping])],
      [false, 'ImagePullBackOff'],
    ],
    [
      'an older one may run yet',
      [pod('b', 2, [imageless]), pod('a', 1, [running])],
      [true, 'ImagePullBackOff'],
    ],
    ['one that ended has no trouble', [pod('a', 1, [ended])], [false, undefined]],
  ];
  for (const [what, pods, expected] of rows) {
    test(what, () => {
      const seen = readRunnerJob(job, pods).pods;
      assert.deepEqual(seen && [seen.runs, seen.trouble?.word], expected);
    });
  }

  test('the latest run that has ended is told with its times', () => {
    const run = (from: number, to: number): State => ({
      ...looping,
      lastState: { terminated: { exitCode: 1, startedAt: at(from), finishedAt: at(to) } },
    });
    const { pods } = readRunnerJob(job, [pod('a', 1, [run(5, 9), run(6, 12), looping])]);
    assert.deepEqual(pods?.lastRun, { startedAt: at(6).getTime(), endedAt: at(12).getTime() });
    assert.equal(readRunnerJob(job, [pod('a', 1, [looping])]).pods?.lastRun, undefined);
  });
});

test('a Job is told with its stamp, its end, its time to live and its mark', () => {
  const conditions = [{ type: 'Failed', status: 'True', lastTransitionTime: at(30) }];
  const metadata = { ...stamped, labels: { 'runner-autoscaler/keep': 'true' } };
  const seen = readRunnerJob({ metadata, status: { conditions }, ttlSecondsAfterFinished: 60 }, []);
  assert.deepEqual(seen, {
    ...{
      name: 'linux-0',
      uid: 'job',
      phase: 'failed',
      createdAt: at(0).getTime(),
      endedAt: at(30).getTime(),
    },
    ...{ ttlMs: 60_000, keep: true, pods: undefined },
  });
});
