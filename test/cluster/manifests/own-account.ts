// Runs the controller as a process with the rights of its own service account, between the sandbox's Bitbucket and the cluster.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { projectFile } from '../../../cli/files.ts';
import { worldScope } from '../../../sandbox/bitbucket/identity.ts';
import { startSandbox, type RunningSandbox } from '../../../sandbox/main.ts';
import { controlPlane, kubectl, valuesFolder } from './kubectl.ts';

/**
 * A kubeconfig with nothing but a token of the account.
 * @param home the namespace of the account
 * @returns its path in the folder
 */
export function kubeconfigOf(account: string, folder: string, home = controlPlane): string {
  const { stdout: token, status, stderr } = kubectl(['create', 'token', account, '-n', home]);
  assert.equal(status, 0, stderr);
  const { clusters } = parse(kubectl(['config', 'view', '--raw', '--minify']).stdout) as {
    clusters: unknown[];
  };
  const path = join(folder, 'kubeconfig');
  const [{ name }] = clusters as [{ name: string }];
  const context = { name: 'own', context: { cluster: name, user: account } };
  const users = [{ name: account, user: { token: token.trim() } }];
  const config = { apiVersion: 'v1', kind: 'Config', clusters, contexts: [context], users };
  writeFileSync(path, stringify({ ...config, 'current-context': 'own' }));
  return path;
}

/** The shipped values with a workspace, and waits that a test can bear. */
function quickConfig(folder: string): string {
  const text = readFileSync(join(valuesFolder, 'runner_config.yaml'), 'utf8')
    .replace('{workspace_uuid}', 'acme')
    .replace('runner_api_polling_interval: 30', 'runner_api_polling_interval: 2')
    .replace('fast_polling_interval: 15', 'fast_polling_interval: 1')
    .replace('runner_cool_down_period: 300', 'runner_cool_down_period: 5\n  api_calls_per_hour: 100000');
  const path = join(folder, 'runner_config.yaml');
  writeFileSync(path, text);
  return path;
}

export interface OwnAccount {
  readonly sandbox: RunningSandbox;
  readonly registered: () => number;
  readonly online: () => number;
  arrive(builds: number, runMs: number): void;
  /** @returns the log lines of level warn and above */
  end(): Promise<readonly string[]>;
}

export async function startWithOwnAccount(folder: string): Promise<OwnAccount> {
  const configPath = quickConfig(folder);
  const jobTemplatePath = projectFile('kustomize/base/job.yaml.template');
  const sandbox = await startSandbox({
    ...{ configPath, jobTemplatePath, speed: 1, port: 0, scenario: 'quiet', bootMs: 1, room: 1 },
    ...{ controller: false, kubeconfig: process.env['KUBECONFIG'] },
  });
  const args = ['cli/main.ts', 'controller', '--config', configPath, '--job-template', jobTemplatePath];
  const child = spawn(process.execPath, [...args, '--port', '0', '--probe-port', '0'], {
    cwd: projectFile('.'),
    env: {
      ...{ ...process.env, ...sandbox.environment, KUBECONFIG: kubeconfigOf('runner-controller', folder) },
      ...{ POD_NAME: 'runner-controller-0', POD_NAMESPACE: controlPlane, LOG_LEVEL: 'warn' },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let log = '';
  child.stdout.on('data', (text: Buffer) => (log += text.toString()));
  const scope = worldScope({ workspace: 'acme' });
  const { service } = sandbox.world;
  return {
    sandbox,
    registered: () => service.registered(scope),
    online: () => service.list(scope).filter(({ status }) => status === 'ONLINE').length,
    arrive(builds, runMs) {
      sandbox.world.advance();
      for (let index = 0; index < builds; index += 1) service.arrive({ scope, labels: ['my.group'], runMs });
    },
    async end() {
      child.kill('SIGTERM');
      await Promise.race([once(child, 'exit'), sleep(15_000)]);
      await sandbox.stop();
      return log.split('\n').filter((line) => line !== '' && !line.includes('config warning'));
    },
  };
}
