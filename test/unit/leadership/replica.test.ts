// Which pod a process takes itself for, and what it does where its manifest or its account does not provide for leader election.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LeaseCalls } from '../../../core/clients/kubernetes/leases.ts';
import type { Lease } from '../../../core/clients/kubernetes/types.ts';
import { ServiceError } from '../../../core/errors.ts';
import { leadershipOf } from '../../../core/leadership/leadership.ts';
import { findReplica, type Found } from '../../../core/leadership/replica.ts';
import { standbyReadiness, standingText } from '../../../core/leadership/standby.ts';
import { manualClock } from '../../fakes/clock.ts';

const inPod = { KUBERNETES_SERVICE_HOST: '10.96.0.1' };
const file = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
const missing = (): never => {
  throw new Error('ENOENT');
};

function machine(readFile: (path: string) => string) {
  return { readFile, hostname: () => 'runner-controller-abc', random: () => 'r4nd' };
}

const mounted = machine((path) => (path === file ? 'control-plane\n' : missing()));
const bare = machine(missing);

test('the downward API names the pod, wherever the process runs', () => {
  const env = { POD_NAME: 'p', POD_NAMESPACE: 'ns', POD_UID: 'u', KUBECONFIG: '/k' };
  assert.deepEqual(findReplica(env, bare), {
    kind: 'declared',
    replica: { name: 'p', namespace: 'ns', uid: 'u' },
  });
});

test('a pod without the variables is known by its account and host name, and no two replicas are the same', () => {
  const { kind, replica } = findReplica(inPod, mounted);
  assert.equal(kind, 'derived');
  assert.equal(replica?.name, 'runner-controller-abc');
  assert.equal(replica?.namespace, 'control-plane');
  assert.equal(replica?.identity, 'runner-controller-abc_r4nd');
});

test('one variable alone is completed', () => {
  const named = findReplica({ ...inPod, POD_NAME: 'p' }, mounted).replica;
  assert.deepEqual([named?.name, named?.namespace, named?.identity], ['p', 'control-plane', 'p']);
  const placed = findReplica({ ...inPod, POD_NAMESPACE: 'ns' }, bare).replica;
  assert.deepEqual([placed?.name, placed?.namespace], ['runner-controller-abc', 'ns']);
});

for (const [what, env, on] of [
  ['without a service account', inPod, bare],
  ['with a kubeconfig of another cluster', { ...inPod, KUBECONFIG: '/k' }, mounted],
] as const) {
  test(`a pod ${what} acts without leader election, and says so`, () => {
    const found = findReplica(env, on);
    assert.equal(found.kind, 'none');
    const log: string[] = [];
    start(found, () => undefined, log);
    assert.equal(log.length, 2);
    assert.match(log[0] ?? '', /no leader election takes place.*Set POD_NAME and POD_NAMESPACE/);
    assert.equal(log[1], 'leads');
  });
}

test('outside of a cluster a process acts and says nothing', () => {
  const log: string[] = [];
  start(findReplica({}, bare), () => undefined, log);
  assert.deepEqual(log, ['leads']);
});

function start(found: Found, get: () => Lease | undefined, log: string[]) {
  const leases: LeaseCalls = {
    getLease: () => Promise.resolve().then(get),
    createLease: (lease) => Promise.resolve({ ...lease, resourceVersion: '1' }),
    replaceLease: (lease) => Promise.resolve({ ...lease, resourceVersion: '2' }),
  };
  const clock = manualClock();
  const leadership = leadershipOf({
    ...{ found, lease: 'runner-controller', leases: () => leases, clock, steady: clock },
    changed: ({ state }) => log.push(state === 'leading' ? 'leads' : state),
    trouble: (message) => log.push(message),
    recovered: () => log.push('recovered'),
  });
  leadership.start();
  return { leadership, clock };
}

function refused(status: number): ServiceError {
  const details = { service: 'kubernetes', operation: 'get-lease', failure: 'status', status } as const;
  return new ServiceError(`answered ${status}`, details);
}

test('a pod that was not told its name takes part in leader election where its account may', async () => {
  const log: string[] = [];
  const { leadership, clock } = start(findReplica(inPod, mounted), () => undefined, log);
  await clock.advance(1);
  assert.deepEqual([leadership.isLeading(), log], [true, ['leads']]);
  await leadership.stop();
});

test('where its account may not, it acts as it always did, and says that no leader election takes place', async () => {
  const log: string[] = [];
  const get = (): never => {
    throw refused(403);
  };
  const { leadership, clock } = start(findReplica(inPod, mounted), get, log);
  await clock.advance(60_000);
  assert.equal(leadership.isLeading(), true);
  assert.equal(log.length, 2, log.join());
  assert.match(
    log[0] ?? '',
    /may not get the lease runner-controller in control-plane.*leader-election\.yaml/,
  );
  await leadership.stop();
});

test('a pod that was told its name, or whose API server fails, does not act without a lease', async () => {
  const declared = findReplica({ POD_NAME: 'p', POD_NAMESPACE: 'ns' }, bare);
  for (const [found, status] of [
    [declared, 403],
    [findReplica(inPod, mounted), 500],
  ] as const) {
    const log: string[] = [];
    const get = (): never => {
      throw refused(status);
    };
    const { leadership, clock } = start(found, get, log);
    await clock.advance(60_000);
    assert.equal(leadership.isLeading(), false);
    assert.deepEqual(log, [`the lease cannot be read or renewed: answered ${status}`]);
    assert.deepEqual(leadership.standing(), { state: 'unknown', because: log.join(' ') });
    await leadership.stop();
  }
});

test('a replica that stands by is ready; one that cannot tell who leads is not, and says why', () => {
  assert.deepEqual(standbyReadiness({ state: 'standing-by', leader: 'b' }), {
    ready: true,
    reasons: ['another replica leads, this one stands by'],
  });
  assert.deepEqual(standbyReadiness({ state: 'unknown', because: 'it gives no duration' }), {
    ready: false,
    reasons: ['it is not known who leads: it gives no duration'],
  });
});

test('the log has a text of its own for each state', () => {
  assert.equal(standingText({ state: 'leading' }), 'this process leads');
  assert.equal(
    standingText({ state: 'standing-by', leader: 'b' }),
    'another replica leads, this one stands by',
  );
  assert.equal(standingText({ state: 'unknown', because: '' }), 'this process leads no more');
});

test('where no leader election takes place the process leads', async () => {
  const { leadership } = start(findReplica({}, bare), () => undefined, []);
  assert.deepEqual(leadership.standing(), { state: 'leading' });
  await leadership.stop();
});
