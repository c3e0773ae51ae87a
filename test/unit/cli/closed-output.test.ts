// Every command, as a real process, when the reader of its output is gone: it ends quietly.

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { projectFile } from '../../../cli/files.ts';
import { configText } from '../../fakes/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'closed-output-'));
const good = join(folder, 'good.yaml');
const bad = join(folder, 'bad.yaml');
const trace = join(folder, 'trace.csv');
writeFileSync(good, configText({}));
writeFileSync(bad, 'groups: []\n');
writeFileSync(trace, 'arrival_seconds,run_seconds\n0,60\n10,60\n');

/** Nothing answers at any of these. */
const nowhere = 'http://127.0.0.1:9';
const env = {
  ...{ PATH: process.env['PATH'], BITBUCKET_API_URL: nowhere, BITBUCKET_OAUTH_URL: nowhere },
  ...{ BITBUCKET_OAUTH_CLIENT_ID: 'id', BITBUCKET_OAUTH_CLIENT_SECRET: 'secret' },
  KUBECONFIG: join(folder, 'kubeconfig'),
};
writeFileSync(
  env.KUBECONFIG,
  JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'x' },
    clusters: [{ name: 'x', cluster: { server: nowhere } }],
    users: [{ name: 'x', user: {} }],
    contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
  }),
);

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

async function endOf(child: ChildProcess): Promise<Ended> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, stderr };
}

function start(args: readonly string[], stdout: 'pipe' | number = 'pipe'): ChildProcess {
  return spawn(process.execPath, [projectFile('cli/main.ts'), ...args], {
    env,
    stdio: ['ignore', stdout, 'pipe'],
    // One that does not end fails its test rather than to hang it.
    ...{ timeout: 60_000, killSignal: 'SIGKILL' },
  });
}

/** As `| true`: the reader is gone before anything is written. */
function unread(args: readonly string[]): Promise<Ended> {
  const child = start(args);
  child.stdout?.destroy();
  return endOf(child);
}

const serving = ['--config', good, '--port', '0', '--probe-port', '0', '--host', '127.0.0.1'];

describe('a command whose output is closed ends without a stack trace, with its own exit code', () => {
  const rows: readonly [readonly string[], number][] = [
    [['--help'], 0],
    [['--version'], 0],
    [['check', good], 0],
    [['check', bad], 2],
    [['check', good, bad], 2],
    [['simulate', good, '--trace', trace], 0],
    [['plan', '--config', good], 1],
    [['doctor', '--config', good], 1],
    [['explain', 'Linux', '--url', nowhere], 1],
    [['nonsense'], 2],
  ];
  for (const [args, code] of rows) {
    test(args.map((arg) => arg.replace(`${folder}/`, '')).join(' '), async () => {
      const ended = await unread(args);
      assert.deepEqual([ended.code, ended.signal], [code, null], ended.stderr);
      assert.doesNotMatch(ended.stderr, /EPIPE|^\s+at /m);
    });
  }

  test('with stderr closed as well, as by 2>&1 | head', async () => {
    for (const [args, code] of [
      [['check', bad], 2],
      [['nonsense'], 2],
    ] as const) {
      const child = start(args);
      child.stdout?.destroy();
      child.stderr?.destroy();
      const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
      assert.deepEqual([status, signal], [code, null]);
    }
  });
});

describe('a program that lasts ends once nobody reads its log', () => {
  for (const [args, code] of [
    [['controller', ...serving], 1],
    [['cleaner', ...serving], 1],
    [['sandbox', '--port', '0'], 0],
    [['sandbox', '--port', '0', '--no-controller'], 0],
  ] as const) {
    test(`${args[0]}${args.some((arg) => arg === '--no-controller') ? ' --no-controller' : ''}: exit code ${code}`, async () => {
      const ended = await unread(args);
      assert.deepEqual([ended.code, ended.signal], [code, null], ended.stderr);
      assert.doesNotMatch(ended.stderr, /EPIPE|^\s+at /m);
    });
  }

  for (const [args, code] of [
    [['controller', ...serving], 1],
    [['cleaner', ...serving], 1],
    [['sandbox', '--port', '0', '--speed', '200'], 0],
  ] as const) {
    test(`${args[0]} also when the reader goes after the first line, as head -1 does`, async () => {
      const child = start(args);
      child.stdout?.once('data', () => child.stdout?.destroy());
      const ended = await endOf(child);
      assert.deepEqual([ended.code, ended.signal], [code, null], ended.stderr);
    });
  }
});

test('a full disk is told in a sentence, with exit code 1', async (t) => {
  let full: number;
  try {
    full = openSync('/dev/full', 'w');
  } catch {
    t.skip('this system has no /dev/full');
    return;
  }
  const ended = await endOf(start(['check', good], full));
  assert.deepEqual([ended.code, ended.signal], [1, null], ended.stderr);
  assert.match(ended.stderr, /^The output cannot be written: .*ENOSPC/);
  assert.doesNotMatch(ended.stderr, /^\s+at /m);
});
