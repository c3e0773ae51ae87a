// The real cluster as a user sees it: kubectl, and the few questions that the end-to-end test asks with it. Nothing blocks: the
// pods' Bitbucket is served by this process.

import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export const controlPlane = 'bitbucket-runner-control-plane';
export const runnerNamespace = 'runner-group-1';

/** The address of this machine at which pods reach it; the images, loaded on the node; how to reboot that. */
export const settings = {
  host: process.env['E2E_HOST'] ?? '',
  image: process.env['E2E_IMAGE'] ?? 'localhost/runner-autoscaler:test',
  runnerImage: process.env['E2E_RUNNER_IMAGE'] ?? 'localhost/fake-runner:test',
  /** A command that reboots the node, and ends as it comes back; empty if there is none. */
  reboot: process.env['E2E_REBOOT'] ?? '',
};

export const skip =
  (process.env['KUBECONFIG'] ?? '') === '' || settings.host === ''
    ? 'KUBECONFIG (a cluster with a real node) and E2E_HOST (where its pods reach this machine) are not set'
    : false;

export interface Answer {
  readonly succeeded: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Never throws. */
export function tryKubectl(...args: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile('kubectl', args, { timeout: 180_000, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ succeeded: error === null, stdout, stderr });
    });
  });
}

/** @throws with what kubectl said */
export async function kubectl(...args: string[]): Promise<string> {
  const { succeeded, stdout, stderr } = await tryKubectl(...args);
  if (!succeeded) throw new Error(`kubectl ${args.join(' ')}: ${stderr}${stdout}`);
  return stdout;
}

/** @throws with what the command said */
export function rebootNode(): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('sh', ['-c', settings.reboot], { timeout: 120_000 }, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`${settings.reboot}: ${stdout}${stderr}`, { cause: error }));
    });
  });
}

export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly containerStatuses?: readonly { readonly restartCount: number; readonly ready: boolean }[];
  };
}

async function pods(namespace: string, selector: string): Promise<readonly Pod[]> {
  const text = await kubectl('get', 'pods', '-n', namespace, '-l', selector, '-o', 'json');
  return (JSON.parse(text) as { items: Pod[] }).items;
}

/** Those that are not ending. */
export async function podsOf(namespace: string, selector: string): Promise<readonly Pod[]> {
  const all = await pods(namespace, selector);
  return all.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

export function runnerPods(): Promise<readonly Pod[]> {
  return pods(runnerNamespace, 'runner_uuid');
}

/** The one pod of a program that is not ending. */
export async function podOf(app: string): Promise<Pod> {
  const [pod] = await podsOf(controlPlane, `app=${app}`);
  if (pod === undefined) throw new Error(`${app} has no pod`);
  return pod;
}

/** What a program serves, read through the API server. */
export async function read(app: string, path: string): Promise<string> {
  const { name } = (await podOf(app)).metadata;
  return kubectl('get', '--raw', `/api/v1/namespaces/${controlPlane}/pods/${name}:8080/proxy${path}`);
}

type Check = () => boolean | Promise<boolean>;

/** A machine may be half as fast. */
const patience = 2;

/** Waits for something in the real world, which takes its own time; a failing look counts as not yet. @param seconds on two free cores */
export async function eventually(what: string, seconds: number, check: Check): Promise<void> {
  const end = Date.now() + patience * seconds * 1000;
  for (;;) {
    let last: unknown;
    try {
      if (await check()) return;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`not within ${patience * seconds} s: ${what}`, { cause: last });
    await sleep(500);
  }
}
