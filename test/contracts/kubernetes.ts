// What every Kubernetes must do for the client: run against the sandbox's double and against a real API server.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  BatchV1Api,
  CoordinationV1Api,
  CoreV1Api,
  V1MicroTime,
  type KubeConfig,
} from '@kubernetes/client-node';
import { createKubernetesClient, type KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import { KubernetesError } from '../../core/clients/kubernetes/failure.ts';
import type { V1Job, V1Secret } from '../../core/clients/kubernetes/types.ts';
import { ServiceError } from '../../core/errors.ts';
import { systemClock } from '../../core/process/clock.ts';
import { startRelay } from './relay.ts';

/** One Kubernetes to test against, with nodes that run every pod at once. */
export interface KubernetesUnderTest {
  readonly client: KubernetesClient;
  /** The same cluster for what the client has no call for. */
  readonly kubeconfig: KubeConfig;
  /** Exists, is empty, and belongs to this test. */
  readonly namespace: string;
  close(): Promise<void>;
}

const deadlineMs = 30_000;

/** Asks until the check passes; the deadline is there to end a test that would hang. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function exampleJob(name: string, labels: Record<string, string> = {}): V1Job {
  const container = { name: 'runner', image: 'registry.invalid/runner:1' };
  return {
    metadata: { name, labels: { app: 'runner', ...labels } },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels: { app: 'runner', ...labels } },
        spec: { restartPolicy: 'Never', containers: [container], terminationGracePeriodSeconds: 0 },
      },
    },
  };
}

export function exampleSecret(name: string, labels: Record<string, string> = {}): V1Secret {
  return { metadata: { name, labels }, stringData: { oauthClientSecret: 'hush-hush-hush' } };
}

/** A refusal with this status whose text has every one of these words. */
export function refusal(status: number, ...words: (string | RegExp)[]): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof ServiceError, String(error));
    assert.deepEqual(
      [error.service, error.failure, error.status],
      ['kubernetes', 'status', status],
      error.message,
    );
    for (const word of words) assert.match(error.message, word instanceof RegExp ? word : new RegExp(word));
    return true;
  };
}

const names = (objects: { metadata?: { name?: string } }[]): (string | undefined)[] =>
  objects.map(({ metadata }) => metadata?.name);

