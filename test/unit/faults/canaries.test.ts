// The programs as processes, with credentials that are words found nowhere else: none shows in what they let out (P8). And the search finds what is planted.

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createInterface } from 'node:readline';
import { randomUUID } from 'node:crypto';
import { projectFile } from '../../../cli/files.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import { systemClock } from '../../../core/process/clock.ts';
import { World } from '../../../sandbox/world.ts';
import {
  canaries,
  canaryCredentials,
  clusterToken,
  leaks,
  secretsIn,
  type Output,
} from '../../faults/canaries.ts';
import { argumentsOf, at, pagesOf } from '../../faults/let-out.ts';
import { Proxy } from '../../faults/proxy.ts';

const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-canaries-'));
after(() => rmSync(folder, { recursive: true, force: true }));

class Program {
  readonly logs: string[] = [];
  private readonly child: ChildProcess;
  private readonly name: string;

  constructor(name: 'controller' | 'cleaner', config: string, env: NodeJS.ProcessEnv) {
    this.name = name;
    const args = [name, '--config', config, '--host', '127.0.0.1', '--port', '0', '--probe-port', '0'];
    const { PATH, HOME } = process.env;
    this.child = spawn(process.execPath, [projectFile('cli/main.ts'), ...args], {
      ...{ env: { PATH, HOME, LOG_LEVEL: 'debug', ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.heard(line));
    }
  }

  /** Until it has logged what matches. */
  async logged(what: RegExp): Promise<string> {
    for (;;) {
      const found = this.logs.find((line) => what.test(line));
      if (found !== undefined) return found;
      if (this.child.exitCode !== null) throw new Error(`${this.name} ended: ${this.logs.join('\n')}`);
      await Promise.race([once(this.child, 'logged'), once(this.child, 'exit')]);
    }
  }

  async output(): Promise<Output> {
    const [, url = ''] = /"url":"([^"]+)"/.exec(await this.logged(/"msg":"started"/)) ?? [];
    const pages = await pagesOf(url);
    const args = await argumentsOf(this.child.pid ?? 0);
    return at(this.name, { ...pages, logs: this.logs.join('\n'), arguments: args });
  }

  async end(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  private heard(line: string): void {
    this.logs.push(line);
    this.child.emit('logged');
  }
}

interface Stage {
  /** Of the group, and in the name of the config's file. */
  readonly name: string;
  /** Ends when it returns. */
  readonly look: (output: Output, handedOut: ReadonlySet<string>) => void;
}

/** The controller makes its first runner, the cleaner meets a Bitbucket that it can not reach; then all is looked at. */
async function play({ name, look }: Stage): Promise<void> {
  const parameters =
    '{min: 1, max: 2, scale_up_threshold: 0.5, scale_down_threshold: 0.2, scale_up_multiplier: 2, scale_down_multiplier: 0.5}';
  const text = `groups: [{name: ${name}, workspace: acme, labels: [a], namespace: runners, strategy: percentageRunnersIdle, parameters: ${parameters}}]`;
  const { config } = parseConfig(text, 'canaries.yaml');
  assert.ok(config);
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, text);
  const world = new World({
    ...{ config, clock: systemClock, random: Math.random, newId: randomUUID },
    ...{ scenario: 'quiet', bootMs: 10, room: 10, credentials: canaryCredentials },
  });
  const environment = await world.start();
  const handedOut = new Set<string>();
  const proxy = new Proxy(environment['BITBUCKET_API_URL'] ?? '', (answer) =>
    secretsIn(answer).forEach((secret) => handedOut.add(secret)),
  );
  const bitbucket = await proxy.listen();
  const kubeconfig = join(folder, `${name}.kubeconfig`);
  const plain = readFileSync(environment['KUBECONFIG'] ?? '', 'utf8');
  writeFileSync(kubeconfig, plain.replace('"user":{}', `"user":{"token":"${clusterToken}"}`));
  const env = {
    ...{ ...environment, ...canaries, KUBECONFIG: kubeconfig, BITBUCKET_API_URL: bitbucket },
    BITBUCKET_OAUTH_URL: `${bitbucket}/site/oauth2/access_token`,
  };
  const controller = new Program('controller', path, env);
  const cleaner = new Program('cleaner', path, { ...env, BITBUCKET_API_URL: 'http://127.0.0.1:1' });
  try {
    await Promise.all([controller.logged(/"action":"order".*"done"/), cleaner.logged(/"msg":"hold/)]);
    const output = { ...(await controller.output()), ...(await cleaner.output()) };
    const job = JSON.stringify(world.kubernetes.objects('Job'));
    look({ ...output, 'a Job': job }, handedOut);
  } finally {
    await Promise.all([controller.end(), cleaner.end()]);
    await proxy.close();
    await world.stop();
  }
}

test(
  'no credential, and no secret that a service hands out, shows in logs, pages, metrics, arguments or Jobs',
  { timeout: 60_000 },
  async () => {
    await play({
      name: 'linux',
      look(output, handedOut) {
        assert.ok(handedOut.size >= 2, 'a token and the secret of a runner were handed out');
        assert.match(output['a Job'] ?? '', /linux/);
        assert.match(output['cleaner /'] ?? '', /linux/);
        assert.deepEqual(leaks(output, handedOut), []);
      },
    });
  },
);

test('a secret is found wherever it is planted', { timeout: 60_000 }, async () => {
  await play({
    name: canaries['CIRCLE_TOKEN'] ?? '',
    look(output) {
      const places = ['logs', '/status', '/metrics', 'arguments'].map((place) => `controller ${place}`);
      const others = ['logs', '/', '/status', 'arguments'].map((place) => `cleaner ${place}`);
      const found = leaks(output, []).join('\n');
      for (const place of [...places, ...others, 'a Job'])
        assert.ok(found.includes(`shows in ${place}`), place);
    },
  });
});

test('a secret is found in base64 and as basic authorization too', () => {
  const secret = canaries['BITBUCKET_OAUTH_CLIENT_SECRET'] ?? '';
  const pair = `${canaries['BITBUCKET_OAUTH_CLIENT_ID']}:${secret}`;
  for (const text of [secret, pair]) {
    assert.notDeepEqual(leaks({ logs: `x ${Buffer.from(text).toString('base64')} y` }, []), []);
  }
});
