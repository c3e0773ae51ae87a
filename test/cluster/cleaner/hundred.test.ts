// A hundred runners, thirty of them unhealthy in ten ways, and twenty orphans, on a real API server. Needs KUBECONFIG.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import pLimit from 'p-limit';
import { createKubernetesClient, type KubernetesClient } from '../../../core/clients/kubernetes/client.ts';
import type { V1Job, V1Pod } from '../../../core/clients/kubernetes/types.ts';
import { jobName, runnerLabel, secretName } from '../../../core/job-names.ts';
import { systemClock } from '../../../core/process/clock.ts';
import { minute, TestWorld } from '../../fakes/world.ts';
import { Crew, partsOf, pass, register } from '../../unit/cleaner/crew.ts';

const kubeconfig = process.env['KUBECONFIG'];
const skip = kubeconfig === undefined ? 'set KUBECONFIG to a cluster for tests' : false;
const hour = 60;
const namespaces = ['cleaner-first', 'cleaner-second'] as const;

function kubectl(...args: string[]): string {
  return execFileSync('kubectl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

async function eventually(what: string, check: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 90_000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within 90 s: ${what}`);
    await sleep(200);
  }
}

interface Shape {
  readonly annotations?: Record<string, string>;
  readonly nodeSelector?: Record<string, string>;
}

/** Both groups' things on the real API server; runners are the sandbox's. */
class Fleet {
  readonly client: KubernetesClient = createKubernetesClient({
    kubeconfig: { path: kubeconfig ?? '' },
    clock: systemClock,
  });
  readonly world: TestWorld;
  private readonly indexes = new Map<string, number>();

  constructor(world: TestWorld) {
    this.world = world;
  }

  /** Registered in the groups by turns. */
  registered(count: number): string[] {
    return Array.from({ length: count }, (_, number) => {
      const id = register(this.world, number % 2);
      this.indexes.set(id, number % 2);
      return id;
    });
  }

  index(id: string): number {
    return this.indexes.get(id) ?? 0;
  }

  namespace(id: string): string {
    return namespaces[this.index(id)] ?? '';
  }

  async secret(id: string): Promise<void> {
    const metadata = { ...partsOf(this.world, id, this.index(id)), name: secretName(id) };
    await this.client.createSecret(this.namespace(id), { metadata });
  }

  async machine(id: string, { annotations = {}, nodeSelector = {} }: Shape = {}): Promise<void> {
    const metadata = partsOf(this.world, id, this.index(id));
    const containers = [{ name: 'runner', image: 'runner' }];
    const template = {
      metadata: { labels: metadata.labels, annotations },
      spec: { restartPolicy: 'Never', nodeSelector, containers },
    };
    const job = { metadata: { ...metadata, name: jobName(id) }, spec: { template, backoffLimit: 0 } };
    await this.secret(id);
    await this.client.createJob(this.namespace(id), job);
  }

  async machines(ids: readonly string[], shape?: Shape): Promise<void> {
    const limit = pLimit(8);
    await Promise.all(ids.map((id) => limit(() => this.machine(id, shape))));
  }

  online(ids: readonly string[]): void {
    for (const id of ids) this.world.world.service.connect(id);
  }

  async pods(): Promise<ReadonlyMap<string, V1Pod>> {
    const lists = await Promise.all(namespaces.map((name) => this.client.listPods(name, runnerLabel)));
    return new Map(lists.flat().map((pod) => [pod.metadata?.labels?.[runnerLabel] ?? '', pod]));
  }

  async jobs(): Promise<readonly V1Job[]> {
    return (await Promise.all(namespaces.map((name) => this.client.listJobs(name, runnerLabel)))).flat();
  }

  async left(): Promise<{ runners: string[]; jobs: string[]; secrets: string[] }> {
    const jobs = (await this.jobs()).map(({ metadata }) => metadata?.labels?.[runnerLabel] ?? '');
    const secrets = await Promise.all(namespaces.map((name) => this.client.listSecrets(name, runnerLabel)));
    const secretIds = secrets.flat().map(({ metadata }) => metadata?.labels?.[runnerLabel] ?? '');
    const runners = [0, 1].flatMap((index) =>
      this.world.world.service.list(this.world.scope(index)).map(({ id }) => id),
    );
    return { runners: runners.sort(), jobs: jobs.sort(), secrets: secretIds.sort() };
  }

  /** What a kubelet would report. */
  async report(ids: readonly string[], status: unknown): Promise<void> {
    const pods = await this.pods();
    for (const id of ids) {
      const name = pods.get(id)?.metadata?.name ?? '';
      const patch = JSON.stringify({ status });
      kubectl(
        'patch',
        'pod',
        name,
        '-n',
        this.namespace(id),
        '--subresource=status',
        '--type=merge',
        '-p',
        patch,
      );
    }
  }
}

function waiting(reason: string): unknown {
  const container = { name: 'runner', image: 'runner', imageID: '', ready: false, restartCount: 3 };
  return { containerStatuses: [{ ...container, state: { waiting: { reason } } }] };
}

async function begin(): Promise<Fleet> {
  const groups = [
    { namespace: namespaces[0], labels: ['first'] },
    { namespace: namespaces[1], labels: ['second'], repository: 'repo' },
  ];
  const world = new TestWorld({ groups, constants: { api_calls_per_hour: 100_000 } });
  world.env = { ...(await world.world.start()), KUBECONFIG: kubeconfig };
  // The API server stamps what it makes with the machine's time.
  world.clock.pass(Math.max(0, Date.now() - world.clock.now()));
  const fleet = new Fleet(world);
  for (const name of namespaces) await fleet.client.createNamespace(name);
  return fleet;
}

/** Thirty runners, three of each kind. Fourteen hours old when the sweep comes. */
async function breakThirty(fleet: Fleet): Promise<void> {
  const { world } = fleet;
  const { service } = world.world;
  const three = (): string[] => fleet.registered(3);
  const [offline, unhealthy, neverOnline, drained, busy] = [three(), three(), three(), three(), three()];
  const [failed, finished, looping, imageless, nodeless] = [three(), three(), three(), three(), three()];
  const running = [offline, unhealthy, neverOnline, drained, busy, failed, finished, looping].flat();
  await fleet.machines(running);
  await fleet.machines(imageless, { annotations: { 'cluster/start-delay': '1h' } });
  await fleet.machines(nodeless, { nodeSelector: { nowhere: 'at-all' } });
  await eventually('24 ready Jobs', async () => {
    const ready = (await fleet.jobs()).filter(({ status }) => status?.ready === 1);
    return ready.length === running.length;
  });
  // Alone online, these get the builds.
  fleet.online(busy);
  for (const id of busy) world.builds(1, 24 * hour * minute, fleet.index(id));
  fleet.online(running.filter((id) => !neverOnline.includes(id) && !busy.includes(id)));
  pass(world, 2);
  for (const id of unhealthy) service.sicken(id);
  for (const id of drained) service.setDisabled(world.scope(fleet.index(id)), id, true);
  for (const id of [...failed, ...finished]) service.stop(id);
  for (const id of [...offline, ...busy, ...looping]) service.disconnect(id);
  await fleet.report(failed, { phase: 'Failed' });
  await fleet.report(finished, { phase: 'Succeeded' });
  await fleet.report(looping, waiting('CrashLoopBackOff'));
  await fleet.report(imageless, waiting('ImagePullBackOff'));
  await eventually('six Jobs that ended', async () => {
    const ended = (await fleet.jobs()).filter(({ status }) =>
      (status?.conditions ?? []).some(({ type }) => type === 'Complete' || type === 'Failed'),
    );
    return ended.length === 6;
  });
}

/** Five of each: never online and offline registrations without a Job, Jobs without registration, Secrets alone. */
async function orphans(fleet: Fleet): Promise<void> {
  const { service } = fleet.world.world;
  fleet.registered(5);
  const ended = fleet.registered(5);
  const [jobs, secrets] = [fleet.registered(5), fleet.registered(5)];
  fleet.online(ended);
  for (const id of ended) service.stop(id);
  await fleet.machines(jobs);
  for (const id of secrets) await fleet.secret(id);
  for (const id of [...jobs, ...secrets]) service.deregister(fleet.world.scope(fleet.index(id)), id);
}

/** Seventy: sixty online, five offline in a build for 20 minutes, five that start. */
async function seventy(fleet: Fleet): Promise<readonly string[]> {
  const well = fleet.registered(60);
  await fleet.machines(well);
  fleet.online(well);
  const cutOff = fleet.registered(5);
  await fleet.machines(cutOff);
  pass(fleet.world, 1);
  for (const id of well) fleet.world.builds(1, 3 * hour * minute, fleet.index(id));
  // All others are busy by now, so these get the builds.
  fleet.online(cutOff);
  for (const id of cutOff) fleet.world.builds(1, 3 * hour * minute, fleet.index(id));
  pass(fleet.world, 1);
  for (const id of cutOff) fleet.world.world.service.disconnect(id);
  pass(fleet.world, 18);
  const starting = fleet.registered(5);
  await fleet.machines(starting, { annotations: { 'cluster/start-delay': '1h' } });
  pass(fleet.world, 2);
  return [...well, ...cutOff, ...starting].sort();
}

test(
  'of a hundred runners and twenty orphans exactly the fifty go that should',
  { skip, timeout: 300_000 },
  async (t) => {
    const fleet = await begin();
    t.after(async () => {
      await fleet.world.world.stop();
      for (const name of namespaces) kubectl('delete', 'namespace', name, '--wait=false');
    });
    await breakThirty(fleet);
    await orphans(fleet);
    const crew = new Crew(fleet.world);
    pass(fleet.world, 13.5 * hour);
    // Since when a runner that goes on reporting has been so, only a look of the last hour can tell.
    await crew.sweep();
    pass(fleet.world, 0.5 * hour);
    const stay = await seventy(fleet);
    assert.equal(crew.removals.length, 0);
    await crew.sweep(2);
    const removed = crew.removals.filter(({ outcome }) => outcome === 'removed');
    const disabled = crew.removals.filter(({ outcome }) => outcome === 'disabled').length;
    assert.equal(crew.removals.length, removed.length + disabled, 'nothing failed, nothing was kept');
    const counts = new Map<string, number>();
    for (const { verdict } of removed) counts.set(verdict.reason, (counts.get(verdict.reason) ?? 0) + 1);
    assert.deepEqual(Object.fromEntries([...counts].sort()), {
      ...{ 'busy-offline-too-long': 3, drained: 3, 'job-failed': 3, 'job-finished': 3 },
      ...{
        'job-without-registration': 5,
        'never-online': 3,
        offline: 3,
        'pod-crash-loop': 3,
        'pod-image-pull': 3,
      },
      ...{ 'pod-unschedulable': 3, 'registration-without-job': 10, 'secret-without-owner': 5, unhealthy: 3 },
    });
    assert.equal(removed.length, 50);
    await eventually('the Jobs to be gone', async () => (await fleet.jobs()).length === stay.length);
    assert.deepEqual(await fleet.left(), { runners: stay, jobs: stay, secrets: stay });
    await crew.sweep(2);
    assert.equal(crew.removals.length, removed.length + disabled, 'then there is nothing left to do');
    assert.deepEqual(crew.pass?.stale, []);
  },
);
