// No secret appears in an error, however it is printed, though the service echoes everything that it was sent (P8).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { BitbucketClient } from '../../../core/clients/bitbucket/client.ts';
import { Secret } from '../../../core/credentials.ts';
import * as s from './service.ts';

const encoded = ['ci@example.com:canary-api-token', 'consumer:canary-client-secret'].map((text) =>
  Buffer.from(text).toString('base64'),
);

function assertSecret(value: unknown): void {
  const shown = [inspect(value, { depth: 10, showHidden: true }), String(value), JSON.stringify(value)];
  if (value instanceof Error) shown.push(value.message, value.stack ?? '');
  for (const text of shown) {
    assert.doesNotMatch(text, /canary/);
    for (const secret of encoded) assert.ok(!text.includes(secret), text);
  }
}

/** The header as it came, and what a service can read from it. */
function heard({ authorization = '' }: s.Received): string {
  const [, secret = ''] = authorization.split(' ');
  return `${authorization} ${secret} ${Buffer.from(secret, 'base64').toString()} again: ${secret}`;
}

const echoes: Record<string, (status: number) => s.Reply> = {
  'as text': (status) => (response, received) => s.json(heard(received), status)(response, received),
  'as an error': (status) => (response, received) => s.refusal(status, heard(received))(response, received),
  'as an OAuth error': (status) => (response, received) =>
    s.json({ error: 'invalid', error_description: heard(received) }, status)(response, received),
  'as a runner with its secret': (status) => s.json(s.registered({ labels: 'none' }), status),
  'as half a runner': (status) => s.json('{"oauth_client":{"secret":"canary-runner-secret","id":', status),
};

const operations: readonly ((client: BitbucketClient) => Promise<unknown>)[] = [
  (client) => client.listRunners(s.scope),
  (client) => client.getRunner(s.scope, s.runnerId),
  (client) => client.createRunner(s.scope, { name: 'Linux', labels: [] }),
  (client) => client.setDisabled(s.scope, s.runnerId, true),
  (client) => client.deleteRunner(s.scope, s.runnerId),
  (client) => client.resolve({ workspace: 'acme' }),
];

const token = s.json({ access_token: 'canary-access-token', expires_in: 7200 });

for (const [form, echo] of Object.entries(echoes)) {
  for (const status of [200, 400, 401, 404, 409, 429, 500]) {
    test(`errors hide what the service echoes ${form} with ${status}`, async (t) => {
      for (const credentials of [s.apiToken, s.oauth]) {
        for (const run of operations) {
          const { client, reports } = await s.stage(t, s.withTokens(token, echo(status)), { credentials });
          // A value that is handed out is the caller's to keep; only what is thrown or reported is judged here.
          await run(client).catch(assertSecret);
          assertSecret(reports);
          assertSecret(client);
        }
      }
    });
  }

  test(`errors of the token request hide what is echoed ${form}`, async (t) => {
    for (const status of [200, 400, 401, 500]) {
      const { client } = await s.stage(t, echo(status), { credentials: s.oauth });
      await assert.rejects(client.listRunners(s.scope), (error: Error) => {
        assertSecret(error);
        return true;
      });
    }
  });
}

test('credentials do not show themselves', () => {
  assertSecret(s.oauth);
  assertSecret(s.apiToken);
  assert.equal(`${String(new Secret('canary-api-token'))}`, '[redacted]');
  assert.equal(new Secret('x').reveal(), 'x');
});

test('a line break in a credential breaks no header', async (t) => {
  const { client } = await s.stage(t, s.page([]), {
    credentials: { kind: 'api-token', email: 'a\nb', token: new Secret('canary-api-token\n') },
  });
  assert.deepEqual(await client.listRunners(s.scope), []);
});
