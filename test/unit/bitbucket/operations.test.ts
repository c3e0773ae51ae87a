// What registering, disabling, deleting and resolving send, and what they take for success.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RegistrationError } from '../../../core/clients/bitbucket/client.ts';
import * as s from './service.ts';

const runners = `/workspaces/%7B${s.workspaceUuid}%7D/pipelines-config/runners`;
const item = `${runners}/%7B${s.runnerId}%7D`;
const inState = (status: string): s.Reply => s.json(s.runnerObject({ state: { status } }));
const newRunner = { name: 'Linux', labels: ['self.hosted', 'linux'] };

for (const status of [200, 201]) {
  test(`a registration answered with ${status} gives the credentials of the runner`, async (t) => {
    const { client, received } = await s.stage(t, s.json(s.registered(), status));
    assert.deepEqual(await client.createRunner(s.scope, newRunner), {
      runnerId: s.runnerId,
      oauthClientId: 'runner-client',
      oauthClientSecret: 'canary-runner-secret',
    });
    assert.equal(received[0]?.method, 'POST');
    assert.equal(received[0].url, `/internal${runners}`);
    assert.deepEqual(JSON.parse(received[0].body), newRunner);
  });
}

test('a registration without a secret names the runner, so that it can be deleted', async (t) => {
  for (const client_ of [undefined, { id: 'x' }, { id: 'x', secret: '' }, { secret: 'canary' }]) {
    const { client, received } = await s.stage(t, s.json(s.registered({ oauth_client: client_ })));
    await assert.rejects(client.createRunner(s.scope, newRunner), (error: unknown) => {
      assert.ok(error instanceof RegistrationError);
      assert.equal(error.runnerId, s.runnerId);
      assert.equal(error.failure, 'malformed');
      assert.equal(error.operation, 'create-runner');
      assert.doesNotMatch(error.message, /canary/);
      return true;
    });
    assert.equal(received.length, 1);
  }
});

test('the body of an unreadable registration is not quoted, whatever its form', async (t) => {
  const { client } = await s.stage(t, s.json('key=canary-runner-secret'));
  await assert.rejects(client.createRunner(s.scope, newRunner), (error: Error) => {
    assert.match(error.message, /not JSON.*withheld.*may be registered/);
    assert.doesNotMatch(error.message, /canary/);
    return true;
  });
});

test('a lost registration says that the runner may exist', async (t) => {
  const { client } = await s.stage(t, s.reset);
  await assert.rejects(client.createRunner(s.scope, newRunner), {
    message: /may be registered all the same/,
  });
});

test('a refused registration says that the limit may be reached', async (t) => {
  const { client } = await s.stage(t, s.refusal(400, 'Runner limit exceeded'));
  await assert.rejects(client.createRunner(s.scope, newRunner), {
    status: 400,
    message: /Runner limit exceeded.*limit of runners/,
  });
});

test('the internal flavour disables and enables through the state', async (t) => {
  const { client, received } = await s.stage(t, s.inTurn(s.json({ status: 'DISABLED' }), s.empty(204)));
  await client.setDisabled(s.scope, s.runnerId, true);
  await client.setDisabled(s.scope, s.runnerId, false);
  assert.deepEqual(
    received.map(({ method, url, body }) => [method, url, JSON.parse(body) as unknown]),
    [
      ['PUT', `/internal${item}/state`, { status: 'DISABLED' }],
      ['PUT', `/internal${item}/state`, { status: 'ENABLED' }],
    ],
  );
});

test('the public flavour disables with the whole runner, and wants to see it disabled', async (t) => {
  const { client, received } = await s.stage(t, s.inTurn(inState('ONLINE'), inState('DISABLED')), {
    flavour: 'public',
  });
  await client.setDisabled(s.scope, s.runnerId, true);
  assert.equal(received[1]?.method, 'PUT');
  assert.equal(received[1].url, `/2.0${item}`);
  assert.deepEqual(JSON.parse(received[1].body), {
    disabled: true,
    name: 'Linux',
    labels: ['autoscaler.created', 'linux', 'self.hosted'],
  });
});

test('on the public flavour a runner that stays enabled was not disabled', async (t) => {
  const { client } = await s.stage(t, inState('ONLINE'), { flavour: 'public' });
  await assert.rejects(client.setDisabled(s.scope, s.runnerId, true), {
    failure: 'malformed',
    message: /online afterwards/,
  });
});

test('on the public flavour a runner that is gone cannot be disabled', async (t) => {
  const { client } = await s.stage(t, s.refusal(404), { flavour: 'public' });
  await assert.rejects(client.setDisabled(s.scope, s.runnerId, true), { status: 404 });
});

test('a deletion is done with 200, 204 and 404', async (t) => {
  for (const reply of [s.json({}), s.empty(204), s.refusal(404), s.empty(404)]) {
    const { client, received } = await s.stage(t, reply);
    await client.deleteRunner(s.scope, s.runnerId);
    assert.equal(received[0]?.method, 'DELETE');
    assert.equal(received[0].url, `/internal${item}`);
  }
});

test('uuids are resolved without a call', async (t) => {
  const { client, received } = await s.stage(t, s.reset);
  assert.deepEqual(await client.resolve({ workspace: '{w-1}', repository: '{r-1}' }), {
    accountUuid: 'w-1',
    repositoryUuid: 'r-1',
  });
  assert.deepEqual(await client.resolve({ workspace: '{w-1}' }), { accountUuid: 'w-1' });
  assert.equal(received.length, 0);
});

test('a slug is looked up once, also by many at once, and again after a failure', async (t) => {
  const lookUp: s.Reply = (response, received) =>
    s.json({ uuid: received.url.includes('/repositories/') ? '{r-1}' : '{w-1}' })(response, received);
  const { client, received } = await s.stage(t, s.inTurn(s.refusal(403), lookUp));
  const scope = { workspace: 'acme', repository: 'web' };
  await assert.rejects(client.resolve(scope), { status: 403, operation: 'get-workspace' });
  const found = await Promise.all([client.resolve(scope), client.resolve(scope), client.resolve(scope)]);
  assert.deepEqual(found[2], { accountUuid: 'w-1', repositoryUuid: 'r-1' });
  assert.deepEqual(
    received.map(({ url }) => url),
    ['/2.0/workspaces/acme', '/2.0/workspaces/acme', '/2.0/repositories/acme/web'],
  );
});

test('a repository that does not exist says what to check', async (t) => {
  const { client } = await s.stage(t, s.refusal(404, 'Repository acme/web not found'));
  await assert.rejects(client.resolve({ workspace: '{w-1}', repository: 'web' }), {
    status: 404,
    message: /Repository acme\/web not found.*Check workspace and repository/,
  });
});
