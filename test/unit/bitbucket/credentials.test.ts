// Which credentials are read from where.

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { readCredentials, type CredentialsResult } from '../../../core/credentials.ts';

const noFile = (path: string): string => {
  throw new Error(`ENOENT: no such file, open '${path}'`);
};
const read = (
  env: Record<string, string | undefined>,
  files: Record<string, string> = {},
): CredentialsResult => readCredentials(env, (path) => files[path] ?? noFile(path));

const oauth = { BITBUCKET_OAUTH_CLIENT_ID: 'id', BITBUCKET_OAUTH_CLIENT_SECRET: 'canary-1' };
const apiToken = { ATLASSIAN_ACCOUNT_EMAIL: 'ci@example.com', ATLASSIAN_API_TOKEN: 'canary-2' };
const appPassword = { BITBUCKET_USERNAME: 'ci', BITBUCKET_APP_PASSWORD: 'canary-3' };

test('an empty environment has neither credentials nor problems', () => {
  assert.deepEqual(read({ BITBUCKET_USERNAME: '', CIRCLE_TOKEN: ' \n' }), { warnings: [], problems: [] });
});

test('of several complete credentials the OAuth consumer is preferred, then the API token', () => {
  assert.equal(read({ ...appPassword, ...apiToken, ...oauth }).bitbucket?.kind, 'oauth');
  assert.equal(read({ ...appPassword, ...apiToken }).bitbucket?.kind, 'api-token');
});

test('an app password works, with a warning that it is withdrawn', () => {
  const { bitbucket, warnings, problems } = read(appPassword);
  assert.equal(bitbucket?.kind, 'app-password');
  assert.match(warnings.join(), /BITBUCKET_APP_PASSWORD.*2026-07-28/);
  assert.deepEqual(problems, []);
});

test('half a pair is a problem that names what is missing', () => {
  for (const [name, missing] of [
    ['BITBUCKET_OAUTH_CLIENT_ID', 'BITBUCKET_OAUTH_CLIENT_SECRET'],
    ['BITBUCKET_OAUTH_CLIENT_SECRET', 'BITBUCKET_OAUTH_CLIENT_ID'],
    ['ATLASSIAN_API_TOKEN', 'ATLASSIAN_ACCOUNT_EMAIL'],
    ['BITBUCKET_USERNAME', 'BITBUCKET_APP_PASSWORD'],
  ] as const) {
    const { bitbucket, problems } = read({ [name]: 'canary' });
    assert.equal(bitbucket, undefined);
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', new RegExp(`set ${missing} or ${missing}_FILE`));
    assert.doesNotMatch(problems.join(), /canary/);
  }
});

test('half a pair behind a complete one is ignored with a warning', () => {
  const { bitbucket, warnings, problems } = read({ ...oauth, BITBUCKET_USERNAME: 'ci' });
  assert.equal(bitbucket?.kind, 'oauth');
  assert.deepEqual(problems, []);
  assert.match(warnings.join(), /BITBUCKET_APP_PASSWORD/);
});

test('half a pair before a complete one is a problem', () => {
  assert.equal(read({ BITBUCKET_OAUTH_CLIENT_ID: 'id', ...apiToken }).problems.length, 1);
});

test('values may come from files, whose last newline is dropped', () => {
  const { bitbucket, circleci } = read(
    {
      ATLASSIAN_ACCOUNT_EMAIL_FILE: '/s/email',
      ATLASSIAN_API_TOKEN_FILE: '/s/token',
      CIRCLE_TOKEN_FILE: '/s/c',
    },
    { '/s/email': 'ci@example.com\n', '/s/token': ' spaced token \r\n', '/s/c': 'circle' },
  );
  assert.ok(bitbucket?.kind === 'api-token');
  assert.equal(bitbucket.email, 'ci@example.com');
  assert.equal(bitbucket.token.reveal(), ' spaced token ');
  assert.equal(circleci?.token.reveal(), 'circle');
});

test('a file that cannot be read is a problem that names variable and path', () => {
  const { problems } = read({ CIRCLE_TOKEN_FILE: '/s/none', BITBUCKET_OAUTH_CLIENT_ID_FILE: '/s/none' });
  assert.equal(problems.length, 2);
  assert.match(problems[0] ?? '', /^BITBUCKET_OAUTH_CLIENT_ID_FILE names \/s\/none/);
  assert.match(problems[1] ?? '', /^CIRCLE_TOKEN_FILE names \/s\/none/);
});

test('an empty file counts as absent, and a variable wins over its file', () => {
  assert.equal(read({ CIRCLE_TOKEN_FILE: '/s/e' }, { '/s/e': '\n' }).circleci, undefined);
  const { circleci } = read({ CIRCLE_TOKEN: 'direct', CIRCLE_TOKEN_FILE: '/s/f' }, { '/s/f': 'file' });
  assert.equal(circleci?.token.reveal(), 'direct');
});

test('a file beside its variable is told to be unread, in whatever pair', () => {
  const env = { ...oauth, ...apiToken, CIRCLE_TOKEN: 'c' };
  assert.deepEqual(read(env).warnings, []);
  for (const name of Object.keys(env)) {
    const { warnings, problems } = read({ ...env, [`${name}_FILE`]: '/s/rotated' });
    assert.deepEqual(problems, []);
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? '',
      new RegExp(`^${name}_FILE names /s/rotated, which is not read, as ${name} is set too`),
    );
  }
});

test('a mark of the encoding at the beginning of a file is no part of the credential', () => {
  const { circleci } = read({ CIRCLE_TOKEN_FILE: '/s/c' }, { '/s/c': '\uFEFFcircle\r\n' });
  assert.equal(circleci?.token.reveal(), 'circle');
});

for (const [what, text] of [
  ['two lines', 'canary\nsecond'],
  ['a binary file', 'canary\u0000\u0001'],
  ['bytes that are no text', 'canary\uFFFD'],
  ['ten megabytes', 'canary'.repeat(2_000_000)],
] as const) {
  test(`${what} can be no credential, in a variable or a file, and are not quoted`, () => {
    for (const [env, owner] of [
      [{ CIRCLE_TOKEN: text }, /^CIRCLE_TOKEN holds /],
      [{ CIRCLE_TOKEN_FILE: '/s/c' }, /^CIRCLE_TOKEN_FILE names \/s\/c, which holds /],
    ] as const) {
      const { circleci, problems } = read(env, { '/s/c': text });
      assert.equal(circleci, undefined);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', owner);
      assert.doesNotMatch(problems[0] ?? '', /canary/);
    }
  });
}

test('the Go program’s name of the CircleCI token works as well, after the usual one', () => {
  assert.equal(read({ APP_CIRCLE_TOKEN: 'a' }).circleci?.token.reveal(), 'a');
  assert.equal(read({ APP_CIRCLE_TOKEN: 'a', CIRCLE_TOKEN: 'b' }).circleci?.token.reveal(), 'b');
});

test('printing or serialising the result shows no secret', () => {
  for (const env of [oauth, apiToken, appPassword]) {
    const result = read({ ...env, CIRCLE_TOKEN: 'canary-4' });
    assert.doesNotMatch(inspect(result, { depth: 9, showHidden: true }) + JSON.stringify(result), /canary/);
  }
});
