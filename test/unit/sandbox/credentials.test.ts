// The doubles accept the credentials that they were made with, and nothing else.

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { sandboxCredentials } from '../../../sandbox/credentials.ts';
import { startWorld, type TestWorld } from '../../fakes/world.ts';

const { consumer, apiToken, appPassword, circleCiToken } = sandboxCredentials;

interface Pair {
  readonly user: string;
  readonly password: string;
}

function basic({ user, password }: Pair): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

interface Seen {
  readonly status: number;
  readonly body: unknown;
}

async function seen(response: Response): Promise<Seen> {
  return { status: response.status, body: await response.json() };
}

interface Doubles {
  readonly given: TestWorld;
  readonly grant: (pair: Pair) => Promise<Seen>;
  readonly runners: (authorization: string) => Promise<Seen>;
  readonly tasks: (token: string) => Promise<Seen>;
}

async function doubles(t: TestContext): Promise<Doubles> {
  const given = await startWorld(t);
  const { BITBUCKET_API_URL: bitbucket = '', CIRCLECI_RUNNER_API_URL: circleCi = '' } = given.env;
  return {
    given,
    grant: async (pair) =>
      seen(
        await fetch(`${bitbucket}/site/oauth2/access_token`, {
          method: 'POST',
          headers: { authorization: basic(pair), 'content-type': 'application/x-www-form-urlencoded' },
          body: 'grant_type=client_credentials',
        }),
      ),
    runners: async (authorization) =>
      seen(
        await fetch(`${bitbucket}/internal/workspaces/acme/pipelines-config/runners`, {
          headers: { authorization },
        }),
      ),
    tasks: async (token) =>
      seen(
        await fetch(`${circleCi}/runner/tasks?resource-class=acme/pods`, {
          headers: { 'circle-token': token },
        }),
      ),
  };
}

const badConsumer = {
  status: 400,
  body: { error: 'unauthorized_client', error_description: 'Invalid OAuth client credentials' },
};
const badBasic = {
  status: 401,
  body: {
    type: 'error',
    error: { message: 'Token is invalid, expired, or not supported for this endpoint.' },
  },
};
const badToken = { status: 401, body: { message: 'Authentication required' } };

describe('the doubles of the sandbox', () => {
  test('let its own credentials in: OAuth consumer, API token, app password, CircleCI token', async (t) => {
    const { grant, runners, tasks } = await doubles(t);
    assert.equal((await grant(consumer)).status, 200);
    assert.equal((await runners(basic(apiToken))).status, 200);
    assert.equal((await runners(basic(appPassword))).status, 200);
    assert.equal((await tasks(circleCiToken)).status, 200);
  });

  test('refuse any other, with the words of the vendor', async (t) => {
    const { grant, runners, tasks } = await doubles(t);
    assert.deepEqual(await grant({ ...consumer, password: 'wrong' }), badConsumer);
    assert.deepEqual(await grant({ ...consumer, user: 'wrong' }), badConsumer);
    assert.deepEqual(await grant(apiToken), badConsumer);
    assert.deepEqual(await runners(basic({ ...apiToken, password: 'wrong' })), badBasic);
    assert.deepEqual(await runners(basic({ ...appPassword, password: 'wrong' })), badBasic);
    assert.deepEqual(await runners(basic(consumer)), badBasic);
    assert.deepEqual(await tasks('wrong'), badToken);
  });

  test('refuse the right ones while those are withdrawn, tokens of before included', async (t) => {
    const { given, grant, runners, tasks } = await doubles(t);
    const { access_token: token } = (await grant(consumer)).body as { access_token: string };
    given.world.afflict(new Set(['wrong-credential']));
    assert.deepEqual(await grant(consumer), badConsumer);
    assert.deepEqual(await runners(`Bearer ${token}`), badBasic);
    assert.deepEqual(await runners(basic(apiToken)), badBasic);
    assert.deepEqual(await tasks(circleCiToken), badToken);
    given.world.afflict(new Set());
    assert.equal((await runners(`Bearer ${token}`)).status, 200);
    assert.equal((await grant(consumer)).status, 200);
    assert.equal((await tasks(circleCiToken)).status, 200);
  });
});
