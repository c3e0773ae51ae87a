// A controller as it runs in production, between the sandbox's Bitbucket and a real API server, in faster time. For tests.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../../core/config/config.ts';
import { readConfigFile } from '../../../core/config/read.ts';
import type { Capacity } from '../../../controller/decide/snapshot.ts';
import { projectFile } from '../../../cli/files.ts';
import { worldScope } from '../../../sandbox/bitbucket/identity.ts';
import { startSandbox, type RunningSandbox } from '../../../sandbox/main.ts';

export const kubeconfig = process.env['KUBECONFIG'];
/** Said by every test that needs a cluster and finds none. */
export const skip = kubeconfig === undefined ? 'set KUBECONFIG to a cluster for tests' : false;

const minuteMs = 60_000;
/** Virtual time against real time. The API server and its pods take their real time. */
const speed = 60;
const deadlineMs = 90_000;

export function kubectl(...args: string[]): string {
  return execFileSync('kubectl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export function kubectlJson<T>(...args: string[]): T {
  return JSON.parse(kubectl(...args, '-o', 'json')) as T;
}

/** Waits for something to become true; the real cluster takes its time. */
export async function eventually(what: string, check: () => boolean): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!check()) {
    if (Date.now() > end) throw new Error(`not within ${deadlineMs / 1000} s: ${what}`);
    await sleep(100);
  }
}

/** Atlassian's numbers, in a namespace of the test's own. */
export function atlassianConfig(namespace: string): string {
  const text = readFileSync(projectFile('test/configs/ok/as-atlassian-ships-it.yaml'), 'utf8');
  return text.replace("namespace: 'default'", `namespace: '${namespace}'`);
}

export interface Setting {
  readonly sandbox: RunningSandbox;
  /** Rewrite it to retune. */
  readonly configPath: string;
  readonly scope: string;
  readonly namespace: string;
  /** The most registrations that were there at any look of the test. */
  mostRegistered(): number;
  capacity(): Capacity;
  /** Builds that run for so many virtual minutes arrive now. */
  builds(count: number, minutes: number): void;
  end(): Promise<void>;
}

export interface SettingOptions {
  readonly namespace: string;
  readonly config: string;
  readonly template: string;
}

function scopeOf({ groups }: Config): string {
  const [group] = groups;
  if (group?.service !== 'bitbucket') throw new Error('the first group must be one of Bitbucket');
  return worldScope(group.scope);
}

const none: Capacity = { starting: 0, idle: 0, busy: 0, draining: 0, unhealthy: 0 };

export async function begin({ namespace, config, template }: SettingOptions): Promise<Setting> {
  const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-test-'));
  const configPath = join(folder, 'runners_config.yaml');
  const jobTemplatePath = join(folder, 'job.yaml.template');
  writeFileSync(configPath, config);
  writeFileSync(jobTemplatePath, template);
  kubectl('label', 'nodes', '--all', 'customer=shared', '--overwrite');
  const sandbox = await startSandbox({
    ...{
      configPath,
      jobTemplatePath,
      speed,
      port: 0,
      scenario: 'quiet',
      bootMs: 1,
      room: 1,
      controller: true,
    },
    kubeconfig,
  });
  const scope = scopeOf((await readConfigFile(configPath)).config as Config);
  const { service } = sandbox.world;
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, service.registered(scope))), 20);
  return {
    ...{ sandbox, configPath, scope, namespace },
    mostRegistered: () => most,
    capacity: () => sandbox.status().groups[0]?.capacity ?? none,
    builds(count, minutes) {
      sandbox.world.advance();
      for (let index = 0; index < count; index += 1) {
        service.arrive({ scope, labels: ['my.group'], runMs: minutes * minuteMs });
      }
    },
    async end() {
      clearInterval(timer);
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
      kubectl('delete', 'jobs,secrets', '--all', '-n', namespace, '--wait=false');
    },
  };
}
