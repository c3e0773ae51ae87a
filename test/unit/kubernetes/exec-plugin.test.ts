// The program that a kubeconfig names for credentials: how often it is run, what it is told, and what is said when it fails.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ClusterAccess } from '../../../core/clients/kubernetes/access.ts';
import { createKubernetesClient } from '../../../core/clients/kubernetes/client.ts';
import { loadKubeconfig } from '../../../core/clients/kubernetes/kubeconfig.ts';
import { ConfigError } from '../../../core/errors.ts';
import { autoAdvanceClock, type AutoAdvanceClock } from '../../fakes/clock.ts';

interface Scene {
  readonly access: ClusterAccess;
  readonly clock: AutoAdvanceClock;
  readonly folder: string;
  readonly runs: () => number;
  /** Of the kubeconfig. */
  readonly path: string;
}

const now = Date.parse('2026-12-01T00:00:00Z');
const inSeconds = (seconds: number): string => new Date(now + seconds * 1000).toISOString();
const issue = (status: string): string =>
  `console.log(JSON.stringify({ kind: 'ExecCredential', status: ${status} }))`;

/** @param body what the program does, after it counted its run as `run` */
function stage(t: TestContext, body: string, exec: object = {}): Scene {
  const folder = mkdtempSync(join(tmpdir(), 'exec-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const log = join(folder, 'runs');
  const count = `const fs = require('fs'); fs.appendFileSync(${JSON.stringify(log)}, 'x'); const run = fs.statSync(${JSON.stringify(log)}).size;`;
  const document = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: 'https://cluster.invalid' } }],
    users: [
      {
        name: 'u',
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            command: process.execPath,
            args: ['-e', `${count} ${body}`],
            ...exec,
          },
        },
      },
    ],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  };
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, JSON.stringify(document));
  const clock = autoAdvanceClock(now);
  const runs = (): number => (existsSync(log) ? readFileSync(log, 'utf8').length : 0);
  return { access: loadKubeconfig({ path }, clock), clock, folder, runs, path };
}

const tokenOf = async (access: ClusterAccess): Promise<unknown> =>
  ((await access.options()).headers as Record<string, unknown>)['authorization'];

test('calls that come at once share one run, and later ones use what it gave', async (t) => {
  const { access, runs } = stage(t, issue(`{ token: 't' + run }`));
  const tokens = await Promise.all(Array.from({ length: 60 }, () => tokenOf(access)));
  assert.deepEqual(new Set(tokens), new Set(['Bearer t1']));
  assert.equal(await tokenOf(access), 'Bearer t1');
  assert.equal(runs(), 1);
});

test('it is run again shortly before its credential expires', async (t) => {
  const { access, clock } = stage(t, issue(`{ token: 't' + run, expirationTimestamp: '${inSeconds(600)}' }`));
  assert.equal(await tokenOf(access), 'Bearer t1');
  clock.pass(589_000);
  assert.equal(await tokenOf(access), 'Bearer t1');
  clock.pass(2_000);
  assert.equal(await tokenOf(access), 'Bearer t2');
});

test('a failed run is shared by all that wait, not repeated at once, and repeated later', async (t) => {
  const { access, clock, runs } = stage(
    t,
    `if (run === 1) { console.error('token expired;\\u001b[31m log in\\nanew'); process.exit(3) } ${issue(`{ token: 't' + run }`)}`,
  );
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => access.options()));
  for (const result of results) {
    assert.ok(result.status === 'rejected');
    assert.match(
      (result.reason as Error).message,
      /^no credentials from .*node.*, which the kubeconfig names for them \(exec\): it ended with exit code 3; it wrote "token expired; \[31m log in anew"\. Run it by hand/,
    );
  }
  await assert.rejects(access.options(), /exit code 3/);
  assert.equal(runs(), 1);
  clock.pass(2_001);
  assert.equal(await tokenOf(access), 'Bearer t2');
});

