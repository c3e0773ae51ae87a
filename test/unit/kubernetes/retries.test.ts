// When the client tries again, how long it waits, and what it reports of each attempt.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { KubernetesError } from '../../../core/clients/kubernetes/failure.ts';
import { exampleJob } from '../../contracts/kubernetes.ts';
import { startSetting, type Setting } from './setting.ts';

describe('retries of the Kubernetes client', () => {
  let setting: Setting;
  beforeEach(async () => {
    setting = await startSetting();
    setting.double.create({ ...exampleJob('there'), kind: 'Job', metadata: { name: 'there' } });
  });
  afterEach(() => setting.close());

  const statuses = (): (number | string)[] => setting.calls.map(({ status }) => status);

  it('reads again after a broken connection and a 503, waiting longer each time', async () => {
    setting.double.failNext({ match: {}, with: 'reset-before' });
    setting.double.failNext({ match: {}, with: { status: 503 } });
    assert.equal((await setting.client.listJobs('default', '')).length, 1);
    assert.deepEqual(setting.clock.sleeps, [250, 500]);
    assert.deepEqual(statuses(), ['network', 503, 200]);
  });

  it('gives up after two more attempts', async () => {
    setting.double.failNext({ match: {}, with: { status: 500 }, times: 10 });
    await assert.rejects(setting.client.getJob('default', 'there'), { status: 500 });
    assert.equal(setting.double.calls.length, 3);
  });

  it('waits as long as a 429 asks for', async () => {
    setting.double.failNext({ match: {}, with: { status: 429, retryAfterSeconds: 7 } });
    await setting.client.listPods('default', '');
    assert.deepEqual(setting.clock.sleeps, [7250]);
  });

  it('hands a long wait to the caller instead of waiting', async () => {
    setting.double.failNext({ match: {}, with: { status: 429, retryAfterSeconds: 120 } });
    await assert.rejects(setting.client.listPods('default', ''), { status: 429, retryAfterMs: 120_000 });
    assert.deepEqual(setting.clock.sleeps, []);
  });

  it('asks once more only where another answer can be hoped for', async () => {
    for (const status of [400, 401, 403, 404, 409, 422]) {
      setting.double.failNext({ match: {}, with: { status } });
      await assert.rejects(setting.client.getJob('default', 'there'), { status });
    }
    setting.double.failNext({ match: {}, with: 'html' });
    await assert.rejects(setting.client.getJob('default', 'there'), { failure: 'malformed' });
    setting.double.failNext({ match: {}, with: 'hang' });
    await assert.rejects(setting.impatient.getJob('default', 'there'), { failure: 'timeout' });
    assert.equal(setting.double.calls.length, 8);
  });

  it('reads a list that expired from its start', async () => {
    setting.double.failNext({ match: {}, with: { status: 410, reason: 'Expired' } });
    assert.equal((await setting.client.listJobs('default', '')).length, 1);
  });

  it('sends a write once, whatever happens', async () => {
    for (const fault of ['reset-before', { status: 503 }, { status: 429, retryAfterSeconds: 1 }] as const) {
      setting.double.failNext({ match: { method: 'POST' }, with: fault });
      await assert.rejects(setting.client.createJob('default', exampleJob('new')), KubernetesError);
    }
    setting.double.failNext({ match: { method: 'DELETE' }, with: 'reset-before' });
    await assert.rejects(setting.client.deleteJob('default', 'there'), { failure: 'network' });
    assert.equal(setting.double.calls.length, 4);
    assert.deepEqual(
      setting.double.objects('Job').map(({ metadata }) => metadata.name),
      ['there'],
    );
  });

  it('lets a creation whose answer was lost be found out: the next is 409, and the Job is there', async () => {
    setting.double.failNext({ match: { method: 'POST' }, with: 'reset-after' });
    await assert.rejects(setting.client.createJob('default', exampleJob('lost')), { failure: 'network' });
    const again = setting.client.createJob('default', exampleJob('lost'));
    await assert.rejects(again, { status: 409, reason: 'AlreadyExists' });
    assert.equal((await setting.client.getJob('default', 'lost'))?.metadata?.name, 'lost');
  });

  it('reports every attempt with its operation and time', async () => {
    await setting.client.createNamespace('fresh');
    await setting.client.getJob('default', 'absent');
    assert.deepEqual(
      setting.calls.map(({ service, operation, status }) => [service, operation, status]),
      [
        ['kubernetes', 'create-namespace', 201],
        ['kubernetes', 'get-job', 404],
      ],
    );
    assert.ok(setting.calls.every(({ ms }) => ms >= 0));
  });
});
