// The Kubernetes set-up of circleci-runner-autoscaler with its environment variables alone, on a real API server.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { jobTemplatePathFrom, projectFile } from '../../../cli/files.ts';
import { startController, type RunningController } from '../../../controller/main.ts';
import { createKubernetesClient, type KubernetesClient } from '../../../core/clients/kubernetes/client.ts';
import type { V1Job } from '../../../core/clients/kubernetes/types.ts';
import { fasterClock } from '../../../core/process/clock.ts';
import { createCircleCiDouble } from '../../../sandbox/circleci/double.ts';
import { TaskService } from '../../../sandbox/circleci/tasks.ts';
import { Timeline } from '../../../simulate/timeline.ts';

const kubeconfig = process.env['KUBECONFIG'];
const skip = kubeconfig === undefined ? 'set KUBECONFIG to a cluster for tests' : false;
const resourceClass = 'acme/k8s-small';
const minuteMs = 60_000;

function kubectl(args: string[], input?: string): string {
  return execFileSync('kubectl', args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function eventually(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within a minute: ${what}`);
    await sleep(100);
  }
}

interface Stage {
  readonly tasks: TaskService;
  readonly client: KubernetesClient;
  readonly namespace: string;
  readonly errors: string[];
  readonly start: () => Promise<RunningController>;
}

async function stage(t: TestContext): Promise<Stage> {
  const clock = fasterClock(20);
  const timeline = new Timeline(clock.now());
  const tasks = new TaskService(timeline);
  tasks.declareClass(resourceClass);
  const circleCi = createCircleCiDouble({ tasks, timeline, clock });
  const url = await circleCi.listen();
  const namespace = `circleci-${randomUUID()}`;
  const manifest = readFileSync(projectFile('examples/08-circleci-cron-job-launch-agent.yaml'), 'utf8');
  kubectl(['create', 'namespace', namespace]);
  kubectl(
    ['apply', '-f', '-'],
    manifest.replaceAll('namespace: circleci-runners', `namespace: ${namespace}`),
  );
  t.after(async () => {
    await circleCi.close();
    kubectl(['delete', 'namespace', namespace, '--wait=false']);
  });
  const errors: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done): void {
      if (chunk.toString().includes('"level":"error"')) errors.push(chunk.toString());
      done();
    },
  });
  const start = (): Promise<RunningController> =>
    startController({
      ...{ configPath: undefined, jobTemplatePath: jobTemplatePathFrom(undefined), clock },
      env: {
        ...{
          APP_CIRCLE_TOKEN: 'token',
          APP_CIRCLE_RESOURCE_NAMESPACE: 'acme',
          APP_KUBERNETES_NAMESPACE: namespace,
        },
        ...{ CIRCLECI_RUNNER_API_URL: url, KUBECONFIG: kubeconfig },
      },
      ...{ random: Math.random, port: 0, host: '127.0.0.1', page: () => '', destination },
    });
  const client = createKubernetesClient({ kubeconfig: { path: kubeconfig }, clock });
  return { tasks, client, namespace, errors, start };
}

function assertMadeFromCronJob(job: V1Job | undefined): void {
  const { ownerReferences: [owner] = [], annotations = {} } = job?.metadata ?? {};
  assert.deepEqual([owner?.kind, owner?.name, owner?.controller], ['CronJob', 'small-runner', true]);
  assert.equal(annotations['cronjob.kubernetes.io/instantiate'], 'manual');
}

test(
  'a CronJob is found by its labels; 30 tasks are 30 Jobs, across a restart in the middle of it too',
  { skip },
  async (t) => {
    const { tasks, client, namespace, errors, start } = await stage(t);
    for (let index = 0; index < 30; index += 1) tasks.arrive(resourceClass, 1000 * minuteMs);
    const jobs = () => client.listJobs(namespace, '');
    const first = await start();
    await eventually('the first Jobs', async () => (await jobs()).length > 0);
    await first.stop();
    const second = await start();
    t.after(() => second.stop());
    await eventually('30 Jobs', async () => (await jobs()).length >= 30);
    // Ten more looks, in the program's time.
    await sleep(5_000);
    const made = await jobs();
    assert.equal(made.length, 30);
    assertMadeFromCronJob(made[0]);
    const pods = await client.listPods(namespace, 'resource-class-org=acme,resource-class-name=k8s-small');
    assert.equal(pods.length, 30);
    kubectl(['delete', 'cronjob', 'small-runner', '-n', namespace, '--cascade=orphan']);
    await eventually('a removed CronJob is forgotten', () => second.status().groups.length === 0);
    // A look that began before may find it gone when it acts; nothing is made then.
    const unexpected = errors.filter((line) => !/get-cron-job: (there is no|the) CronJob/.test(line));
    assert.deepEqual(unexpected, []);
    assert.equal((await jobs()).length, 30);
  },
);