test('credentials that the API server rejects are asked for again, but not for each call', async (t) => {
  const { access, clock, runs } = stage(t, issue(`{ token: 't' + run }`));
  await access.options();
  access.rejected?.();
  assert.equal(await tokenOf(access), 'Bearer t1');
  clock.pass(10_000);
  access.rejected?.();
  assert.equal(await tokenOf(access), 'Bearer t2');
  assert.equal(runs(), 2);
});

test('it gets its own variables and is told of the cluster if it asks', async (t) => {
  const { access } = stage(
    t,
    issue(`{ token: process.env.MINE + JSON.parse(process.env.KUBERNETES_EXEC_INFO).spec.cluster.server }`),
    { env: [{ name: 'MINE', value: 'mine+' }], provideClusterInfo: true },
  );
  assert.equal(await tokenOf(access), 'Bearer mine+https://cluster.invalid');
});

test('it may issue a certificate instead of a token', async (t) => {
  const { access } = stage(t, issue(`{ clientCertificateData: 'C', clientKeyData: 'K' }`));
  const { cert, key, headers } = await access.options();
  assert.deepEqual([cert, key, headers], ['C', 'K', {}]);
});

test('a program with a folder is meant from that of the kubeconfig', async (t) => {
  const { access, folder } = stage(t, '', { command: './issue.sh', args: null });
  const answer = '{"status":{"token":"beside"}}';
  writeFileSync(join(folder, 'issue.sh'), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
  assert.equal(await tokenOf(access), 'Bearer beside');
});

for (const [what, body, exec, message] of [
  [
    'that is not there',
    '',
    { command: 'no-such-program', installHint: 'Install it\nfirst.' },
    /there is no such program\. Run it by hand to see more\. Install it first\.$/,
  ],
  ['that prints no JSON', `console.log('canary')`, {}, /what it printed is not JSON/],
  [
    'that prints something else',
    `console.log('{"token":"canary"}')`,
    {},
    /is no ExecCredential with a token/,
  ],
  [
    'that is killed',
    `process.kill(process.pid, 'SIGTERM')`,
    {},
    /it ended with SIGTERM; it wrote nothing to stderr/,
  ],
  ['that shows a token', `console.error('{"token": "canary"}'); process.exit(1)`, {}, /\[redacted\]/],
] as const) {
  test(`a program ${what} is told as it is, and what it printed is not quoted`, async (t) => {
    const { access } = stage(t, body, exec);
    await assert.rejects(access.options(), (error: Error) => {
      assert.match(error.message, message);
      assert.doesNotMatch(error.message.replace(/from .*, which/, ''), /canary/);
      return true;
    });
  });
}

test('a call that gives up before the program has ended says that it is the program that is slow', async (t) => {
  const { path, clock, runs } = stage(t, 'setTimeout(() => undefined, 4_000);');
  const client = createKubernetesClient({ kubeconfig: { path }, clock, timeoutMs: 500 });
  await assert.rejects(client.listPods('runners', ''), (error: Error & { failure?: string }) => {
    assert.equal(error.failure, 'timeout');
    assert.match(error.message, /no credentials for the API server within 500 ms\. Run the program/);
    return true;
  });
  assert.ok(runs() <= 1);
});

for (const token of ['two\nlines', 'caf\u00e9\u0159']) {
  test(`a token that no header can carry (${JSON.stringify(token)}) is told as that, not as an address that does not answer`, async (t) => {
    const { path, clock } = stage(t, issue(`{ token: ${JSON.stringify(token)} }`));
    const client = createKubernetesClient({ kubeconfig: { path }, clock, timeoutMs: 10_000 });
    await assert.rejects(client.listPods('runners', ''), (error: Error) => {
      assert.match(
        error.message,
        /not sent, as no header can carry the credentials.*the user of the kubeconfig/,
      );
      assert.ok(!error.message.includes(token));
      return true;
    });
  });
}

test('a kubeconfig whose exec names no command is refused', (t) => {
  assert.throws(
    () => stage(t, '', { command: '' }),
    (error) => error instanceof ConfigError && /names no command/.test(error.message),
  );
});
