// Every operation against every way in which an answer can fail: no empty list, no false success, no doubled registration.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BitbucketClient } from '../../../core/clients/bitbucket/client.ts';
import { ServiceError } from '../../../core/errors.ts';
import * as s from './service.ts';

interface Operation {
  readonly run: (client: BitbucketClient) => Promise<unknown>;
  /** How often it is sent when the network fails. */
  readonly attempts: number;
  /** A usable answer. */
  readonly good: s.Reply;
}

const operations: Record<string, Operation> = {
  listRunners: { run: (c) => c.listRunners(s.scope), attempts: 3, good: s.page([]) },
  getRunner: {
    run: (c) => c.getRunner(s.scope, s.runnerId),
    attempts: 3,
    good: s.json(s.runnerObject()),
  },
  createRunner: {
    run: (c) => c.createRunner(s.scope, { name: 'Linux', labels: ['linux'] }),
    attempts: 1,
    good: s.json(s.registered()),
  },
  setDisabled: { run: (c) => c.setDisabled(s.scope, s.runnerId, true), attempts: 3, good: s.json({}) },
  deleteRunner: { run: (c) => c.deleteRunner(s.scope, s.runnerId), attempts: 3, good: s.empty(204) },
  resolve: { run: (c) => c.resolve({ workspace: 'acme' }), attempts: 3, good: s.json({ uuid: '{w-1}' }) },
};

interface Expected {
  readonly failure: string;
  readonly status?: number;
  /** Whether a repeatable call is sent three times. */
  readonly repeated?: boolean;
  readonly except?: readonly string[];
}

const big: s.Reply = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(`"${'x'.repeat(10_000_001)}"`);
};

