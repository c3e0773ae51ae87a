// The double's Job controller and garbage collector, driven by a clock that the test moves.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { V1Job } from '../../../core/clients/kubernetes/types.ts';
import { exampleJob, exampleSecret } from '../../contracts/kubernetes.ts';
import { startSetting, type Setting, type SettingOptions } from './setting.ts';

describe("the double's Jobs", () => {
  let setting: Setting;
  afterEach(() => setting.close());

  async function start(options?: SettingOptions, spec: Partial<V1Job['spec']> = {}): Promise<Setting> {
    setting = await startSetting(options);
    const job = exampleJob('a');
    await setting.client.createJob('default', { ...job, spec: { ...job.spec!, ...spec } });
    return setting;
  }
  const status = async () => (await setting.client.getJob('default', 'a'))?.status;
  const conditions = async () => (await status())?.conditions?.map(({ type }) => type);
  const lastPod = (): string => setting.created.at(-1)?.uid ?? assert.fail('no pod');

  it('plan a pod with its name, labels and annotations, and leave it Pending', async () => {
    await start();
    assert.match(setting.created[0]?.name ?? '', /^a-[a-z0-9]{5}$/);
    assert.equal(setting.created[0]?.labels['app'], 'runner');
    const pods = await setting.client.listPods('default', '');
    assert.equal(pods[0]?.status?.phase, 'Pending');
    assert.deepEqual([(await status())?.active, (await status())?.ready], [1, 0]);
  });

  it('complete when their pod succeeds', async () => {
    await start();
    setting.double.setPodPhase(lastPod(), 'Running');
    assert.equal((await status())?.ready, 1);
    setting.clock.pass(60_000);
    setting.double.setPodPhase(lastPod(), 'Succeeded');
    const done = await status();
    assert.deepEqual([done?.active, done?.succeeded, done?.ready], [undefined, 1, 0]);
    assert.deepEqual(await conditions(), ['SuccessCriteriaMet', 'Complete']);
    assert.equal(done?.completionTime?.getTime(), setting.clock.now());
    assert.equal(done.completionTime.getTime() - (done.startTime?.getTime() ?? 0), 60_000);
  });

  it('fail at once without a back-off limit', async () => {
    await start();
    setting.double.setPodPhase(lastPod(), 'Failed', 'Evicted');
    assert.deepEqual(await conditions(), ['FailureTarget', 'Failed']);
    assert.equal((await status())?.failed, 1);
    assert.equal((await setting.client.listPods('default', ''))[0]?.status?.reason, 'Evicted');
    assert.equal(setting.created.length, 1);
  });

  it('start another pod after a back-off that doubles', async () => {
    await start({}, { backoffLimit: 2 });
    for (const wait of [10_000, 20_000]) {
      const before = setting.created.length;
      setting.double.setPodPhase(lastPod(), 'Failed');
      setting.clock.pass(wait - 1);
      setting.double.advance();
      assert.equal(setting.created.length, before);
      setting.clock.pass(1);
      setting.double.advance();
      assert.equal(setting.created.length, before + 1);
    }
    setting.double.setPodPhase(lastPod(), 'Failed');
    assert.deepEqual([await conditions(), (await status())?.failed], [['FailureTarget', 'Failed'], 3]);
  });

  it('are gone after their time to live, with pod and Secret', async () => {
    await start({}, { ttlSecondsAfterFinished: 30 });
    const uid = (await setting.client.getJob('default', 'a'))?.metadata?.uid ?? '';
    await setting.client.createSecret('default', exampleSecret('s'));
    await setting.client.ownSecret('default', 's', { apiVersion: 'batch/v1', kind: 'Job', name: 'a', uid });
    setting.double.setPodPhase(lastPod(), 'Succeeded');
    setting.clock.pass(29_999);
    assert.notEqual(await setting.client.getJob('default', 'a'), undefined);
    setting.clock.pass(1);
    assert.equal(await setting.client.getJob('default', 'a'), undefined);
    assert.deepEqual([setting.double.objects('Pod'), setting.double.objects('Secret')], [[], []]);
    assert.deepEqual(setting.deleted, [lastPod()]);
  });

  it('stay while their pod ends, when deleted in the foreground', async () => {
    await start({ terminationMs: 30_000 });
    await setting.client.deleteJob('default', 'a');
    assert.ok((await setting.client.getJob('default', 'a'))?.metadata?.deletionTimestamp instanceof Date);
    assert.ok((await setting.client.listPods('default', ''))[0]?.metadata?.deletionTimestamp instanceof Date);
    await setting.client.deleteJob('default', 'a');
    assert.deepEqual(setting.deleted, []);
    setting.clock.pass(30_000);
    assert.equal(await setting.client.getJob('default', 'a'), undefined);
    assert.deepEqual(setting.deleted, [lastPod()]);
    assert.equal(setting.created.length, 1);
  });

  it('leave their pod behind when the deletion says nothing of it', async () => {
    await start();
    await fetch(`${setting.url}/apis/batch/v1/namespaces/default/jobs/a`, { method: 'DELETE' });
    assert.equal(setting.double.objects('Pod').length, 1);
    assert.deepEqual(setting.double.objects('Job'), []);
  });

  it('replace a pod that was deleted', async () => {
    await start();
    const { name } = setting.created[0] ?? assert.fail('no pod');
    await fetch(`${setting.url}/api/v1/namespaces/default/pods/${name}`, { method: 'DELETE' });
    assert.equal(setting.created.length, 2);
  });

  it('show what the kubelet and the scheduler say of a pod that is stuck', async () => {
    await start();
    setting.double.setPodPhase(lastPod(), 'Pending', 'ImagePullBackOff', 'Back-off');
    const stuck = (await setting.client.listPods('default', ''))[0]?.status;
    assert.deepEqual(stuck?.containerStatuses?.[0]?.state?.waiting, {
      reason: 'ImagePullBackOff',
      message: 'Back-off',
    });
    setting.double.setPodPhase(lastPod(), 'Pending', 'Unschedulable', '0/1 nodes');
    const homeless = (await setting.client.listPods('default', ''))[0]?.status;
    const [{ type, status: scheduled, reason } = assert.fail()] = homeless?.conditions ?? [];
    assert.deepEqual([type, scheduled, reason], ['PodScheduled', 'False', 'Unschedulable']);
    assert.equal(homeless?.containerStatuses, undefined);
  });

  it('whose pod is refused say so in events, and get it when it is not refused any more', async () => {
    let refusal: string | undefined = 'exceeded quota: small';
    await start({ podRefused: () => refusal });
    const refusals = async (): Promise<unknown[]> =>
      (await setting.client.listEvents('default', 'reason=FailedCreate')).map(({ message }) => message);
    assert.equal(setting.created.length, 0);
    assert.deepEqual(await refusals(), ['Error creating: exceeded quota: small']);
    setting.clock.pass(60_000);
    assert.equal((await refusals()).length, 2);
    refusal = undefined;
    setting.clock.pass(60_000);
    setting.double.advance();
    assert.equal(setting.created.length, 1);
  });

  it('ignore what is said of a pod that is gone', async () => {
    await start();
    await setting.client.deleteJob('default', 'a');
    assert.equal(setting.double.setPodPhase(lastPod(), 'Running'), false);
  });
});
