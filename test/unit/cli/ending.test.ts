// The programs as processes that are told to end (P10): within 10 s and with exit code 0, whatever they wait for. The bound in real
// time is the promise itself; nothing else here depends on the speed of the machine.

import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { projectFile } from '../../../cli/files.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import { systemClock } from '../../../core/process/clock.ts';
import { World } from '../../../sandbox/world.ts';
import { Gate } from '../../fakes/gate.ts';
import { configText } from '../../fakes/world.ts';

const promiseMs = 10_000;

/** Looks now and then only, so that the processes under test get the machine. */
async function come(what: string, check: () => boolean): Promise<void> {
  for (let looks = 0; !check(); looks += 1) {
    assert.ok(looks < 4000, `it did not come: ${what}`);
    await pause(20);
  }
}

type Program = 'controller' | 'cleaner';

class Running {
  readonly child: ChildProcess;
  output = '';

  constructor(
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    stdio: StdioOptions = ['ignore', 'pipe', 'pipe'],
  ) {
    const { PATH, HOME } = process.env;
    const all = { PATH, HOME, LOG_LEVEL: 'debug', ...env };
    this.child = spawn(process.execPath, [projectFile('cli/main.ts'), ...args], { env: all, stdio });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  async logged(what: RegExp): Promise<void> {
    await come(what.source, () => what.test(this.output) || this.child.exitCode !== null);
    assert.match(this.output, what);
  }

  /** @returns what it ended with; -1 if it was still there when the promised time was over */
  async told(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals | null> {
    const ended = once(this.child, 'exit').then(([code, by]) => (code ?? by) as number | NodeJS.Signals);
    const late = new AbortController();
    this.child.kill(signal);
    const first = await Promise.race([ended, pause(promiseMs, -1, { signal: late.signal })]);
    late.abort();
    this.child.kill('SIGKILL');
    return first;
  }
}

interface Setting {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly world: World;
  readonly bitbucket: Gate;
  readonly kubernetes: Gate;
  start(
    program: Program,
    options?: { readonly stdio?: StdioOptions; readonly env?: NodeJS.ProcessEnv },
  ): Running;
}

const replica = { POD_NAME: 'pod-1', POD_NAMESPACE: 'control' };

/** Doubles behind gates, and a config of one Bitbucket group, unless another is given. */
async function begin(
  t: TestContext,
  text = configText({ groups: [{ parameters: { min: 40, max: 50 } }] }),
): Promise<Setting> {
  const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-ending-'));
  const configPath = join(folder, 'runner_config.yaml');
  writeFileSync(configPath, text);
  const { config } = parseConfig(text, 'runner_config.yaml');
  assert.ok(config);
  const world = new World({
    ...{ config, clock: systemClock, random: Math.random, newId: randomUUID },
    ...{ scenario: 'quiet', bootMs: 10, room: 100 },
  });
  const environment = await world.start();
  world.kubernetes.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'control' } });
  const written = readFileSync(environment['KUBECONFIG'] ?? '', 'utf8');
  const [cluster = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(written) ?? [];
  const bitbucket = new Gate(environment['BITBUCKET_API_URL'] ?? '');
  const kubernetes = new Gate(cluster);
  const [bitbucketUrl, kubernetesUrl] = await Promise.all([bitbucket.listen(), kubernetes.listen()]);
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, written.replace(cluster, kubernetesUrl));
  const env = {
    ...environment,
    ...{ BITBUCKET_API_URL: bitbucketUrl, BITBUCKET_OAUTH_URL: `${bitbucketUrl}/site/oauth2/access_token` },
    KUBECONFIG: kubeconfig,
  };
  const children: Running[] = [];
  t.after(async () => {
    for (const { child } of children) child.kill('SIGKILL');
    await Promise.all([bitbucket.close(), kubernetes.close()]);
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    ...{ folder, env, world, bitbucket, kubernetes },
    start(program, { stdio, env: more = {} } = {}) {
      const args = [
        program,
        '--config',
        configPath,
        '--host',
        '127.0.0.1',
        '--port',
        '0',
        '--probe-port',
        '0',
      ];
      const made = new Running(args, { ...env, ...more }, stdio);
      children.push(made);
      return made;
    },
  };
}

