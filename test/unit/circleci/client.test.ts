// The CircleCI client over real HTTP: what it asks, and that an answer it cannot use is an error and never a number.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../../core/errors.ts';
import { answering, token, type Reply } from './service.ts';

const unclaimed = (count: unknown): Reply => ({ body: { unclaimed_task_count: count } });

test('version 3 is asked below /runner, with the token, and the resource class spelled as CircleCI reads it', async (t) => {
  const { client, received } = await answering(t, '/api/v3', unclaimed(4), {
    body: { running_runner_tasks: 2 },
  });
  assert.equal(await client.countUnclaimed('acme/linux'), 4);
  assert.equal(await client.countRunning('acme/linux'), 2);
  assert.deepEqual(received, [
    { url: '/api/v3/runner/tasks?resource-class=acme%2Flinux', token },
    { url: '/api/v3/runner/tasks/running?resource-class=acme%2Flinux', token },
  ]);
});

test('a base URL of version 2 is asked for its older paths', async (t) => {
  const { client, received } = await answering(t, '/api/v2/', unclaimed(1), {
    body: { running_runner_tasks: 0 },
  });
  await client.countUnclaimed('acme/linux');
  await client.countRunning('acme/linux');
  assert.deepEqual(
    received.map(({ url }) => url),
    ['/api/v2/tasks?resource-class=acme%2Flinux', '/api/v2/tasks/running?resource-class=acme%2Flinux'],
  );
});

test('runners and resource classes of a namespace are read, times as milliseconds', async (t) => {
  const runner = {
    ...{ resource_class: 'acme/linux', hostname: 'h', name: 'i-1', version: '3' },
    ...{ first_connected: '2026-11-24T00:00:00Z', last_connected: '2026-11-24T00:01:00.5Z', last_used: null },
  };
  const { client, received } = await answering(
    t,
    '/api/v3',
    { body: { items: [runner, { ...runner, first_connected: undefined, name: 'i-2' }] } },
    { body: { items: [{ id: '1', resource_class: 'acme/linux', description: '' }] } },
  );
  const at = Date.UTC(2026, 10, 24);
  assert.deepEqual(await client.listRunners('acme'), [
    {
      ...{ name: 'i-1', hostname: 'h', resourceClass: 'acme/linux' },
      ...{ firstConnectedAt: at, lastConnectedAt: at + 60_500 },
    },
    {
      ...{ name: 'i-2', hostname: 'h', resourceClass: 'acme/linux' },
      ...{ firstConnectedAt: at + 60_500, lastConnectedAt: at + 60_500 },
    },
  ]);
  assert.deepEqual(await client.listResourceClasses('acme'), ['acme/linux']);
  assert.deepEqual(
    received.map(({ url }) => url),
    ['/api/v3/runner?namespace=acme', '/api/v3/runner/resource?namespace=acme'],
  );
});

for (const [what, reply] of [
  ['a login page', { headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' }],
  ['an empty body', { body: '' }],
  ['half an answer', { body: '{"unclaimed_task' }],
  ['another object', { body: { items: [] } }],
  ['null', unclaimed(null)],
  ['a text for a number', unclaimed('3')],
  ['a negative number', unclaimed(-1)],
  ['a fraction', unclaimed(1.5)],
] as const) {
  test(`${what} with status 200 is a malformed answer, not 0 tasks`, async (t) => {
    const { client } = await answering(t, '/api/v3', reply);
    await assert.rejects(client.countUnclaimed('acme/linux'), (error) => {
      assert.ok(error instanceof ServiceError);
      assert.deepEqual([error.service, error.failure], ['circleci', 'malformed']);
      return true;
    });
  });
}

test('a refused token names the variable and what kind of token it has to be, and shows no token', async (t) => {
  const body = { message: `bad token ${token}` };
  const { client } = await answering(t, '/api/v3', { status: 401, body });
  await assert.rejects(client.countUnclaimed('acme/linux'), (error) => {
    assert.ok(error instanceof ServiceError);
    assert.match(
      error.message,
      /resource class acme\/linux.*CIRCLE_TOKEN \(or APP_CIRCLE_TOKEN\).*personal API token/,
    );
    assert.ok(!error.message.includes(token));
    return true;
  });
});

test('a failing service is asked three times, and reported each time', async (t) => {
  const { client, reports } = await answering(t, '/api/v3', { status: 503 }, { status: 502 }, unclaimed(7));
  assert.equal(await client.countUnclaimed('acme/linux'), 7);
  assert.deepEqual(
    reports.map(({ service, operation, status }) => [service, operation, status]),
    [
      ['circleci', 'count-unclaimed-tasks', 503],
      ['circleci', 'count-unclaimed-tasks', 502],
      ['circleci', 'count-unclaimed-tasks', 200],
    ],
  );
});

for (const [header, value] of [
  ['retry-after', '7'],
  ['ratelimit-reset', '7'],
  ['x-ratelimit-reset', String(Date.UTC(2026, 10, 24) / 1000 + 7)],
] as const) {
  test(`too many requests with ${header} are waited for as long as it says`, async (t) => {
    const { client, clock } = await answering(
      t,
      '/api/v3',
      { status: 429, headers: { [header]: value } },
      unclaimed(1),
    );
    assert.equal(await client.countUnclaimed('acme/linux'), 1);
    assert.ok(clock.sleeps.length === 1 && (clock.sleeps[0] ?? 0) >= 7000 && (clock.sleeps[0] ?? 0) < 8000);
  });
}

test('after an answer that says no call is left, none is sent until the limit is reset', async (t) => {
  const headers = { 'ratelimit-remaining': '0', 'ratelimit-reset': '20' };
  const { client, clock, received } = await answering(
    t,
    '/api/v3',
    { ...unclaimed(1), headers },
    unclaimed(2),
  );
  await client.countUnclaimed('acme/linux');
  await assert.rejects(client.countUnclaimed('acme/linux'), (error) => {
    assert.ok(error instanceof ServiceError);
    assert.deepEqual([error.failure, error.retryAfterMs], ['refused-locally', 20_000]);
    return true;
  });
  assert.equal(received.length, 1);
  clock.pass(20_000);
  assert.equal(await client.countUnclaimed('acme/linux'), 2);
});
