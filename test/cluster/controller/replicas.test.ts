// Two replicas as processes on a real API server: one acts, and the other takes over when it is killed or frozen (P10).

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectFile } from '../../../cli/files.ts';
import { worldScope } from '../../../sandbox/bitbucket/identity.ts';
import { startSandbox, type RunningSandbox } from '../../../sandbox/main.ts';
import { kubeconfig, kubectl, skip } from './setting.ts';

const namespace = 'two-replicas';
const takeoverMs = 15_000;
const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-test-'));
const configPath = join(folder, 'runner_config.yaml');
const jobTemplatePath = projectFile('kustomize/base/job.yaml.template');
const config = `
constants: {runner_api_polling_interval: 2, fast_polling_interval: 1, api_calls_per_hour: 100000}
groups:
  - name: Linux
    workspace: acme
    labels: [linux.small]
    namespace: ${namespace}
    strategy: percentageRunnersIdle
    parameters: {min: 3, max: 5, scale_up_threshold: 0.5, scale_down_threshold: 0.2, scale_up_multiplier: 2, scale_down_multiplier: 0.5}
`;

interface Replica {
  readonly process: ChildProcess;
  readonly url: string;
}

let sandbox: RunningSandbox;
const replicas: Replica[] = [];

function start(name: string, port: number): Replica {
  const args = ['cli/main.ts', 'controller', '--config', configPath, '--job-template', jobTemplatePath];
  const child = spawn(
    process.execPath,
    [...args, '--host', '127.0.0.1', '--port', String(port), '--probe-port', '0'],
    {
      cwd: projectFile('.'),
      env: {
        ...process.env,
        ...sandbox.environment,
        POD_NAME: name,
        POD_NAMESPACE: namespace,
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const replica = { process: child, url: `http://127.0.0.1:${port}` };
  replicas.push(replica);
  return replica;
}

async function leads({ url }: Replica): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/status`, { signal: AbortSignal.timeout(1000) });
    return ((await answer.json()) as { leader: boolean }).leader;
  } catch {
    return false;
  }
}

/** Milliseconds until it is so. */
async function waitUntil(
  what: string,
  check: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<number> {
  const began = Date.now();
  while (!(await check())) {
    if (Date.now() - began > withinMs) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    await sleep(100);
  }
  return Date.now() - began;
}

function registered(): { now: number; ever: number } {
  const { service } = sandbox.world;
  return { now: service.registered(worldScope({ workspace: 'acme' })), ever: service.registeredEver };
}

before(async () => {
  if (skip !== false) return;
  writeFileSync(configPath, config);
  kubectl('create', 'namespace', namespace);
  kubectl('label', 'nodes', '--all', 'customer=shared', '--overwrite');
  sandbox = await startSandbox({
    ...{
      configPath,
      jobTemplatePath,
      speed: 1,
      port: 0,
      scenario: 'quiet',
      bootMs: 1,
      room: 1,
      controller: false,
    },
    kubeconfig,
  });
});

after(async () => {
  for (const { process: child } of replicas) child.kill('SIGKILL');
  await sandbox?.stop();
  rmSync(folder, { recursive: true, force: true });
  if (skip === false) kubectl('delete', 'namespace', namespace, '--wait=false');
});

test(
  'one of two replicas acts; killed, it is followed within 15 s, and nothing is made twice',
  { skip },
  async (t) => {
    const first = start('replica-1', 18_181);
    await waitUntil('the first leads', () => leads(first));
    const second = start('replica-2', 18_182);
    await waitUntil('three runners', () => registered().ever === 3);
    await waitUntil(
      'the second answers',
      async () => (await fetch(`${second.url}/readyz`).catch(() => undefined))?.ok === true,
    );
    assert.equal(await leads(second), false);
    first.process.kill('SIGKILL');
    const tookMs = await waitUntil('the second leads', () => leads(second), takeoverMs);
    t.diagnostic(`takeover after kill -9: ${tookMs} ms`);
    await sleep(4_000);
    assert.deepEqual(registered(), { now: 3, ever: 3 });
  },
);

test('frozen, it is followed within 15 s, and does no harm when it wakes', { skip }, async (t) => {
  const second = replicas[1];
  assert.ok(second);
  const third = start('replica-3', 18_183);
  await waitUntil(
    'the third answers',
    async () => (await fetch(`${third.url}/readyz`).catch(() => undefined))?.ok === true,
  );
  second.process.kill('SIGSTOP');
  const tookMs = await waitUntil('the third leads', () => leads(third), takeoverMs);
  t.diagnostic(`takeover after SIGSTOP: ${tookMs} ms`);
  second.process.kill('SIGCONT');
  await sleep(5_000);
  assert.deepEqual([await leads(second), await leads(third)], [false, true]);
  assert.deepEqual(registered(), { now: 3, ever: 3 });
});