const isList = ({ method, path }: { method: string; path: string }): boolean =>
  method === 'GET' && /\/runners/.test(path);

function holder({ world }: Setting): unknown {
  return world.kubernetes.objects('Lease')[0]?.spec?.['holderIdentity'];
}

describe('told to end', { concurrency: 4, timeout: 180_000 }, () => {
  for (const program of ['controller', 'cleaner'] as const) {
    test(`at any moment of its start, the ${program} ends, and keeps no lease`, async (t) => {
      const setting = await begin(t);
      const told = [0, 50, 200, 600].map(async (ms) => {
        const running = setting.start(program, { env: { ...replica, POD_NAME: `pod-${ms}` } });
        await pause(ms);
        return { code: await running.told(), output: running.output };
      });
      for (const { code, output } of await Promise.all(told)) {
        // Before Node.js runs anything of ours, the operating system ends it: nothing had begun.
        if (code === 'SIGTERM') assert.equal(output, '');
        else assert.equal(code, 0, output);
      }
      assert.equal(holder(setting) ?? '', '');
    });

    test(`as soon as it has started, the ${program} ends with 0, and keeps no lease`, async (t) => {
      const setting = await begin(t);
      const running = setting.start(program, { env: replica });
      await running.logged(/"msg":"started"/);
      assert.equal(await running.told(), 0, running.output);
      assert.match(running.output, /"msg":"stopped"/);
      assert.equal(holder(setting) ?? '', '');
    });

    test(`after it was answered 429 with a long Retry-After, the ${program} sends nothing more`, async (t) => {
      const setting = await begin(t);
      setting.bitbucket.fate = (call) =>
        isList(call) ? { status: 429, headers: { 'retry-after': '55' } } : 'pass';
      const running = setting.start(program);
      await come('a list', () => setting.bitbucket.calls.some(isList));
      const before = setting.bitbucket.calls.length;
      assert.equal(await running.told(), 0, running.output);
      assert.equal(setting.bitbucket.calls.length, before);
      assert.doesNotMatch(running.output, /hold: the group|this is a bug/);
    });

    test(`while Bitbucket does not answer, the ${program} ends`, async (t) => {
      const setting = await begin(t);
      setting.bitbucket.fate = (call) => (isList(call) ? 'hang' : 'pass');
      const running = setting.start(program);
      await come('a list', () => setting.bitbucket.calls.some(isList));
      assert.equal(await running.told(), 0, running.output);
      assert.doesNotMatch(running.output, /hold: the group|this is a bug/);
    });
  }

  test('while nothing answers, neither services nor cluster, the controller ends', async (t) => {
    const setting = await begin(t);
    setting.bitbucket.fate = setting.kubernetes.fate = () => 'hang';
    const running = setting.start('controller', { env: replica });
    await come('a call', () => setting.kubernetes.calls.length > 0);
    assert.equal(await running.told(), 0, running.output);
    assert.match(running.output, /"msg":"stopped"/, 'without the last resort');
  });

  test('while a cluster that it leads by stops answering, the controller ends', async (t) => {
    const setting = await begin(t);
    const running = setting.start('controller', { env: replica });
    await running.logged(/"action":"order".*"done"/);
    const already = setting.kubernetes.calls.length;
    setting.kubernetes.fate = () => 'hang';
    await come('a call that hangs', () => setting.kubernetes.calls.length > already);
    assert.equal(await running.told(), 0, running.output);
    assert.match(running.output, /"msg":"stopped"/, 'without the last resort');
  });

  test('the lease is given up, after the last change was answered', async (t) => {
    const setting = await begin(t);
    let answer: (fate: 'pass') => void = () => undefined;
    const slow = new Promise<'pass'>((resolve) => (answer = resolve));
    let signalled = false;
    setting.bitbucket.fate = ({ method, path }) =>
      method === 'POST' && /runners$/.test(path) ? slow : 'pass';
    const running = setting.start('controller', { env: replica });
    const registrations = (): number =>
      setting.bitbucket.calls.filter(({ method, path }) => method === 'POST' && /runners$/.test(path)).length;
    await come('eight registrations', () => registrations() === 8);
    const ended = running.told().finally(() => (signalled = true));
    await pause(1000);
    assert.equal(signalled, false, 'the registrations under way are waited for');
    assert.equal(holder(setting), 'pod-1', 'and the lease is kept meanwhile');
    answer('pass');
    assert.equal(await ended, 0, running.output);
    assert.equal(registrations(), 8, 'of forty none is begun after it was told');
    assert.equal(holder(setting), '');
    const { kubernetes } = setting.world;
    assert.equal(kubernetes.objects('Job').length, 8, 'each that was registered has its Job');
    const owners = kubernetes.objects('Secret').map(({ metadata }) => metadata.ownerReferences?.length);
    assert.deepEqual(owners, Array(8).fill(1), 'and its Secret');
  });

  test('a program that issues credentials and hangs is killed', async (t) => {
    const setting = await begin(t);
    const marker = `8${Math.floor(Math.random() * 1e8)}`;
    const written = readFileSync(setting.env['KUBECONFIG'] ?? '', 'utf8');
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sleep',
      args: [marker],
      interactiveMode: 'Never',
    };
    writeFileSync(
      setting.env['KUBECONFIG'] ?? '',
      written.replace('"user":{}', `"user":{"exec":${JSON.stringify(exec)}}`),
    );
    const running = setting.start('controller');
    const there = (): boolean => {
      try {
        return execFileSync('pgrep', ['-f', `^sleep ${marker}`]).length > 0;
      } catch {
        return false;
      }
    };
    await come('the program', there);
    assert.equal(await running.told(), 0, running.output);
    assert.equal(there(), false);
  });

  test('while AWS does not answer, the controller ends', async (t) => {
    const text = JSON.stringify({
      groups: [
        {
          ...{ name: 'ec2', resource_class: 'acme/ec2', strategy: 'unclaimedTasks' },
          ...{
            auto_scaling_group: { name: 'acme-ec2', region: 'eu-west-1' },
            parameters: { min: 1, max: 3 },
          },
        },
      ],
    });
    const setting = await begin(t, text);
    setting.bitbucket.fate = () => 'hang';
    const aws = { AWS_ENDPOINT_URL_AUTO_SCALING: setting.env['BITBUCKET_API_URL'] };
    const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret', AWS_PROFILE: '' };
    const running = setting.start('controller', { env: { ...aws, ...keys } });
    await come('a call to AWS', () => setting.bitbucket.calls.length > 0);
    assert.equal(await running.told(), 0, running.output);
  });

  test('while clients keep connections open, the controller ends', async (t) => {
    const setting = await begin(t);
    const running = setting.start('controller');
    await running.logged(/"msg":"started"/);
    const port = Number(/"url":"http:\/\/[^"]+:(\d+)"/.exec(running.output)?.[1]);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('GET /metrics HTTP/1.1\r\nhost: a\r\n');
    assert.equal(await running.told(), 0, running.output);
    socket.destroy();
  });

  test('while its output is a pipe that is full and not read, the controller ends', async (t) => {
    const setting = await begin(t);
    const path = join(setting.folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const full = (): never => {
      for (;;) writeSync(reader, 'x'.repeat(4096));
    };
    assert.throws(full, { code: 'EAGAIN' });
    const writer = openSync(path, constants.O_WRONLY);
    const running = setting.start('controller', { stdio: ['ignore', writer, 'pipe'] });
    await come(
      'runners, though it can log nothing',
      () => setting.world.kubernetes.objects('Job').length > 0,
    );
    assert.equal(await running.told(), 0, running.output);
    closeSync(writer);
    closeSync(reader);
  });

  test('a second signal ends it at once', async (t) => {
    const setting = await begin(t);
    setting.bitbucket.fate = ({ method, path }) =>
      method === 'POST' && /runners$/.test(path) ? 'hang' : 'pass';
    const running = setting.start('controller');
    await come('a registration', () =>
      setting.bitbucket.calls.some(({ method, path }) => method === 'POST' && /runners$/.test(path)),
    );
    running.child.kill('SIGINT');
    await pause(1000);
    assert.equal(await running.told('SIGINT'), 130, running.output);
  });

  test('told twice at the same moment, as by a terminal and a shell, it ends as if told once', async (t) => {
    const setting = await begin(t);
    const running = setting.start('controller', { env: replica });
    await running.logged(/"action":"order".*"done"/);
    running.child.kill('SIGINT');
    assert.equal(await running.told(), 0, running.output);
    assert.match(running.output, /"msg":"stopped"/);
    assert.equal(holder(setting), '');
  });

  for (const program of ['controller', 'cleaner'] as const) {
    test(`while its config is a pipe that nobody writes to, the ${program} ends`, async (t) => {
      const setting = await begin(t);
      const path = join(setting.folder, 'runner_config.yaml');
      rmSync(path);
      execFileSync('mkfifo', [path]);
      const running = setting.start(program);
      await pause(2000);
      assert.equal(await running.told(), 0, running.output);
    });

    test(`while an edited config is a pipe that nobody writes to, the ${program} ends and gives its lease up`, async (t) => {
      const setting = await begin(t);
      const path = join(setting.folder, 'runner_config.yaml');
      const running = setting.start(program, { env: replica });
      await running.logged(/"msg":"this process leads"/);
      rmSync(path);
      execFileSync('mkfifo', [path]);
      // It opens when the program has opened it, too, and is closed only after the program has ended.
      const writer = await open(path, 'w');
      assert.equal(await running.told(), 0, running.output);
      assert.match(running.output, /"msg":"stopped"/, 'without the last resort');
      assert.equal(holder(setting), '');
      await writer.close();
    });
  }

  test('told to end while it reads settings that it refuses, it ends without waiting for anything', async (t) => {
    const setting = await begin(t);
    writeFileSync(join(setting.folder, 'runner_config.yaml'), 'groups: 1');
    const ended = [200, 300, 400, 500, 600, 700, 800].map(async (ms) => {
      const running = setting.start('controller');
      await pause(ms);
      const toldAt = performance.now();
      const code = await running.told();
      return { code, took: performance.now() - toldAt };
    });
    for (const { code, took } of await Promise.all(ended)) {
      assert.ok(code === 0 || code === 2 || code === 'SIGTERM', String(code));
      assert.ok(took < 4_500, 'nothing is under way that would be waited for');
    }
  });

  test('while the tokens of Bitbucket do not come, the controller ends', async (t) => {
    const setting = await begin(t);
    setting.bitbucket.fate = ({ path }) => (/access_token/.test(path) ? 'hang' : 'pass');
    const oauth = { BITBUCKET_OAUTH_CLIENT_ID: 'id', BITBUCKET_OAUTH_CLIENT_SECRET: 'secret' };
    const running = setting.start('controller', { env: { ...replica, ...oauth } });
    await come('a request for a token', () =>
      setting.bitbucket.calls.some(({ path }) => /access_token/.test(path)),
    );
    const before = setting.bitbucket.calls.length;
    assert.equal(await running.told(), 0, running.output);
    assert.match(running.output, /"msg":"stopped"/, 'without the last resort');
    assert.equal(setting.bitbucket.calls.length, before);
    assert.equal(holder(setting), '');
  });

  test('while Jobs are created and the cluster does not answer that, the controller ends, and the next one counts what is registered', async (t) => {
    const setting = await begin(t);
    const isJob = ({ method, path }: { method: string; path: string }): boolean =>
      method === 'POST' && /\/jobs$/.test(path);
    setting.kubernetes.fate = (call) => (isJob(call) ? 'hang' : 'pass');
    const running = setting.start('controller', { env: replica });
    await come('Jobs', () => setting.kubernetes.calls.filter(isJob).length > 0);
    assert.equal(await running.told(), 0, running.output);
    assert.match(running.output, /"msg":"stopped"/, 'without the last resort');
    assert.equal(holder(setting), '');
    setting.kubernetes.fate = () => 'pass';
    const next = setting.start('controller', { env: { ...replica, POD_NAME: 'pod-2' } });
    const jobs = (): unknown[] => setting.world.kubernetes.objects('Job');
    // Those without a Job may yet come online for all that a look can tell: they are waited for, and discarded when their time is over.
    const isRegistration = ({ method, path }: { method: string; path: string }): boolean =>
      method === 'POST' && /runners$/.test(path);
    const registrations = (): number => setting.bitbucket.calls.filter(isRegistration).length;
    await come('the others', () => jobs().length >= 32);
    assert.equal(registrations(), 40, 'none is ordered twice');
    assert.equal(await next.told(), 0, next.output);
  });

  test('while five hundred clients keep connections open, the controller ends and gives its lease up', async (t) => {
    const setting = await begin(t);
    const running = setting.start('controller', { env: replica });
    await running.logged(/"msg":"this process leads"/);
    const port = Number(/"url":"http:\/\/[^"]+:(\d+)"/.exec(running.output)?.[1]);
    const sockets = Array.from({ length: 500 }, () =>
      connect(port, '127.0.0.1').on('error', () => undefined),
    );
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    for (const [index, socket] of sockets.entries())
      socket.write(index % 2 === 0 ? 'GET /status HTTP/1.1\r\nhost: localhost\r\n\r\n' : 'GET /st');
    await pause(500);
    assert.equal(await running.told(), 0, running.output);
    assert.match(running.output, /"msg":"stopped"/, 'without the last resort');
    assert.equal(holder(setting), '');
  });

  for (const args of [['plan'], ['doctor'], ['explain', 'group-1']]) {
    test(`${args[0]} ends at once on Ctrl-C, while what it asks does not answer`, async (t) => {
      const setting = await begin(t);
      setting.bitbucket.fate = () => 'hang';
      const { BITBUCKET_API_URL: url = '' } = setting.env;
      const rest =
        args[0] === 'explain' ? ['--url', url] : ['--config', join(setting.folder, 'runner_config.yaml')];
      const running = new Running([...args, ...rest], setting.env);
      t.after(() => running.child.kill('SIGKILL'));
      await come('a call', () => setting.bitbucket.calls.length > 0);
      assert.equal(await running.told('SIGINT'), 130, running.output);
    });
  }
});

test('a program that could not be started is not kept until the end', () => {
  const script = `
    await import(${JSON.stringify(projectFile('cli/signals.ts'))});
    const { execFile } = await import('node:child_process');
    const { setImmediate } = await import('node:timers/promises');
    const children = [];
    const start = () => new Promise((resolve) => {
      const child = execFile('/no/such/program', () => undefined);
      children.push(new WeakRef(child));
      child.once('close', () => resolve());
    });
    for (let count = 0; count < 20; count += 1) await start();
    await setImmediate();
    gc();
    console.log(children.filter((child) => child.deref() !== undefined).length);
  `;
  const args = ['--expose-gc', '--input-type=module', '--eval', script];
  const kept = Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  assert.ok(kept <= 1, `${kept} of 20 are still in memory`);
});
