// Jobs made from a CronJob on a real API server: those that ended, failed or are stuck go, and nothing else. Needs KUBECONFIG.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { CircleCiSweeper } from '../../../cleaner/circleci/sweep.ts';
import type { Removal } from '../../../cleaner/removal.ts';
import type { Findings } from '../../../cleaner/stale/findings.ts';
import { jobFrom } from '../../../controller/targets/cron-job-manifest.ts';
import { Clients } from '../../../core/clients/clients.ts';
import type { V1CronJob, V1Job } from '../../../core/clients/kubernetes/types.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import { autoAdvanceClock } from '../../fakes/clock.ts';

const kubeconfig = process.env['KUBECONFIG'];
const skip = kubeconfig === undefined ? 'set KUBECONFIG to a cluster for tests' : false;
const minuteMs = 60_000;
const never = { 'cluster/start-delay': '1h' };

function kubectl(args: readonly string[], input?: string): string {
  return execFileSync('kubectl', args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function eventually(what: string, check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within a minute: ${what}`);
    await sleep(200);
  }
}

function cronJobIn(namespace: string): object {
  const containers = [{ name: 'runner', image: 'registry.invalid/runner:1' }];
  const labels = { 'resource-class-org': 'acme', 'resource-class-name': 'linux' };
  const template = { metadata: { labels }, spec: { restartPolicy: 'Never', containers } };
  return {
    ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'linux', namespace, labels } },
    spec: {
      ...{ suspend: true, schedule: '0 0 1 1 *', successfulJobsHistoryLimit: 50, failedJobsHistoryLimit: 50 },
      jobTemplate: {
        metadata: { labels: { 'app.kubernetes.io/managed-by': 'Helm' } },
        spec: { backoffLimit: 0, template },
      },
    },
  };
}

interface Shape {
  readonly annotations?: Record<string, string>;
  readonly nodeSelector?: Record<string, string>;
  readonly ttlSecondsAfterFinished?: number;
}

/** As the controller makes it, with what makes this one special. */
function shaped(cronJob: V1CronJob, name: string, at: number, shape: Shape): V1Job {
  const job = jobFrom({ cronJob, name, groupName: 'acme/linux', createdAtMs: at });
  const { annotations, nodeSelector, ttlSecondsAfterFinished } = shape;
  const { template } = job.spec ?? assert.fail('no spec');
  const pod = { ...template.metadata, ...(annotations === undefined ? {} : { annotations }) };
  const spec = {
    ...(template.spec ?? { containers: [] }),
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
  };
  const ttl = ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished };
  return { ...job, spec: { ...job.spec, ...ttl, template: { metadata: pod, spec } } };
}

const waiting = (reason: string): object => ({
  containerStatuses: [
    {
      name: 'runner',
      image: 'i',
      imageID: '',
      ready: false,
      restartCount: 3,
      state: { waiting: { reason } },
    },
  ],
});

test(
  'of the Jobs of a CronJob exactly those go that ended, failed or are stuck; the others run on',
  { skip, timeout: 240_000 },
  async (t) => {
    const namespace = `cleaner-circleci-${randomUUID().slice(0, 8)}`;
    const clock = autoAdvanceClock(Date.now());
    const rest = { random: () => 0, readFile: () => '', onCall: () => undefined };
    const clients = new Clients({ env: { KUBECONFIG: kubeconfig }, clock, ...rest });
    const client = clients.kubernetes();
    await client.createNamespace(namespace);
    t.after(() => kubectl(['delete', 'namespace', namespace, '--wait=false']));
    kubectl(['apply', '-f', '-'], JSON.stringify(cronJobIn(namespace)));
    const cronJob = (await client.getCronJob(namespace, 'linux')) ?? assert.fail('no CronJob');

    const shapes: Readonly<Record<string, Shape>> = {
      'linux-busy': {},
      'linux-failed': {},
      'linux-finished': {},
      'linux-looping': {},
      'linux-to-be-read': { ttlSecondsAfterFinished: 6 * 3600 },
      'linux-imageless': { annotations: never },
      'linux-nodeless': { nodeSelector: { nowhere: 'at-all' } },
      'linux-starting': { annotations: never },
      'linux-kept': { annotations: never },
    };
    for (const [name, shape] of Object.entries(shapes)) {
      await client.createJob(namespace, shaped(cronJob, name, clock.now(), shape));
    }
    kubectl(['create', 'job', 'by-hand', '--from=cronjob/linux', '-n', namespace]);
    kubectl(['annotate', 'job', 'linux-kept', 'runner-autoscaler/keep=true', '-n', namespace]);

    const names = async (): Promise<string[]> =>
      (await client.listJobs(namespace, '')).map(({ metadata }) => metadata?.name ?? '').sort();
    await eventually('six ready Jobs', async () => {
      const jobs = await client.listJobs(namespace, '');
      return jobs.filter(({ status }) => status?.ready === 1).length === 6;
    });
    const report = async (job: string, status: object): Promise<void> => {
      const [pod] = await client.listPods(namespace, `batch.kubernetes.io/job-name=${job}`);
      const name = pod?.metadata?.name ?? assert.fail(`no pod of ${job}`);
      const patch = JSON.stringify({ status });
      kubectl(['patch', 'pod', name, '-n', namespace, '--subresource=status', '--type=merge', '-p', patch]);
    };
    const ended = (exitCode: number): object => ({
      containerStatuses: [
        {
          ...{ name: 'runner', image: 'i', imageID: '', ready: false, restartCount: 0 },
          state: { terminated: { exitCode, finishedAt: new Date().toISOString() } },
        },
      ],
    });
    for (const job of ['linux-failed', 'linux-to-be-read', 'by-hand'])
      await report(job, { phase: 'Failed', ...ended(1) });
    await report('linux-finished', { phase: 'Succeeded', ...ended(0) });
    await report('linux-looping', waiting('CrashLoopBackOff'));
    for (const job of ['linux-imageless', 'linux-kept']) await report(job, waiting('ImagePullBackOff'));
    await eventually('four Jobs that ended', async () => {
      const jobs = await client.listJobs(namespace, '');
      const over = jobs.filter(({ status }) =>
        status?.conditions?.some(({ type }) => /^(Complete|Failed)$/.test(type)),
      );
      return over.length === 4;
    });

    const { config } = parseConfig(
      `discovery: {circleci_namespace: acme, cron_jobs: {namespace: ${namespace}}}`,
      'runner_config.yaml',
    );
    assert.ok(config);
    const removals: Removal[] = [];
    const troubles: string[] = [];
    let found: Findings | undefined;
    const sweeper = new CircleCiSweeper({
      ...{ config: () => config, clients, clock, warn: (text) => void troubles.push(text) },
      recorder: {
        judged: (_group, findings) => void (found = findings),
        held: (_group, because) => void troubles.push(because),
        removed: (_group, removal) => void removals.push(removal),
        unsearched: (_place, because) => void troubles.push(because),
      },
    });
    await sweeper.sweep();
    assert.deepEqual(found?.stale, [], 'nothing is stale yet');
    clock.pass(30 * minuteMs);
    await sweeper.sweep();
    clock.pass(minuteMs);
    assert.equal((await names()).length, 10, 'one pass only marks');
    await sweeper.sweep();
    assert.deepEqual(troubles, []);
    const outcomes = removals
      .map(({ outcome, verdict }) => `${verdict.id} ${outcome} ${verdict.reason}`)
      .sort();
    assert.deepEqual(outcomes, [
      'linux-failed removed job-failed',
      'linux-finished removed job-finished',
      'linux-imageless removed pod-image-pull',
      'linux-looping removed pod-crash-loop',
      'linux-nodeless removed pod-unschedulable',
    ]);
    const left = ['by-hand', 'linux-busy', 'linux-kept', 'linux-starting', 'linux-to-be-read'];
    await eventually('the Jobs to be gone', async () => (await names()).length === left.length);
    assert.deepEqual(await names(), left);
    const pods = await client.listPods(namespace, '');
    assert.equal(pods.length, left.length, 'their pods went with them');
    clock.pass(minuteMs);
    await sweeper.sweep();
    assert.equal(removals.length, 5, 'then there is nothing left to do');
    assert.deepEqual(
      found?.stale.map(({ id, reason }) => [id, reason]),
      [['linux-kept', 'runner-exempt']],
    );
  },
);