const faults: Record<string, [s.Reply, Expected]> = {
  'a broken connection': [s.reset, { failure: 'network', repeated: true }],
  'half a body': [s.halfBody, { failure: 'network', repeated: true }],
  'HTTP 400': [s.refusal(400), { failure: 'status', status: 400 }],
  'HTTP 401': [s.refusal(401), { failure: 'status', status: 401 }],
  'HTTP 403': [s.refusal(403), { failure: 'status', status: 403 }],
  'HTTP 404': [s.refusal(404), { failure: 'status', status: 404, except: ['getRunner', 'deleteRunner'] }],
  'HTTP 409': [s.refusal(409), { failure: 'status', status: 409 }],
  'HTTP 500': [s.refusal(500), { failure: 'status', status: 500, repeated: true }],
  'HTTP 503 with a page': [s.html(503), { failure: 'status', status: 503, repeated: true }],
  'HTTP 429 without Retry-After': [s.refusal(429), { failure: 'status', status: 429 }],
  'HTTP 429 with a short Retry-After': [
    s.refusal(429, 'No.', { 'retry-after': '7' }),
    { failure: 'status', status: 429, repeated: true },
  ],
  'HTTP 429 with a long Retry-After': [
    s.refusal(429, 'No.', { 'retry-after': '600' }),
    { failure: 'status', status: 429 },
  ],
  'a page instead of JSON': [s.html(), { failure: 'malformed', except: ['deleteRunner'] }],
  'half of the JSON': [s.json('{"values": [{"uu'), { failure: 'malformed', except: ['deleteRunner'] }],
  'an empty body': [s.empty(200), { failure: 'malformed', except: ['deleteRunner', 'setDisabled'] }],
  'a list for an object': [s.json([]), { failure: 'malformed', except: ['deleteRunner', 'setDisabled'] }],
  'null for an object': [s.json(null), { failure: 'malformed', except: ['deleteRunner', 'setDisabled'] }],
  'an object without fields': [s.json({}), { failure: 'malformed', except: ['deleteRunner', 'setDisabled'] }],
  'a body over 10 MB': [big, { failure: 'malformed' }],
  'a redirect without end': [
    (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
    { failure: 'status', status: 302 },
  ],
};

for (const [operationName, { run, attempts }] of Object.entries(operations)) {
  for (const [faultName, [reply, expected]] of Object.entries(faults)) {
    if (expected.except?.includes(operationName) === true) continue;
    test(`${operationName} fails on ${faultName}`, async (t) => {
      const { client, received } = await s.stage(t, reply);
      await assert.rejects(run(client), (error: unknown) => {
        assert.ok(error instanceof ServiceError);
        assert.equal(error.service, 'bitbucket');
        assert.equal(error.failure, expected.failure, error.message);
        if (expected.status !== undefined) assert.equal(error.status, expected.status);
        return true;
      });
      const redirects = faultName.startsWith('a redirect') && received[0]?.method === 'GET' ? 4 : 1;
      assert.equal(received.length, expected.repeated === true ? attempts : redirects);
    });
  }

  test(`${operationName} fails when no answer comes in time`, async (t) => {
    const { client, reports } = await s.stage(t, s.silence, { timeoutMs: 50 });
    await assert.rejects(run(client), { failure: 'timeout' });
    assert.deepEqual(
      reports.map(({ status }) => status),
      Array.from({ length: attempts }, () => 'timeout'),
    );
  });
}

for (const [name, { run, attempts, good }] of Object.entries(operations)) {
  if (attempts === 1) continue;
  test(`${name} succeeds if the third attempt does, and waits longer before each`, async (t) => {
    const { client, clock, reports } = await s.stage(t, s.inTurn(s.reset, s.refusal(502), good));
    await run(client);
    assert.deepEqual(clock.sleeps, [500, 1000]);
    assert.deepEqual(
      reports.map(({ service, status }) => [service, status]),
      [
        ['bitbucket', 'network'],
        ['bitbucket', 502],
        ['bitbucket', reports.at(-1)?.status],
      ],
    );
  });
}

test('a deletion whose answer was lost is done when the runner is gone', async (t) => {
  const { client } = await s.stage(t, s.inTurn(s.reset, s.refusal(404, 'Runner not found')));
  await client.deleteRunner(s.scope, s.runnerId);
});

test("a proxy's 404 does not count as a deletion", async (t) => {
  const { client } = await s.stage(t, s.html(404));
  await assert.rejects(client.deleteRunner(s.scope, s.runnerId), { failure: 'malformed' });
});

test('an error quotes little of what came, in one line, with operation and scope', async (t) => {
  const { client } = await s.stage(t, s.json(`<p>\n${'very long '.repeat(500)}`));
  await assert.rejects(client.listRunners({ ...scopeOf('{w}', '{r}') }), (error: Error) => {
    assert.match(error.message, /^bitbucket list-runners, repository \{w\}\/\{r\}: HTTP 200, but .*not JSON/);
    assert.ok(error.message.length < 400);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
});

test('a call does not follow a redirect to another origin', async (t) => {
  const other = await s.stage(t, s.page([]));
  const { client } = await s.stage(t, (response) =>
    response.writeHead(302, { location: `${other.url}/x` }).end(),
  );
  await assert.rejects(client.listRunners(s.scope), {
    failure: 'status',
    status: 302,
    message: /not followed/,
  });
  assert.equal(other.received.length, 0);
});

test('a list follows a redirect within its origin', async (t) => {
  const { client } = await s.stage(
    t,
    s.inTurn((response) => response.writeHead(301, { location: '/moved' }).end(), s.page([])),
  );
  assert.deepEqual(await client.listRunners(s.scope), []);
});

test('a service that is not there is a network failure that names the reason', async (t) => {
  const { client } = await s.stage(t, s.page([]), { apiUrl: 'http://127.0.0.1:1' });
  await assert.rejects(client.listRunners(s.scope), { failure: 'network', message: /ECONNREFUSED|bad port/ });
});

function scopeOf(workspace: string, repository: string): { workspace: string; repository: string } {
  return { workspace, repository };
}
