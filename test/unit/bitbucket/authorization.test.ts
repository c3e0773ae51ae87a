// Credentials on the wire, and the life of an OAuth token.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../../../core/credentials.ts';
import * as s from './service.ts';

const token = (value = 'canary-access-token', life: unknown = 7200): s.Reply =>
  s.json({ access_token: value, expires_in: life, token_type: 'bearer' });
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const tokenPosts = ({ received }: s.Stage): s.Received[] => received.filter(({ url }) => url === s.tokenPath);

test('an API token goes with the e-mail address', async (t) => {
  const { client, received } = await s.stage(t, s.page([]));
  await client.listRunners(s.scope);
  assert.equal(received[0]?.authorization, basic('ci@example.com:canary-api-token'));
});

test('an app password goes with the user name', async (t) => {
  const credentials = { kind: 'app-password', username: 'ci', password: new Secret('pässword') } as const;
  const { client, received } = await s.stage(t, s.page([]), { credentials });
  await client.listRunners(s.scope);
  assert.equal(received[0]?.authorization, basic('ci:pässword'));
});

test('many calls at once share one OAuth token, and later ones use it until it nearly expires', async (t) => {
  const scene = await s.stage(t, s.withTokens(token(), s.page([])), { credentials: s.oauth });
  const { client, received, clock } = scene;
  await Promise.all(Array.from({ length: 20 }, () => client.listRunners(s.scope)));
  assert.equal(tokenPosts(scene).length, 1);
  assert.deepEqual(received[0], {
    method: 'POST',
    url: s.tokenPath,
    authorization: basic('consumer:canary-client-secret'),
    body: 'grant_type=client_credentials',
  });
  assert.equal(received[1]?.authorization, 'Bearer canary-access-token');
  clock.pass(7_130_000);
  await client.listRunners(s.scope);
  assert.equal(tokenPosts(scene).length, 1);
  clock.pass(20_000);
  await client.listRunners(s.scope);
  assert.equal(tokenPosts(scene).length, 2);
});

test('a token that lives ten minutes is fetched every ten minutes', async (t) => {
  const scene = await s.stage(t, s.withTokens(token('canary', 600), s.page([])), { credentials: s.oauth });
  for (let minute = 0; minute < 60; minute += 1) {
    await scene.client.listRunners(s.scope);
    scene.clock.pass(60_000);
  }
  assert.ok(tokenPosts(scene).length <= 7, `${tokenPosts(scene).length} token requests`);
});

test('a rejected token is renewed once, for all calls that it was rejected for', async (t) => {
  const good = 'Bearer second-token';
  const reply = s.withTokens(s.inTurn(token('first-token'), token('second-token')), (response, received) =>
    (received.authorization === good ? s.page([]) : s.refusal(401, 'Access token expired.'))(
      response,
      received,
    ),
  );
  const scene = await s.stage(t, reply, { credentials: s.oauth });
  await Promise.all(Array.from({ length: 6 }, () => scene.client.listRunners(s.scope)));
  assert.equal(tokenPosts(scene).length, 2);
});

test('a registration is repeated after a rejected token, as it was not carried out', async (t) => {
  const reply = s.withTokens(
    s.inTurn(token('first-token'), token('second-token')),
    s.inTurn(s.refusal(401), s.json(s.registered(), 201)),
  );
  const { client } = await s.stage(t, reply, { credentials: s.oauth });
  const { runnerId } = await client.createRunner(s.scope, { name: 'Linux', labels: ['linux'] });
  assert.equal(runnerId, s.runnerId);
});

test('a call that is unauthorized even with a new token fails, and says what to check', async (t) => {
  const scene = await s.stage(t, s.withTokens(token(), s.refusal(401, 'Consumer revoked.')), {
    credentials: s.oauth,
  });
  await assert.rejects(scene.client.listRunners(s.scope), (error: Error) => {
    assert.match(error.message, /Consumer revoked\..*BITBUCKET_OAUTH_CLIENT_ID.*private.*callback URL/);
    return true;
  });
  assert.equal(scene.received.length, 4);
});

test('wrong credentials are explained by their kind', async (t) => {
  const apiTokenScene = await s.stage(t, s.refusal(401, 'Token is invalid.'));
  await assert.rejects(apiTokenScene.client.listRunners(s.scope), {
    status: 401,
    failure: 'status',
    message: /Token is invalid\..*ATLASSIAN_ACCOUNT_EMAIL.*ATLASSIAN_API_TOKEN.*expired/,
  });
  assert.equal(apiTokenScene.received.length, 1);
  const forbidden = await s.stage(t, s.refusal(403));
  await assert.rejects(forbidden.client.listRunners(s.scope), {
    status: 403,
    message: /read:runner:bitbucket.*write:runner:bitbucket/,
  });
  const body = { error: 'invalid_grant', error_description: 'No callback uri defined' };
  const consumer = await s.stage(t, s.json(body, 400), { credentials: s.oauth });
  await assert.rejects(consumer.client.listRunners(s.scope), {
    operation: 'get-token',
    status: 400,
    message: /No callback uri defined.*BITBUCKET_OAUTH_CLIENT_SECRET.*callback URL/,
  });
});

for (const [name, reply] of Object.entries({
  'a page': s.html(),
  nothing: s.empty(200),
  'half of it': s.json('{"access_token": "canary-acc'),
  'no token': s.json({ expires_in: 600 }),
  'no life': s.json({ access_token: 'canary-access-token' }),
  'a life of 0': token('canary-access-token', 0),
  'a life in text': token('canary-access-token', '600'),
  'a token with a line break': token('canary\ntoken'),
})) {
  test(`a token answer of ${name} is malformed and not quoted`, async (t) => {
    const { client } = await s.stage(t, reply, { credentials: s.oauth });
    await assert.rejects(client.listRunners(s.scope), (error: Error & { failure?: string }) => {
      assert.equal(error.failure, 'malformed');
      assert.doesNotMatch(error.message, /canary/);
      return true;
    });
  });
}

test('a token request is tried again after a failure on the way', async (t) => {
  const reply = s.withTokens(s.inTurn(s.reset, s.refusal(503), token()), s.page([]));
  const { client } = await s.stage(t, reply, { credentials: s.oauth });
  assert.deepEqual(await client.listRunners(s.scope), []);
});
