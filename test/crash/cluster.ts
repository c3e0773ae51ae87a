// What a scenario needs of a real cluster beforehand, and takes away afterwards. The double needs neither.

import { request } from 'node:https';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { loadKubeconfig } from '../../core/clients/kubernetes/kubeconfig.ts';
import { systemClock } from '../../core/process/clock.ts';
import type { Stage } from './stage.ts';

interface Wish {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

async function ask(kubeconfig: string, { method, path, body }: Wish): Promise<void> {
  const access = loadKubeconfig({ path: kubeconfig }, systemClock);
  const given = await access.options();
  const headers = { ...given.headers, 'content-type': 'application/json' };
  const outgoing = request(new URL(access.server + path), { ...given, method, headers });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  const said = await text(answer);
  if ((answer.statusCode ?? 500) >= 300 && answer.statusCode !== 404)
    throw new Error(`${method} ${path}: ${said}`);
}

function cronJob(name: string) {
  const container = { name: 'runner', image: 'runner' };
  const template = { spec: { restartPolicy: 'Never', containers: [container] } };
  return {
    ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name } },
    spec: { suspend: true, schedule: '* * * * *', jobTemplate: { spec: { template } } },
  };
}

/** The CronJobs of the config, which the double's world makes by itself. */
export async function furnish(
  stage: Stage,
  namespace: string,
  kubeconfig: string | undefined,
): Promise<void> {
  if (kubeconfig === undefined) return;
  for (const group of stage.config.groups) {
    if (group.service !== 'circleci' || group.target.kind === 'auto-scaling-group') continue;
    const metadata = { name: namespace };
    const body = { apiVersion: 'v1', kind: 'Namespace', metadata };
    await ask(kubeconfig, { method: 'POST', path: '/api/v1/namespaces', body });
    const path = `/apis/batch/v1/namespaces/${namespace}/cronjobs`;
    await ask(kubeconfig, { method: 'POST', path, body: cronJob(group.target.name) });
  }
}

export async function clear(namespace: string, kubeconfig: string | undefined): Promise<void> {
  if (kubeconfig === undefined) return;
  await ask(kubeconfig, { method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
}
