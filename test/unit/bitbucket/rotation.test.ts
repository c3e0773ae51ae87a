// Credentials in files that change while the program runs: the next call uses the new ones, and a bad moment is borne.

import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Clients } from '../../../core/clients/clients.ts';
import { ConfigError } from '../../../core/errors.ts';
import * as s from './service.ts';

const constants = { bitbucketApi: 'internal', apiCallsPerHour: 1000, cleanerCallsPerHour: 0 } as Parameters<
  Clients['bitbucket']
>[0];
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

interface Scene {
  readonly make: () => Clients;
  readonly look: () => Promise<unknown>;
  readonly put: (files: Record<string, string>) => void;
  /** Removes the volume's content, as while it is swapped by hand. */
  readonly remove: () => void;
  readonly authorizations: () => (string | undefined)[];
  readonly warnings: string[];
  readonly stage: s.Stage;
}

/** A folder that is mounted as the kubelet mounts a Secret: `..data` is a link that is replaced by a rename. */
async function scene(t: TestContext, names: readonly string[], reply: s.Reply = s.page([])): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'rotation-'));
  t.after(() => rmSync(folder, { recursive: true }));
  let version = 0;
  const put = (files: Record<string, string>): void => {
    version += 1;
    mkdirSync(join(folder, `v${version}`));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `v${version}`, name), text);
    symlinkSync(`v${version}`, join(folder, '..next'));
    renameSync(join(folder, '..next'), join(folder, '..data'));
  };
  const remove = (): void => rmSync(join(folder, `v${version}`), { recursive: true });
  const stage = await s.stage(t, reply);
  const env = {
    BITBUCKET_API_URL: stage.url,
    BITBUCKET_OAUTH_URL: stage.url + s.tokenPath,
    CIRCLECI_RUNNER_API_URL: stage.url,
    ...Object.fromEntries(names.map((name) => [`${name}_FILE`, join(folder, '..data', name)])),
  };
  const warnings: string[] = [];
  const make = (): Clients =>
    new Clients({
      ...{ env, clock: stage.clock, random: () => 0, onCall: () => undefined },
      readFile: (path) => readFileSync(path, 'utf8'),
      warn: (text) => warnings.push(text),
    });
  let clients: Clients | undefined;
  const look = (): Promise<unknown> => (clients ??= make()).bitbucket(constants).listRunners(s.scope);
  const authorizations = (): (string | undefined)[] =>
    stage.received.map(({ authorization }) => authorization);
  return { make, look, put, remove, authorizations, warnings, stage };
}

const apiToken = ['ATLASSIAN_ACCOUNT_EMAIL', 'ATLASSIAN_API_TOKEN'];

for (const names of [apiToken, ['BITBUCKET_USERNAME', 'BITBUCKET_APP_PASSWORD']]) {
  const [user = '', secret = ''] = names;
  test(`${secret}_FILE: a rotated secret is used by the next call`, async (t) => {
    const { look, put, authorizations } = await scene(t, names);
    put({ [user]: 'ci', [secret]: 'canary-one\n' });
    await look();
    put({ [user]: 'ci', [secret]: 'canary-two\n' });
    await look();
    assert.deepEqual(authorizations(), [basic('ci:canary-one'), basic('ci:canary-two')]);
  });
}

test('the token of an OAuth consumer that was replaced is dropped at once', async (t) => {
  const token: s.Reply = (response, received) =>
    s.json({ access_token: `for-${received.authorization?.slice(-4)}`, expires_in: 7200 })(
      response,
      received,
    );
  const names = ['BITBUCKET_OAUTH_CLIENT_ID', 'BITBUCKET_OAUTH_CLIENT_SECRET'] as const;
  const { look, put, authorizations } = await scene(t, names, s.withTokens(token, s.page([])));
  const [one, two] = [basic('old:canary-one'), basic('new:canary-two')];
  put({ [names[0]]: 'old', [names[1]]: 'canary-one' });
  await look();
  await look();
  put({ [names[0]]: 'new', [names[1]]: 'canary-two' });
  await look();
  const issued = [one, two].map((header) => `Bearer for-${header.slice(-4)}`);
  assert.deepEqual(authorizations(), [one, issued[0], issued[0], two, issued[1]]);
});

