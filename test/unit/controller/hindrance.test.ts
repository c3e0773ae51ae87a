// What a cluster's pods and events say of a start that does not get on, and how a failed call is told apart: tables.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CoreV1Event, V1ContainerStatus, V1Pod } from '../../../core/clients/kubernetes/types.ts';
import { holdLinkOf, type HoldLink } from '../../../core/hold-link.ts';
import {
  hindranceOfPhase,
  hindranceOfPods,
  hindranceOfRefusals,
  shortened,
} from '../../../controller/targets/job-hindrance.ts';
import type { ServiceFailure } from '../../../core/errors.ts';
import { ServiceError } from '../../../core/errors.ts';
import { troubleOf } from '../../../core/pod-trouble.ts';

type State = Pick<V1ContainerStatus, 'state' | 'lastState'> & { readonly ready?: boolean };

function pod(phase: string, containers: readonly State[] = [], more: Partial<V1Pod> = {}): V1Pod {
  const containerStatuses = containers.map((state, index) => ({
    ...{ name: `c${index}`, image: '', imageID: '', ready: false, restartCount: 0 },
    ...state,
  }));
  return { ...more, status: { phase, containerStatuses, ...more.status } };
}

const waiting = (reason: string, message?: string): State => ({
  state: { waiting: message === undefined ? { reason } : { reason, message } },
});
const ended = (exitCode: number, reason?: string): State => ({
  state: { terminated: reason === undefined ? { exitCode } : { exitCode, reason } },
});
const runs: State = { state: { running: {} }, ready: true };
const unscheduled = {
  type: 'PodScheduled',
  status: 'False',
  reason: 'Unschedulable',
  message: '0/3 nodes are available: 3 Insufficient cpu.',
};
const failed = pod('Failed', [ended(137, 'OOMKilled')], {
  metadata: { creationTimestamp: new Date(1000) },
});

/** `link word detail`, as far as there is one. */
function told(pods: readonly V1Pod[]): string {
  const found = hindranceOfPods(pods);
  return found === undefined ? 'none' : [found.link, found.word, found.detail ?? ''].join(' ').trim();
}

const rows: readonly (readonly [name: string, pods: readonly V1Pod[], told: string])[] = [
  ['no pod', [], 'none'],
  [
    'an image that is not there',
    [pod('Pending', [runs, waiting('ImagePullBackOff', 'Back-off pulling\n image "x"')])],
    'image-pull ImagePullBackOff Back-off pulling image "x"',
  ],
  [
    'no node',
    [{ status: { phase: 'Pending', conditions: [unscheduled] } }],
    'unschedulable Unschedulable 0/3 nodes are available: 3 Insufficient cpu.',
  ],
  [
    'a crash whose text is not quoted',
    [pod('Running', [waiting('CrashLoopBackOff', 'my text')])],
    'crash-loop CrashLoopBackOff',
  ],
  [
    'a Secret that is missing',
    [pod('Pending', [waiting('CreateContainerConfigError', 'x')])],
    'not-started CreateContainerConfigError',
  ],
  [
    'a volume or network that takes long',
    [pod('Pending', [waiting('ContainerCreating')])],
    'not-started ContainerCreating',
  ],
  ['nothing said yet', [pod('Pending')], 'not-started'],
  ['one that runs', [pod('Running', [runs])], 'never-registered'],
  [
    'one that runs after an init container',
    [
      pod('Running', [runs], {
        status: {
          initContainerStatuses: [
            { ...ended(0), name: 'i', image: '', imageID: '', ready: true, restartCount: 0 },
          ],
        },
      }),
    ],
    'never-registered',
  ],
  [
    'one that was started again and runs now',
    [pod('Running', [{ ...runs, lastState: { terminated: { exitCode: 1, reason: 'Error' } } }])],
    'crash-loop Error',
  ],
  ['one that ended well', [pod('Succeeded', [ended(0, 'Completed')])], 'ended Completed'],
  ['one that ended badly', [failed], 'ended OOMKilled'],
  ['one that was evicted', [pod('Failed', [], { status: { reason: 'Evicted' } })], 'ended Evicted'],
  [
    'the second try of a Job',
    [failed, pod('Running', [runs], { metadata: { creationTimestamp: new Date(2000) } })],
    'crash-loop OOMKilled',
  ],
  [
    'a try whose newest pod has another trouble',
    [failed, pod('Pending', [waiting('ErrImagePull')], { metadata: { creationTimestamp: new Date(2000) } })],
    'image-pull ErrImagePull',
  ],
];

describe('the pods of a Job', () => {
  for (const [name, pods, expected] of rows) test(name, () => assert.equal(told(pods), expected));

  test('a long sentence of the cluster is shortened', () => {
    assert.equal(shortened('x'.repeat(300)).length, 201);
  });
});

describe('a Job without a pod', () => {
  const event = (message: string): CoreV1Event => ({ metadata: {}, involvedObject: {}, message });
  const prefix = 'Error creating: pods "a" is forbidden:';

  test('that no event explains', () => {
    assert.deepEqual(hindranceOfRefusals([]), { link: 'no-pod', word: '' });
  });

  test('for a quota, in the words of the newest event', () => {
    const events = [event('Error creating: old'), event(`${prefix} exceeded quota: small, requested: cpu=1`)];
    assert.deepEqual(hindranceOfRefusals(events), {
      ...{ link: 'quota', word: 'FailedCreate' },
      detail: 'pods "a" is forbidden: exceeded quota: small, requested: cpu=1',
    });
  });

  test('for an admission policy', () => {
    assert.equal(hindranceOfRefusals([event(`${prefix} violates PodSecurity`)]).link, 'pod-refused');
  });
});

test('of a machine alone, its phase tells', () => {
  const links = (['pending', 'running', 'failed'] as const).map((phase) => hindranceOfPhase({ phase }).link);
  assert.deepEqual(links, ['not-started', 'never-registered', 'ended']);
});

test('a pod that runs or is on its way has no trouble', () => {
  assert.equal(troubleOf(pod('Running', [runs])), undefined);
  assert.equal(troubleOf(pod('Pending', [waiting('ContainerCreating')])), undefined);
});

describe('a call that failed', () => {
  const calls: readonly (readonly [ServiceFailure, number | undefined, HoldLink])[] = [
    ['status', 401, 'unauthorized'],
    ['status', 403, 'forbidden'],
    ['status', 404, 'not-found'],
    ['status', 429, 'rate-limited'],
    ['status', 400, 'refused'],
    ['status', 500, 'failing'],
    ['status', 503, 'failing'],
    ['refused-locally', undefined, 'rate-limited'],
    ['network', undefined, 'unreachable'],
    ['timeout', undefined, 'unreachable'],
    ['malformed', 200, 'unclear'],
  ];
  for (const [failure, status, link] of calls) {
    test(`${failure} ${status ?? ''} is ${link}`, () => {
      const error = new ServiceError('', { service: 's', operation: 'o', failure, status });
      assert.equal(holdLinkOf(error), link);
    });
  }
});
