// What the double answers to those who use it without the client: paths, patches, versions, refusals.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { exampleJob, exampleSecret } from '../../contracts/kubernetes.ts';
import { startSetting, type Setting } from './setting.ts';

interface Body {
  metadata: { name: string; labels?: Record<string, string>; resourceVersion: string };
  message: string;
  reason: string;
  items: Body[];
  data: Record<string, string>;
  status: Record<string, unknown>;
}

describe("the double's API", () => {
  let setting: Setting;
  before(async () => {
    setting = await startSetting();
    await setting.client.createJob('default', exampleJob('job', { a: 'b' }));
    await setting.client.createSecret('default', exampleSecret('secret', { a: 'b' }));
  });
  after(() => setting.close());

  async function call(method: string, path: string, body?: unknown, type = 'application/json') {
    const init = {
      method,
      headers: { 'content-type': type },
      ...(body ? { body: JSON.stringify(body) } : {}),
    };
    const response = await fetch(`${setting.url}${path}`, init);
    const text = await response.text();
    return { code: response.status, text, body: (text.startsWith('{') ? JSON.parse(text) : {}) as Body };
  }
  const secret = '/api/v1/namespaces/default/secrets/secret';
  const job = '/apis/batch/v1/namespaces/default/jobs/job';

  it('says that it is ready, and which version it plays', async () => {
    assert.deepEqual(await call('GET', '/readyz').then(({ code, text }) => [code, text]), [200, 'ok']);
    assert.match((await call('GET', '/version')).text, /"minor":"34"/);
  });

  it('merges a merge patch and a strategic one, and removes what is null', async () => {
    for (const type of ['application/merge-patch+json', 'application/strategic-merge-patch+json']) {
      const patched = await call('PATCH', secret, { metadata: { labels: { a: null, c: 'd' } } }, type);
      assert.deepEqual([patched.code, patched.body.metadata.labels], [200, { c: 'd' }]);
    }
  });

  it('applies a JSON patch, and refuses one that does not apply', async () => {
    const type = 'application/json-patch+json';
    const add = [{ op: 'add', path: '/metadata/labels/x~1y', value: 'z' }];
    assert.equal((await call('PATCH', secret, add, type)).body.metadata.labels?.['x/y'], 'z');
    const remove = [{ op: 'remove', path: '/metadata/labels/absent' }];
    assert.equal((await call('PATCH', secret, remove, type)).code, 422);
    assert.equal((await call('PATCH', secret, {}, type)).code, 400);
    assert.equal((await call('PATCH', secret, {}, 'application/json')).code, 415);
  });

  it('refuses a replacement of an older version, and a Job with another template', async () => {
    const { body } = await call('GET', secret);
    assert.equal((await call('PUT', secret, body)).code, 200);
    const late = await call('PUT', secret, body);
    assert.deepEqual([late.code, late.body.reason], [409, 'Conflict']);
    const change = { spec: { template: { spec: { restartPolicy: 'OnFailure' } } } };
    const template = await call('PATCH', job, change, 'application/merge-patch+json');
    assert.match(template.body.message, /spec\.template: .*field is immutable/);
  });

  it('changes the status of a pod by its subresource only, and the Job follows', async () => {
    const { name } = setting.created[0] ?? assert.fail('no pod');
    const pod = `/api/v1/namespaces/default/pods/${name}`;
    const type = 'application/merge-patch+json';
    await call('PATCH', pod, { status: { phase: 'Succeeded' } }, type);
    assert.equal((await call('GET', pod)).body.status['phase'], 'Pending');
    await call('PATCH', `${pod}/status`, { status: { phase: 'Succeeded' } }, type);
    assert.equal((await call('GET', job)).body.status['succeeded'], 1);
  });

  it('lists over all namespaces, and pages with a token of its own only', async () => {
    await setting.client.createNamespace('other');
    await setting.client.createSecret('other', exampleSecret('secret'));
    assert.equal((await call('GET', '/api/v1/secrets')).body.items.length, 2);
    const page = await call('GET', '/api/v1/secrets?limit=1');
    assert.match(page.text, /"remainingItemCount":1/);
    assert.equal((await call('GET', '/api/v1/secrets?limit=1&continue=zzz')).code, 400);
    assert.equal(
      (await call('GET', '/api/v1/secrets?fieldSelector=metadata.namespace%3Dother')).body.items.length,
      1,
    );
  });

  it('takes what a deleted namespace held along', async () => {
    await setting.client.createNamespace('doomed');
    await setting.client.createJob('doomed', exampleJob('job'));
    await call('DELETE', '/api/v1/namespaces/doomed');
    assert.deepEqual(await setting.client.listJobs('doomed', ''), []);
    assert.deepEqual(await setting.client.listPods('doomed', ''), []);
    await assert.rejects(setting.client.createJob('doomed', exampleJob('job')), { status: 404 });
  });

  it('makes a name from generateName', async () => {
    const path = '/api/v1/namespaces/default/secrets';
    assert.match(
      (await call('POST', path, { metadata: { generateName: 'made-' } })).body.metadata.name,
      /^made-.{5}$/,
    );
    assert.equal((await call('POST', path, { metadata: {} })).code, 422);
  });

  it('answers what it does not serve with a Status', async () => {
    assert.equal((await call('GET', '/apis/apps/v1/namespaces/default/deployments')).body.reason, 'NotFound');
    assert.equal((await call('POST', job)).body.reason, 'MethodNotAllowed');
    assert.equal((await call('POST', '/api/v1/secrets', {})).code, 405);
    assert.equal((await call('GET', '/api/v1/secrets?watch=true')).code, 400);
    assert.equal((await call('DELETE', `${job}?dryRun=Some`)).code, 422);
  });

  it('remembers the calls it got', () => {
    assert.deepEqual(setting.double.calls.at(-1), { method: 'DELETE', path: job, query: { dryRun: 'Some' } });
  });
});
