// Whatever goes wrong between the client and the API server is an error of the right kind: never an empty answer, never a secret.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { KubernetesError } from '../../../core/clients/kubernetes/failure.ts';
import type { ServiceFailure } from '../../../core/errors.ts';
import type { Fault } from '../../../sandbox/kubernetes/faults.ts';
import { exampleJob, exampleSecret } from '../../contracts/kubernetes.ts';
import { startSetting, token, type Setting } from './setting.ts';

interface Case {
  readonly fault: Fault;
  readonly failure: ServiceFailure;
  readonly status?: number;
  readonly says: RegExp;
}

const json = 'application/json';
const answer = (body: string, contentType = json): Fault => ({ status: 200, body, contentType });
const list = (rest: string): Fault => answer(`{"kind":"JobList","apiVersion":"batch/v1",${rest}}`);

/** What any call may meet. */
const everywhere: Record<string, Case> = {
  'a broken connection': {
    fault: 'reset-before',
    ...{ failure: 'network', says: /no answer from the API server 127\.0\.0\.1:\d+ \(ECONNRESET\)/ },
  },
  'an answer lost on its way': { fault: 'reset-after', failure: 'network', says: /no answer/ },
  'half an answer': { fault: 'truncated', failure: 'network', says: /no answer/ },
  'no answer in time': {
    fault: 'hang',
    failure: 'timeout',
    says: /API server 127\.0\.0\.1:\d+ did not answer within 100 ms/,
  },
  'a login page': {
    fault: 'html',
    failure: 'malformed',
    status: 200,
    says: /cannot be used.*Check that 127\.0\.0\.1:\d+ is/,
  },
  'text that is no JSON': { fault: answer('{'), failure: 'malformed', status: 200, says: /not the JSON/ },
  'an empty object': { fault: answer('{}'), failure: 'malformed', status: 200, says: /it is n/ },
  null: { fault: answer('null'), failure: 'malformed', status: 200, says: /cannot be used/ },
  'no content type': { fault: answer('{}', ''), failure: 'malformed', status: 200, says: /cannot be used/ },
  401: {
    fault: { status: 401, message: 'Unauthorized', reason: 'Unauthorized' },
    ...{ failure: 'status', status: 401, says: /Unauthorized.*renew the service account token/ },
  },
  '403 of RBAC': {
    fault: {
      status: 403,
      message: 'jobs is forbidden: User "x" cannot list resource "jobs" in API group "batch"',
    },
    ...{
      failure: 'status',
      status: 403,
      says: /Missing permission: allow verb "\w+" on resource "\w+".*Role/,
    },
  },
  '403 of a quota': {
    fault: { status: 403, message: 'forbidden: exceeded quota: pods' },
    ...{ failure: 'status', status: 403, says: /Raise the ResourceQuota/ },
  },
  "a proxy's 404": {
    fault: { status: 404, body: '<h1>not found</h1>', contentType: 'text/html' },
    ...{ failure: 'status', status: 404, says: /without a Status.* at 127\.0\.0\.1:\d+.*address/ },
  },
  429: {
    fault: { status: 429, message: 'too many', retryAfterSeconds: 3600 },
    ...{ failure: 'status', status: 429, says: /ask less often/ },
  },
  500: { fault: { status: 500, message: 'etcd' }, failure: 'status', status: 500, says: /etcd.*tried again/ },
  "a proxy's 502": {
    fault: { status: 502, body: `<h1>${token}</h1>`, contentType: 'text/html' },
    ...{ failure: 'status', status: 502, says: /without a Status/ },
  },
  'a 500 that quotes a secret': {
    fault: {
      status: 500,
      message: 'webhook refused {"oauthClientSecret":"hush-hush-hush","h":"aHVzaC1odXNoLWh1c2g="}',
    },
    ...{ failure: 'status', status: 500, says: /webhook refused/ },
  },
};

const onLists: Record<string, Case> = {
  'no items': { fault: list('"metadata":{}'), failure: 'malformed', status: 200, says: /no items/ },
  'items null': {
    fault: list('"metadata":{},"items":null'),
    failure: 'malformed',
    status: 200,
    says: /no items/,
  },
  'items that are an object': {
    fault: list('"metadata":{},"items":{}'),
    ...{ failure: 'malformed', status: 200, says: /cannot be used/ },
  },
  'no metadata': {
    fault: list('"items":[]'),
    failure: 'malformed',
    status: 200,
    says: /whether it is complete/,
  },
  'an item without a name': {
    fault: list('"metadata":{},"items":[{"metadata":{}}]'),
    ...{ failure: 'malformed', status: 200, says: /an item has no name/ },
  },
  'an item that is null': {
    fault: list('"metadata":{},"items":[null]'),
    ...{ failure: 'malformed', status: 200, says: /cannot be used/ },
  },
  'a list of another kind': {
    fault: answer('{"kind":"PodList","metadata":{},"items":[]}'),
    ...{ failure: 'malformed', status: 200, says: /not a JobList/ },
  },
  'one page again and again': {
    fault: list('"metadata":{"continue":"same"},"items":[]'),
    ...{ failure: 'malformed', status: 200, says: /same page again and again/ },
  },
  'more than 10 MB, though all of it is right': {
    fault: list(`"metadata":{},"items":[]${' '.repeat(10_000_000)}`),
    ...{ failure: 'malformed', status: 200, says: /larger than 10 MB.*look for objects of such a size/ },
  },
  'a list that expires each time': {
    fault: { status: 410, message: 'The provided continue parameter is too old', reason: 'Expired' },
    ...{ failure: 'status', status: 410, says: /read from its start/ },
  },
};

