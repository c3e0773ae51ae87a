// The command `sandbox` and the ports of all commands that serve, as real processes.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { projectFile } from '../../../cli/files.ts';
import { configText } from '../../fakes/world.ts';

const main = projectFile('cli/main.ts');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    // One that does not end fails its test rather than to hang it.
    ...{ timeout: 60_000, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'pipe'] },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

async function takenPort(t: TestContext): Promise<string> {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  t.after(() => blocker.close());
  return String((blocker.address() as { port: number }).port);
}

describe('a port that is taken is one sentence with the remedy, and exit code 1', () => {
  const env = {
    ...{ BITBUCKET_OAUTH_CLIENT_ID: 'id', BITBUCKET_OAUTH_CLIENT_SECRET: 'secret' },
    ...{ KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '9' },
  };
  for (const command of ['controller', 'cleaner', 'sandbox']) {
    test(command, async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-port-'));
      t.after(() => rmSync(folder, { recursive: true, force: true }));
      const config = join(folder, 'runner_config.yaml');
      writeFileSync(config, configText({}));
      const kubeconfig = join(folder, 'kubeconfig');
      const parts = {
        clusters: [{ name: 'x', cluster: { server: 'http://127.0.0.1:9' } }],
        users: [{ name: 'x', user: {} }],
        contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
      };
      writeFileSync(
        kubeconfig,
        JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': 'x', ...parts }),
      );
      const port = await takenPort(t);
      const host = command === 'sandbox' ? [] : ['--host', '127.0.0.1'];
      const args = [command, '--config', config, '--port', port, ...host];
      const { code, stderr, stdout } = await run(args, { ...env, KUBECONFIG: kubeconfig });
      assert.equal(code, 1, stdout + stderr);
      const sentence = `another program uses port ${port}: stop it, or choose another port with --port (--port 0 takes a free one)`;
      assert.ok((stdout + stderr).includes(sentence), stdout + stderr);
    });
  }
});

test('a speed that no machine keeps up with is bounded, with a sentence, and the sandbox ends when it should', async () => {
  const { code, stdout, stderr } = await run([
    'sandbox',
    '--port',
    '0',
    '--speed',
    '1e9',
    '--minutes',
    '0.01',
  ]);
  assert.equal(code, 0);
  assert.match(stderr, /^The sandbox runs 200 times faster than real time, not 1000000000 times: /);
  assert.match(stdout, /^The sandbox ended at /m);
});

test('it ends with a short plain summary, and no line of a log', async () => {
  const { code, stdout, stderr } = await run([
    'sandbox',
    '--port',
    '0',
    '--speed',
    '200',
    '--minutes',
    '0.02',
  ]);
  assert.equal(code, 0);
  assert.equal(stderr, '');
  const [, farewell = ''] = stdout.split(/^The sandbox ended at \d\d:\d\d:\d\d of its time\.\n/m);
  assert.match(
    farewell,
    /^builds: \d+ done, \d+ killed, \d+ without a runner; \d+ still running, \d+ waiting\n/,
  );
  assert.match(farewell, /^Linux small: /m);
  assert.doesNotMatch(stdout, /^\{/m);
});

test('--help tells the keys, and the same without a terminal', async () => {
  const { stdout } = await run(['sandbox', '--help']);
  for (const key of 'vcni-+phq') assert.ok(stdout.includes(`\n  ${key}  `), key);
  assert.match(stdout, /curl -X POST ADDRESS\/vendor-down/);
});

describe('on a terminal', () => {
  /** A pseudo terminal, which Node.js cannot make. */
  const hasScript = spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') === true;

  function onTerminal(typed: string, env: NodeJS.ProcessEnv): string {
    const command = `stty cols 80 rows 24; '${process.execPath}' '${main}' sandbox --port 0 --minutes 0.01; stty -a`;
    const { stdout } = spawnSync('script', ['-qefc', command, '/dev/null'], {
      ...{ input: typed, encoding: 'utf8', timeout: 60_000, env: { PATH: process.env['PATH'], ...env } },
    });
    return stdout;
  }

  test('it takes the terminal over and gives it back', { skip: !hasScript }, () => {
    const shown = onTerminal('', { TERM: 'xterm' });
    const [before = '', drawn = '', after = ''] = shown.split(/\u001b\[\?1049[hl]/); // eslint-disable-line no-control-regex
    assert.equal(before.trim(), '');
    assert.match(
      stripVTControlCharacters(drawn),
      /runner-autoscaler sandbox .* page http:\/\/127\.0\.0\.1:\d+/,
    );
    assert.ok(drawn.endsWith('\u001b[?7h\u001b[?25h'), 'cursor and wrapping are as before');
    assert.match(after, /^The sandbox ended at /);
    assert.match(after, / icanon /);
    assert.match(after, / echo /);
  });

  test('that knows no escape sequences it writes plain lines', { skip: !hasScript }, () => {
    const shown = onTerminal('', { TERM: 'dumb' });
    assert.ok(!shown.includes('\u001b'), JSON.stringify(shown.slice(0, 200)));
    assert.match(shown, /^page http:/m);
  });

  test('with NO_COLOR it uses no colour', { skip: !hasScript }, () => {
    const colour = /\u001b\[[\d;]*m/; // eslint-disable-line no-control-regex
    assert.match(onTerminal('', { TERM: 'xterm-256color' }), colour);
    assert.doesNotMatch(onTerminal('', { TERM: 'xterm-256color', NO_COLOR: '1' }), colour);
  });
});