export function defineKubernetesContract(name: string, make: () => Promise<KubernetesUnderTest>): void {
  describe(`the Kubernetes contract, ${name}`, () => {
    let under: KubernetesUnderTest;
    let client: KubernetesClient;
    let namespace: string;

    before(async () => {
      under = await make();
      ({ client, namespace } = under);
    });
    after(() => under.close());

    const uidOf = ({ metadata }: V1Job): string => metadata?.uid ?? assert.fail('no uid');
    const ownerOf = (job: V1Job) => ({
      ...{ apiVersion: 'batch/v1', kind: 'Job' },
      ...{ name: job.metadata?.name ?? '', uid: uidOf(job) },
    });

    it('gives a created Job back with uid, version and creation time', async () => {
      const created = await client.createJob(namespace, exampleJob('created', { test: 'created' }));
      const read = await client.getJob(namespace, 'created');
      assert.match(uidOf(created), /^[0-9a-f-]{36}$/);
      assert.equal(read?.metadata?.uid, created.metadata?.uid);
      assert.ok(read?.metadata?.creationTimestamp instanceof Date);
      assert.deepEqual(read.metadata.labels, { app: 'runner', test: 'created' });
    });

    it('runs one pod of a Job, with its labels, and counts it as active', async () => {
      const job = await client.createJob(namespace, exampleJob('active', { test: 'active' }));
      await eventually(async () => {
        const { status } = (await client.getJob(namespace, 'active')) ?? {};
        assert.deepEqual([status?.active, status?.ready, status?.failed], [1, 1, undefined]);
        assert.ok(status?.startTime instanceof Date);
      });
      const [pod, ...others] = await client.listPods(namespace, 'batch.kubernetes.io/job-name=active');
      assert.deepEqual(others, []);
      const { name, labels, ownerReferences } = pod?.metadata ?? {};
      assert.match(name ?? '', /^active-[a-z0-9]{5}$/);
      assert.partialDeepStrictEqual(labels, { test: 'active', 'controller-uid': uidOf(job) });
      assert.partialDeepStrictEqual(ownerReferences, [{ kind: 'Job', uid: uidOf(job), controller: true }]);
      assert.equal(pod?.status?.phase, 'Running');
    });

    it('runs no pod of a suspended Job', async () => {
      const job = exampleJob('suspended', { test: 'suspended' });
      await client.createJob(namespace, { ...job, spec: { ...job.spec!, suspend: true } });
      await eventually(async () => {
        const { status } = (await client.getJob(namespace, 'suspended')) ?? {};
        assert.equal(status?.conditions?.[0]?.type, 'Suspended');
      });
      assert.deepEqual(await client.listPods(namespace, 'test=suspended'), []);
    });

    it('lists by every form of label selector', async () => {
      await client.createJob(namespace, exampleJob('select-a', { pick: 'a', side: 'left' }));
      await client.createJob(namespace, exampleJob('select-b', { pick: 'b' }));
      const list = async (selector: string) => names(await client.listJobs(namespace, selector));
      assert.deepEqual(await list('pick'), ['select-a', 'select-b']);
      assert.deepEqual(await list('pick=a'), ['select-a']);
      assert.deepEqual(await list('pick==b'), ['select-b']);
      assert.deepEqual(await list('pick,pick!=b'), ['select-a']);
      assert.deepEqual(await list('pick in (a,b)'), ['select-a', 'select-b']);
      assert.deepEqual(await list('pick, pick notin (a)'), ['select-b']);
      assert.deepEqual(await list('pick,!side'), ['select-b']);
      assert.deepEqual(await list('pick=c'), []);
      assert.ok((await list('')).length >= 2);
    });

    it('refuses what is no label selector', async () => {
      await assert.rejects(client.listJobs(namespace, 'a ==='), refusal(400, 'list Jobs', 'requirement'));
    });

    it('gives a list of several pages whole and in order', async () => {
      const wanted = Array.from({ length: 1003 }, (_, index) => `page-${String(index).padStart(4, '0')}`);
      for (let start = 0; start < wanted.length; start += 50) {
        const some = wanted.slice(start, start + 50);
        await Promise.all(
          some.map((each) => client.createSecret(namespace, exampleSecret(each, { page: 'yes' }))),
        );
      }
      assert.deepEqual(names(await client.listSecrets(namespace, 'page=yes')), wanted);
    });

    it('sends no value of a Secret that is listed, owned or deleted', async () => {
      const relay = await startRelay(under.kubeconfig);
      try {
        const kubeconfig = { server: relay.url };
        const through = createKubernetesClient({ kubeconfig, clock: systemClock });
        const labels = { guarded: 'yes' };
        await client.createSecret(namespace, exampleSecret('guarded', labels));
        const [listed, ...others] = await through.listSecrets(namespace, 'guarded=yes');
        assert.deepEqual([Object.keys(listed ?? {}), others], [['metadata'], []]);
        assert.deepEqual([listed?.metadata?.name, listed?.metadata?.labels], ['guarded', labels]);
        assert.ok(listed?.metadata?.creationTimestamp instanceof Date);
        const owner = ownerOf(await client.createJob(namespace, exampleJob('guardian')));
        assert.equal(await through.ownSecret(namespace, 'guarded', owner), 'owned');
        assert.equal(await through.ownSecret(namespace, 'never-was', owner), 'missing');
        assert.ok((await client.getSecret(namespace, 'guarded'))?.data?.['oauthClientSecret']);
        await through.deleteSecret(namespace, 'guarded');
        assert.match(relay.received(), /"guarded"/);
        assert.doesNotMatch(relay.received(), /hush/);
        assert.doesNotMatch(
          relay.received(),
          new RegExp(Buffer.from('hush-hush-hush').toString('base64').slice(0, 16)),
        );
      } finally {
        await relay.close();
      }
    });

    it('keeps nothing of a rehearsal', async () => {
      const job = await client.createJob(namespace, exampleJob('rehearsed'), { rehearse: true });
      const secret = await client.createSecret(namespace, exampleSecret('rehearsed'), { rehearse: true });
      assert.deepEqual(names([job, secret]), ['rehearsed', 'rehearsed']);
      assert.equal(await client.getJob(namespace, 'rehearsed'), undefined);
      assert.equal(await client.getSecret(namespace, 'rehearsed'), undefined);
    });

    it('refuses in a rehearsal what it would refuse for good', async () => {
      const job = exampleJob('rehearsed-badly');
      job.spec!.template.spec!.restartPolicy = 'Always';
      const words = ['create Job', 'rehearsed-badly', 'restartPolicy', 'job template'];
      await assert.rejects(client.createJob(namespace, job, { rehearse: true }), refusal(422, ...words));
      await client.createJob(namespace, exampleJob('taken'));
      const again = client.createJob(namespace, exampleJob('taken'), { rehearse: true });
      await assert.rejects(again, refusal(409, 'already exists'));
    });

    it('drops an unknown field, unless asked to be strict', async () => {
      const job = exampleJob('unknown-field');
      const odd = { ...job, spec: { ...job.spec!, ttlSecondsAfterFinish: 5 } };
      const strict = client.createJob(namespace, odd, { rehearse: true, strict: true });
      await assert.rejects(strict, refusal(400, 'unknown field "spec.ttlSecondsAfterFinish"'));
      const created = await client.createJob(namespace, odd);
      assert.equal('ttlSecondsAfterFinish' in created.spec!, false);
    });

    it('refuses a second object of the same name and says so', async () => {
      await client.createJob(namespace, exampleJob('twice'));
      await client.createSecret(namespace, exampleSecret('twice'));
      const job = client.createJob(namespace, exampleJob('twice'));
      await assert.rejects(
        job,
        refusal(409, `create Job ${namespace}/twice`, 'already exists', 'look at it'),
      );
      const secret = client.createSecret(namespace, exampleSecret('twice'));
      await assert.rejects(
        secret,
        (error) => error instanceof KubernetesError && error.reason === 'AlreadyExists',
      );
    });

    it('refuses names and labels that Kubernetes does not allow', async () => {
      const badName = client.createJob(namespace, exampleJob('Not_A_Name'));
      await assert.rejects(badName, refusal(422, 'metadata.name', 'RFC 1123 subdomain'));
      const badLabel = client.createJob(namespace, exampleJob('bad-label', { group: 'two words' }));
      await assert.rejects(badLabel, refusal(422, 'labels', 'two words', 'a valid label'));
      const longLabel = client.createJob(namespace, exampleJob('long-label', { group: 'x'.repeat(64) }));
      await assert.rejects(longLabel, refusal(422, '63'));
      const longName = client.createJob(namespace, exampleJob('x'.repeat(64)));
      await assert.rejects(longName, refusal(422, 'spec.template.labels', '63'));
      const secret = client.createSecret(namespace, {
        metadata: { name: 'bad-key' },
        data: { 'a b': 'eA==' },
      });
      await assert.rejects(secret, refusal(422, 'create Secret', 'config key'));
    });

    it('never quotes a Secret in a refusal', async () => {
      const secret = { metadata: { name: 'Bad_Secret' }, stringData: { key: 'Bad_Secret' } };
      await assert.rejects(client.createSecret(namespace, secret), (error) => {
        assert.ok(error instanceof ServiceError);
        assert.match(error.message, /\[redacted\]/);
        return true;
      });
    });

    it('tells a missing namespace from a missing object', async () => {
      const nowhere = `nowhere-${randomUUID()}`;
      const words = [`namespaces "${nowhere}" not found`, `Namespace ${nowhere} does not exist`, 'create it'];
      await assert.rejects(client.createJob(nowhere, exampleJob('lost')), refusal(404, ...words));
      await assert.rejects(client.createSecret(nowhere, exampleSecret('lost')), refusal(404, ...words));
      assert.equal(await client.getJob(nowhere, 'lost'), undefined);
      assert.deepEqual(await client.listJobs(nowhere, ''), []);
    });

    it('takes what is missing already as deleted', async () => {
      await client.deleteJob(namespace, 'never-was');
      await client.deleteJob(namespace, 'never-was', { uid: randomUUID() });
      await client.deleteSecret(namespace, 'never-was');
      assert.equal(await client.getJob(namespace, 'never-was'), undefined);
      assert.equal(await client.getSecret(namespace, 'never-was'), undefined);
      assert.equal(await client.getCronJob(namespace, 'never-was'), undefined);
      assert.equal(await client.getLease(namespace, 'never-was'), undefined);
    });

    it('keeps the value of a Secret and deletes it', async () => {
      await client.createSecret(namespace, exampleSecret('kept', { test: 'kept' }));
      const read = await client.getSecret(namespace, 'kept');
      assert.equal(
        Buffer.from(read?.data?.['oauthClientSecret'] ?? '', 'base64').toString(),
        'hush-hush-hush',
      );
      assert.equal(read?.stringData, undefined);
      await client.deleteSecret(namespace, 'kept');
      assert.equal(await client.getSecret(namespace, 'kept'), undefined);
    });

    it('deletes a Job of the given uid only', async () => {
      const job = await client.createJob(namespace, exampleJob('guarded'));
      const other = client.deleteJob(namespace, 'guarded', { uid: randomUUID() });
      await assert.rejects(other, refusal(409, 'UID', 'precondition', 'read it again'));
      const still = await client.getJob(namespace, 'guarded');
      assert.equal(still?.metadata?.deletionTimestamp, undefined);
      assert.equal(still?.metadata?.uid, uidOf(job));
      await client.deleteJob(namespace, 'guarded', { uid: uidOf(job) });
      await eventually(async () => assert.equal(await client.getJob(namespace, 'guarded'), undefined));
    });

    it('deletes a Job in the given version only, which any change of it ends', async () => {
      const made = await client.createJob(namespace, exampleJob('versioned'));
      const uid = uidOf(made);
      await eventually(async () => {
        const { metadata, status } = (await client.getJob(namespace, 'versioned')) ?? {};
        assert.notEqual(metadata?.resourceVersion, made.metadata?.resourceVersion);
        assert.equal(status?.active, 1);
      });
      const old = { uid, resourceVersion: made.metadata?.resourceVersion };
      const refused = client.deleteJob(namespace, 'versioned', old);
      await assert.rejects(refused, refusal(409, 'ResourceVersion', 'precondition', 'read it again'));
      await eventually(async () => {
        const { metadata } = (await client.getJob(namespace, 'versioned')) ?? {};
        assert.equal(metadata?.deletionTimestamp, undefined);
        await client.deleteJob(namespace, 'versioned', { uid, resourceVersion: metadata?.resourceVersion });
      });
      await eventually(async () => assert.equal(await client.getJob(namespace, 'versioned'), undefined));
    });

    it('lists the time to live of a Job, which is not in its status', async () => {
      const job = exampleJob('mortal', { test: 'mortal' });
      const lived = { ...job, spec: { ...job.spec!, ttlSecondsAfterFinished: 77 } };
      await client.createJob(namespace, lived);
      await client.createJob(namespace, exampleJob('immortal', { test: 'mortal' }));
      const listed = await client.listJobs(namespace, 'test=mortal');
      assert.deepEqual(
        listed.map(({ metadata, ttlSecondsAfterFinished }) => [metadata?.name, ttlSecondsAfterFinished]),
        [
          ['immortal', undefined],
          ['mortal', 77],
        ],
      );
    });

    it('takes the Secret and the pods along with their Job', async () => {
      const labels = { test: 'cascade' };
      await client.createSecret(namespace, exampleSecret('cascade', labels));
      const job = await client.createJob(namespace, exampleJob('cascade', labels));
      assert.equal(await client.ownSecret(namespace, 'cascade', ownerOf(job)), 'owned');
      assert.equal(await client.ownSecret(namespace, 'cascade', ownerOf(job)), 'owned');
      const owned = await client.getSecret(namespace, 'cascade');
      assert.equal(owned?.metadata?.ownerReferences?.[0]?.uid, uidOf(job));
      assert.deepEqual(owned.metadata.labels, labels);
      await eventually(async () =>
        assert.equal((await client.listPods(namespace, 'test=cascade')).length, 1),
      );
      await client.deleteJob(namespace, 'cascade', { uid: uidOf(job) });
      await eventually(async () => {
        assert.equal(await client.getJob(namespace, 'cascade'), undefined);
        assert.equal(await client.getSecret(namespace, 'cascade'), undefined);
        assert.deepEqual(await client.listPods(namespace, 'test=cascade'), []);
      });
    });

    it('collects a Secret whose owner does not exist', async () => {
      await client.createSecret(namespace, exampleSecret('ownerless'));
      const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'never-was', uid: randomUUID() };
      await client.ownSecret(namespace, 'ownerless', owner);
      await eventually(async () => assert.equal(await client.getSecret(namespace, 'ownerless'), undefined));
    });

    it('says that a Secret to be owned is missing', async () => {
      const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'x', uid: randomUUID() };
      assert.equal(await client.ownSecret(namespace, 'never-was', owner), 'missing');
    });

    it('creates a namespace once and takes an existing one as it is', async () => {
      const fresh = `fresh-${randomUUID()}`;
      assert.equal(await client.createNamespace(fresh), 'created');
      assert.equal(await client.createNamespace(fresh), 'existed');
      assert.deepEqual(await client.listJobs(fresh, ''), []);
      await under.kubeconfig.makeApiClient(CoreV1Api).deleteNamespace({ name: fresh });
      await assert.rejects(
        client.createNamespace('No_Name'),
        refusal(422, 'create Namespace No_Name', 'RFC 1123'),
      );
    });

    it('finds CronJobs by name and labels, and takes their Jobs along', async () => {
      const api = under.kubeconfig.makeApiClient(BatchV1Api);
      const labels = { 'resource-class-org': 'acme', 'resource-class-name': 'linux' };
      const template = exampleJob('ignored', { from: 'template' });
      const body = {
        metadata: { name: 'linux', labels },
        spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: template.spec! } },
      };
      await api.createNamespacedCronJob({ namespace, body });
      const found = await client.listCronJobs(namespace, 'resource-class-org,resource-class-name=linux');
      assert.deepEqual(names(found), ['linux']);
      const cronJob = await client.getCronJob(namespace, 'linux');
      assert.equal(cronJob?.spec?.suspend, true);
      const spec = cronJob.spec.jobTemplate.spec!;
      const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'linux', uid: cronJob.metadata!.uid! };
      const metadata = { name: 'linux-1', ownerReferences: [{ ...owner, controller: true }] };
      await client.createJob(namespace, { metadata, spec });
      await api.deleteNamespacedCronJob({ namespace, name: 'linux', propagationPolicy: 'Background' });
      await eventually(async () => assert.equal(await client.getJob(namespace, 'linux-1'), undefined));
    });

    it('writes an event about an object of the same namespace only', async () => {
      const about = { kind: 'Job', namespace, name: 'active' };
      const rest = { reason: 'ScaledUp', message: 'from 1 to 2', type: 'Normal' };
      await client.createEvent(namespace, { metadata: { name: 'first' }, involvedObject: about, ...rest });
      const elsewhere = { ...about, namespace: 'elsewhere' };
      const wrong = client.createEvent(namespace, {
        metadata: { name: 'second' },
        involvedObject: elsewhere,
        ...rest,
      });
      await assert.rejects(wrong, refusal(422, 'involvedObject.namespace'));
    });

    it('lists the events whose fields are asked for', async () => {
      const about = (name: string) => ({ kind: 'Job', apiVersion: 'batch/v1', namespace, name });
      for (const [name, reason] of [
        ['refused-1', 'FailedCreate'],
        ['made-1', 'SuccessfulCreate'],
      ] as const) {
        const at = new Date(1_700_000_000_000);
        const times = { firstTimestamp: at, lastTimestamp: at, count: 1 };
        const words = { reason, message: name, type: 'Warning' };
        await client.createEvent(namespace, {
          ...{ metadata: { name }, involvedObject: about(name), ...words, ...times },
        });
      }
      const found = await client.listEvents(namespace, 'involvedObject.kind=Job,reason=FailedCreate');
      const own = found.filter(({ message }) => message === 'refused-1' || message === 'made-1');
      assert.deepEqual(
        own.map(({ message, involvedObject }) => [message, involvedObject.name]),
        [['refused-1', 'refused-1']],
      );
      await assert.rejects(client.listEvents(namespace, 'spec.nothing=a'), refusal(400, 'spec.nothing'));
    });

    it('lets exactly one of two writers replace a lease', async () => {
      const times = { acquiredAt: 1_700_000_000_123, renewedAt: 1_700_000_000_456 };
      const lease = { namespace, name: 'leader', holder: 'a', durationSeconds: 15, transitions: 0, ...times };
      const created = await client.createLease(lease);
      await assert.rejects(client.createLease(lease), refusal(409, 'already exists'));
      const read = await client.getLease(namespace, 'leader');
      assert.deepEqual(read, created);
      assert.deepEqual({ ...read, resourceVersion: undefined }, { ...lease, resourceVersion: undefined });
      const second = await client.replaceLease({ ...created, holder: 'b', transitions: 1 });
      assert.equal(second.holder, 'b');
      const late = client.replaceLease({ ...created, holder: 'c' });
      await assert.rejects(late, refusal(409, 'has been modified', 'read it again'));
      assert.equal((await client.getLease(namespace, 'leader'))?.holder, 'b');
    });

    it('lets a lease be replaced that a foreign hand wrote, whatever is in it', async () => {
      const api = under.kubeconfig.makeApiClient(CoordinationV1Api);
      const absurd = { leaseDurationSeconds: 2_147_483_647, leaseTransitions: 2_147_483_647 };
      for (const [name, spec] of Object.entries({
        empty: {},
        absurd: { ...absurd, holderIdentity: 'attacker', renewTime: new V1MicroTime(253_370_764_800_000) },
        bereft: { holderIdentity: 'attacker' },
      })) {
        await api.createNamespacedLease({ namespace, body: { metadata: { name }, spec } });
        const found = (await client.getLease(namespace, name)) ?? assert.fail(name);
        assert.equal(found.holder, 'holderIdentity' in spec ? 'attacker' : '');
        const mine = { ...found, holder: 'a', durationSeconds: 10, acquiredAt: 5_000, renewedAt: 6_000 };
        const written = await client.replaceLease({ ...mine, transitions: found.transitions + 1 });
        assert.partialDeepStrictEqual(written, { holder: 'a', durationSeconds: 10, renewedAt: 6_000 });
      }
    });
  });
}