test('a call that is rejected because its secret was rotated meanwhile is sent again with the new one', async (t) => {
  const held = await scene(t, apiToken, (response, received) => {
    if (received.authorization === basic('ci:canary-two')) return s.page([])(response, received);
    held.put({ ATLASSIAN_ACCOUNT_EMAIL: 'ci', ATLASSIAN_API_TOKEN: 'canary-two' });
    s.refusal(401)(response, received);
  });
  held.put({ ATLASSIAN_ACCOUNT_EMAIL: 'ci', ATLASSIAN_API_TOKEN: 'canary-one' });
  assert.deepEqual(await held.look(), []);
  assert.equal(held.authorizations().length, 2);
});

for (const name of ['CIRCLE_TOKEN', 'APP_CIRCLE_TOKEN']) {
  test(`${name}_FILE: a rotated token is used by the next call`, async (t) => {
    const tokens: unknown[] = [];
    const { make, put, stage } = await scene(t, [name], s.json({ unclaimed_task_count: 0 }));
    put({ [name]: 'canary-one' });
    const clients = make();
    for (const next of ['canary-two', 'canary-three']) {
      await clients.circleCi().countUnclaimed('acme/large');
      put({ [name]: next });
    }
    for (const { circleToken } of stage.received) tokens.push(circleToken);
    assert.deepEqual(tokens, ['canary-one', 'canary-two']);
  });
}

test('a file that is away or empty for a moment leaves the last secret in force, with one warning each time', async (t) => {
  const { look, put, remove, authorizations, warnings } = await scene(t, apiToken);
  put({ ATLASSIAN_ACCOUNT_EMAIL: 'ci', ATLASSIAN_API_TOKEN: 'canary-one' });
  await look();
  put({ ATLASSIAN_ACCOUNT_EMAIL: 'ci', ATLASSIAN_API_TOKEN: '\n' });
  for (let looks = 0; looks < 3; looks += 1) await look();
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /ATLASSIAN_API_TOKEN is empty; its last content stays in use\./);
  put({ ATLASSIAN_ACCOUNT_EMAIL: 'ci', ATLASSIAN_API_TOKEN: 'canary-two' });
  await look();
  remove();
  for (let looks = 0; looks < 3; looks += 1) await look();
  assert.equal(warnings.length, 3);
  assert.match(warnings[1] ?? '', /ATLASSIAN_ACCOUNT_EMAIL cannot be read \(ENOENT/);
  assert.doesNotMatch(warnings.join(), /canary/);
  const [one, two] = [basic('ci:canary-one'), basic('ci:canary-two')];
  assert.deepEqual(authorizations(), [one, one, one, one, two, two, two, two]);
});

test('a file that holds no credential for a moment leaves the last secret in force, and is told', async (t) => {
  const { look, put, authorizations, warnings } = await scene(t, apiToken);
  const good = basic('ci:canary-one');
  for (const odd of ['canary\nsecond line', 'canary\u0000', 'canary'.repeat(2_000_000)]) {
    put({ ATLASSIAN_ACCOUNT_EMAIL: 'ci', ATLASSIAN_API_TOKEN: 'canary-one' });
    await look();
    put({ ATLASSIAN_ACCOUNT_EMAIL: 'ci', ATLASSIAN_API_TOKEN: odd });
    await look();
    await look();
  }
  assert.deepEqual(authorizations(), Array(9).fill(good));
  assert.equal(warnings.length, 3);
  for (const text of warnings) {
    assert.match(text, /ATLASSIAN_API_TOKEN holds .*; its last content stays in use\./);
    assert.doesNotMatch(text, /canary/);
  }
});

test('a file that cannot be read at the start, or half a pair that is empty, ends it and is named', async (t) => {
  const { make, put } = await scene(t, apiToken);
  const complaint = (pattern: RegExp) => (error: unknown) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, pattern);
    return true;
  };
  assert.throws(
    make,
    complaint(/ATLASSIAN_API_TOKEN_FILE names \/.*ATLASSIAN_API_TOKEN, which cannot be read/),
  );
  put({ ATLASSIAN_ACCOUNT_EMAIL: 'ci', ATLASSIAN_API_TOKEN: '' });
  assert.throws(
    make,
    complaint(/ATLASSIAN_API_TOKEN is not, as \/.*ATLASSIAN_API_TOKEN \(ATLASSIAN_API_TOKEN_FILE\) is empty/),
  );
});

test('neither the new secret nor the one before it is quoted from an answer', async (t) => {
  const { look, put } = await scene(t, apiToken, s.refusal(400, 'seen canary-one and canary-two'));
  for (const token of ['canary-one', 'canary-two']) {
    put({ ATLASSIAN_ACCOUNT_EMAIL: 'ci', ATLASSIAN_API_TOKEN: token });
    await assert.rejects(
      look(),
      (error: Error) => token === 'canary-one' || !error.message.includes('canary'),
    );
  }
});