describe('the Kubernetes client under faults', () => {
  let setting: Setting;
  before(async () => {
    setting = await startSetting();
  });
  beforeEach(() => setting.double.clearFaults());
  after(() => setting.close());

  async function check(call: () => Promise<unknown>, { fault, failure, status, says }: Case): Promise<void> {
    setting.double.failNext({ match: {}, with: fault, times: 10 });
    await assert.rejects(call(), (error) => {
      assert.ok(error instanceof KubernetesError, String(error));
      assert.deepEqual(
        [error.service, error.failure, error.status],
        ['kubernetes', failure, status],
        error.message,
      );
      assert.match(error.message, says);
      const shown = `${error.stack ?? ''} ${JSON.stringify(error)} ${String(error.cause)}`;
      for (const secret of [token, 'hush-hush-hush', 'aHVzaC1odXNoLWh1c2g='])
        assert.ok(!shown.includes(secret), shown);
      assert.ok(error.message.length < 900, error.message);
      return true;
    });
  }

  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'a', uid: 'b' };
  const event = { metadata: { name: 'e' }, involvedObject: { namespace: 'default' } };
  const lease = { namespace: 'default', name: 'l', holder: 'a', durationSeconds: 15 };
  const held = { ...lease, acquiredAt: 0, renewedAt: 0, transitions: 0 };
  const operations: Record<string, (client: Setting['client']) => Promise<unknown>> = {
    'list-jobs': (client) => client.listJobs('default', ''),
    'get-job': (client) => client.getJob('default', 'a'),
    'create-job': (client) => client.createJob('default', exampleJob('a')),
    'delete-job': (client) => client.deleteJob('default', 'a', { uid: 'b' }),
    'list-cron-jobs': (client) => client.listCronJobs('default', ''),
    'get-cron-job': (client) => client.getCronJob('default', 'a'),
    'list-secrets': (client) => client.listSecrets('default', ''),
    'get-secret': (client) => client.getSecret('default', 'a'),
    'create-secret': (client) => client.createSecret('default', exampleSecret('a')),
    'own-secret': (client) => client.ownSecret('default', 'a', owner),
    'delete-secret': (client) => client.deleteSecret('default', 'a'),
    'create-namespace': (client) => client.createNamespace('a'),
    'list-pods': (client) => client.listPods('default', ''),
    'list-events': (client) => client.listEvents('default', 'reason=FailedCreate'),
    'create-event': (client) => client.createEvent('default', event),
    'get-lease': (client) => client.getLease('default', 'a'),
    'create-lease': (client) => client.createLease(held),
    'replace-lease': (client) => client.replaceLease(held),
  };

  /** Only Secrets that we hold ourselves can be known to the redaction. */
  const onlyOnCreateSecret = 'a 500 that quotes a secret';

  for (const [operation, call] of Object.entries(operations)) {
    describe(operation, () => {
      for (const [title, each] of Object.entries(everywhere)) {
        if (title === onlyOnCreateSecret && operation !== 'create-secret') continue;
        it(`throws for ${title}`, () =>
          check(() => call(each.fault === 'hang' ? setting.impatient : setting.client), each));
      }
      it('names itself in the error', async () => {
        setting.double.failNext({ match: {}, with: { status: 500 }, times: 10 });
        await assert.rejects(call(setting.client), { operation });
      });
    });
  }

  for (const [title, each] of Object.entries(onLists)) {
    it(`throws for a list with ${title}`, () => check(() => setting.client.listJobs('default', ''), each));
  }

  it('takes an answer of 9 MB, as large as 50 unusually large Jobs', async () => {
    const fault = list(`"metadata":{},"items":[]${' '.repeat(9_000_000)}`);
    setting.double.failNext({ match: {}, with: fault });
    assert.deepEqual(await setting.client.listJobs('default', ''), []);
  });

  it('says of an error of more than 10 MB what its status says', async () => {
    const fault: Fault = { status: 503, body: ' '.repeat(10_000_001), contentType: 'text/html' };
    const says = /answered 503: without a Status/;
    await check(() => setting.client.listJobs('default', ''), {
      fault,
      failure: 'status',
      status: 503,
      says,
    });
  });

  it('throws when the second page of a list fails, though the first came', async () => {
    const first = '"metadata":{"continue":"two"},"items":[{"metadata":{"name":"a"}}]';
    setting.double.failNext({ match: {}, with: list(first) });
    const fault: Fault = { status: 503, message: 'down' };
    await check(() => setting.client.listJobs('default', ''), {
      fault,
      failure: 'status',
      status: 503,
      says: /down/,
    });
  });

  it('throws for an object of another name than was asked for', async () => {
    const fault = answer('{"kind":"Job","metadata":{"name":"other"}}');
    await check(() => setting.client.getJob('default', 'a'), {
      fault,
      failure: 'malformed',
      status: 200,
      says: /name/,
    });
  });

  it('reads a lease that a foreign hand wrote as far as it goes, rather than take it as long expired', async () => {
    const specs = ['{"leaseDurationSeconds":15,"holderIdentity":"b","acquireTime":"soon"}', '{}', 'null'];
    for (const spec of specs) {
      const fault = answer(`{"kind":"Lease","metadata":{"name":"a"},"spec":${spec}}`);
      setting.double.failNext({ match: {}, with: fault });
      const lease = await setting.client.getLease('default', 'a');
      const { holder, durationSeconds, acquiredAt, renewedAt } = lease ?? assert.fail('no lease');
      const written = spec === specs[0] ? ['b', 15] : ['', undefined];
      assert.deepEqual([holder, durationSeconds, acquiredAt, renewedAt], [...written, undefined, undefined]);
    }
  });

  it('says that nothing listens at the address', async () => {
    const gone = await startSetting();
    await gone.close();
    const says = /create Job default\/a: no answer from the API server 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/;
    await assert.rejects(gone.client.createJob('default', exampleJob('a')), says);
  });
});
