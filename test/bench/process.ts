// Measures the controller as a process of its own: memory and CPU with many groups and runners in the sandbox. Prints, asserts nothing.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectFile } from '../../cli/files.ts';
import { worldScope } from '../../sandbox/bitbucket/identity.ts';
import { startSandbox, type RunningSandbox } from '../../sandbox/main.ts';

const groups = 100;
const runnersEach = 10;
const repositories = 10;
const looksMeasured = 20;

function configText(): string {
  const group = (index: number): string => `
  - name: group ${index}
    workspace: acme
    repository: repository-${index % repositories}
    labels: [bench.g${index}]
    namespace: bench
    strategy: percentageRunnersIdle
    parameters: {min: ${runnersEach}, max: ${runnersEach * 2}, scale_up_threshold: 0.5, scale_down_threshold: 0.2, scale_up_multiplier: 1.5, scale_down_multiplier: 0.5}`;
  const all = Array.from({ length: groups }, (_, index) => group(index)).join('');
  return `constants: {runner_api_polling_interval: 3, fast_polling_interval: 3, api_calls_per_hour: 1000000, bitbucket_runner_limit: 500}\ngroups:${all}\n`;
}

/** The command as the image has it, its flags included. */
function bundle(folder: string): string {
  const app = join(folder, 'app');
  execFileSync(process.execPath, [projectFile('build.ts'), app], { stdio: 'inherit' });
  return join(app, 'runner-autoscaler');
}

interface Figures {
  readonly residentMiB: number;
  readonly cpuSeconds: number;
  readonly ticks: number;
}

async function read(url: string): Promise<Figures> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
  return {
    residentMiB: value('process_resident_memory_bytes') / 2 ** 20,
    cpuSeconds: value('process_cpu_seconds_total'),
    ticks: value('runner_autoscaler_tick_duration_seconds_count'),
  };
}

async function untilRunning(sandbox: RunningSandbox, child: ChildProcess): Promise<void> {
  const { service } = sandbox.world;
  for (let online = 0; online < groups * runnersEach; await sleep(500)) {
    if (child.exitCode !== null) throw new Error('the process that is measured has ended');
    online = 0;
    for (let repository = 0; repository < repositories; repository += 1) {
      const scope = worldScope({ workspace: 'acme', repository: `repository-${repository}` });
      online += service.list(scope).filter(({ status }) => status === 'ONLINE').length;
    }
  }
}

function startProcess(command: string, config: string, env: NodeJS.ProcessEnv, port: number): ChildProcess {
  const args = [
    'controller',
    '--config',
    config,
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--probe-port',
    '0',
  ];
  const template = ['--job-template', projectFile('kustomize/base/job.yaml.template')];
  // The command runs whatever `node` it finds.
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  return spawn(command, [...args, ...template], {
    env: { ...process.env, ...env, PATH: path, LOG_LEVEL: 'warn' },
    stdio: 'inherit',
  });
}

/** Prints resident memory, and CPU for one look at all groups. */
export async function measureProcess(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-bench-'));
  const configPath = join(folder, 'runner_config.yaml');
  writeFileSync(configPath, configText());
  const common = { configPath, jobTemplatePath: projectFile('kustomize/base/job.yaml.template') };
  const sandbox = await startSandbox({
    ...common,
    ...{ speed: 1, port: 0, scenario: 'quiet', bootMs: 1000, room: 10_000, controller: false },
  });
  const port = 18_080;
  const child = startProcess(bundle(folder), configPath, sandbox.environment, port);
  try {
    await sleep(2000);
    await untilRunning(sandbox, child);
    await sleep(5000);
    const before = await read(`http://127.0.0.1:${port}`);
    let after = before;
    let most = 0;
    while (after.ticks - before.ticks < looksMeasured * groups) {
      // Being read costs the process time too; this is as often as Prometheus does it.
      await sleep(15_000);
      after = await read(`http://127.0.0.1:${port}`);
      most = Math.max(most, after.residentMiB);
    }
    const rounds = (after.ticks - before.ticks) / groups;
    const cpuMs = ((after.cpuSeconds - before.cpuSeconds) / rounds) * 1000;
    process.stdout.write(
      `process with ${groups} groups and ${groups * runnersEach} runners: ` +
        `${most.toFixed(0)} MiB resident at most (aim: below 100), ${cpuMs.toFixed(0)} ms CPU for a look at all groups (aim: below 150)\n`,
    );
  } finally {
    child.kill('SIGTERM');
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
