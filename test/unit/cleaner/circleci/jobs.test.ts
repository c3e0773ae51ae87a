// Whole sweeps of Jobs that the controller made from a CronJob, over real HTTP: what goes, what stays, what trouble does to them.

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { CircleCiSweeper } from '../../../../cleaner/circleci/sweep.ts';
import { Clients } from '../../../../core/clients/clients.ts';
import { createdAtAnnotation } from '../../../../core/job-names.ts';
import type { Config } from '../../../../core/config/config.ts';
import { rightsOf } from '../../../../core/rights.ts';
import {
  configOf,
  cronJob,
  minuteMs,
  namespace,
  onlyGroup,
  stage,
  type Setting,
} from '../../circleci/setting.ts';
import { Crew } from './crew.ts';

const resourceClass = 'acme/linux';
const hours = 60;

function configWith(rest = ''): Config {
  return configOf(`
groups:
  - name: linux
    resource_class: ${resourceClass}
    strategy: unclaimedTasks
    cron_job: { namespace: ${namespace}, name: linux }
    parameters: { min: 0, max: 10 }
    ${rest}
`);
}

interface Yard extends Setting {
  readonly crew: Crew;
  names(): string[];
  /** The uid of the pod that tries now. */
  podOf(name: string): string;
}

function podSpec(more: Record<string, unknown> = {}) {
  const { spec } = cronJob('linux', resourceClass);
  return {
    jobTemplate: { ...spec.jobTemplate, spec: { ...spec.jobTemplate.spec, backoffLimit: 0, ...more } },
  };
}

/** The controller has made this many Jobs; their pods start when the test says so. */
async function withJobs(
  t: TestContext,
  count: number,
  options: { config?: Config; spec?: Record<string, unknown> } = {},
): Promise<Yard> {
  const { config = configWith(), spec = podSpec() } = options;
  const setting = await stage(t, { podBootMs: 1000 * hours * minuteMs });
  setting.kubernetes.create(cronJob('linux', resourceClass, spec));
  setting.tasks.declareClass(resourceClass);
  for (let index = 0; index < count; index += 1) setting.tasks.arrive(resourceClass, minuteMs);
  await setting.group(configWith(), onlyGroup(configWith())).tick();
  const { kubernetes } = setting;
  const names = (): string[] =>
    kubernetes
      .objects('Job')
      .map(({ metadata }) => metadata.name)
      .sort();
  assert.equal(names().length, count);
  const podOf = (name: string): string => {
    const own = kubernetes.objects('Pod').filter(({ metadata }) => metadata.labels?.['job-name'] === name);
    return own.at(-1)?.metadata.uid ?? assert.fail(`no pod of ${name}`);
  };
  return { ...setting, names, podOf, crew: new Crew(setting, config) };
}

/** One owned by the CronJob that somebody else has made. */
function foreign({ kubernetes }: Yard, name: string, given: Record<string, unknown> = {}): void {
  const [owner] = kubernetes.objects('CronJob');
  const ownerReferences = [
    { apiVersion: 'batch/v1', kind: 'CronJob', controller: true, name: 'linux', uid: owner?.metadata.uid },
  ];
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } };
  const metadata = { name, namespace, ownerReferences, ...given };
  kubernetes.create({ kind: 'Job', metadata, spec: { template, backoffLimit: 0 } });
}

describe('a sweep of Jobs', () => {
  test('removes those that ended, failed or are stuck in two passes, and leaves the others', async (t) => {
    const yard = await withJobs(t, 7);
    const phases = [
      ['linux-0', 'Succeeded', undefined],
      ['linux-1', 'Failed', undefined],
      ['linux-2', 'Pending', 'ImagePullBackOff'],
      ['linux-3', 'Pending', 'CrashLoopBackOff'],
      ['linux-4', 'Running', undefined],
      ['linux-5', 'Pending', 'ContainerCreating'],
    ] as const;
    for (const [name, phase, reason] of phases) yard.kubernetes.setPodPhase(yard.podOf(name), phase, reason);
    yard.pass(30 * minuteMs);
    await yard.crew.sweep();
    assert.equal(yard.names().length, 7, 'one pass only marks');
    await yard.crew.sweep();
    assert.deepEqual(yard.crew.outcomes(), [
      'removed job-failed',
      'removed job-finished',
      'removed pod-crash-loop',
      'removed pod-image-pull',
    ]);
    assert.deepEqual(yard.names(), ['linux-4', 'linux-5', 'linux-6']);
    assert.equal(yard.kubernetes.objects('Pod').length, 3, 'their pods went with them');
    await yard.crew.sweep(2);
    assert.equal(yard.crew.removals.length, 4, 'then there is nothing left to do');
  });

  test('needs no CircleCI token', async (t) => {
    const yard = await withJobs(t, 1);
    yard.kubernetes.setPodPhase(yard.podOf('linux-0'), 'Failed');
    yard.pass(30 * minuteMs);
    const { clock, env } = yard;
    const rest = { random: () => 0, readFile: () => '', onCall: () => undefined };
    const clients = new Clients({ env: { ...env, CIRCLE_TOKEN: undefined }, clock, ...rest });
    const crew = new Crew(yard, configWith(), clients);
    await crew.sweep(2);
    assert.deepEqual([crew.holds, yard.names()], [[], []]);
  });

  test('leaves young ones alone, and those that the cluster is to remove itself', async (t) => {
    const yard = await withJobs(t, 2, { spec: podSpec({ ttlSecondsAfterFinished: 6 * 3600 }) });
    yard.kubernetes.setPodPhase(yard.podOf('linux-0'), 'Failed');
    yard.kubernetes.setPodPhase(yard.podOf('linux-1'), 'Pending', 'ImagePullBackOff');
    yard.pass(8 * minuteMs);
    await yard.crew.sweep(1);
    assert.deepEqual(yard.crew.stale(), []);
    yard.pass(5 * hours * minuteMs);
    await yard.crew.sweep(2);
    assert.deepEqual(yard.crew.outcomes(), ['removed pod-image-pull']);
    assert.deepEqual(yard.names(), ['linux-0']);
  });

  test('deletes in the foreground, and only the very Job in the very state that it saw', async (t) => {
    const yard = await withJobs(t, 1);
    yard.kubernetes.setPodPhase(yard.podOf('linux-0'), 'Pending', 'CrashLoopBackOff');
    yard.pass(30 * minuteMs);
    await yard.crew.sweep();
    // Its pod starts after the last look has seen it wait: what the cluster writes on the Job then forbids the deletion.
    yard.kubernetes.failNext({
      match: {
        method: 'DELETE',
        when: () => yard.kubernetes.setPodPhase(yard.podOf('linux-0'), 'Running') && false,
      },
      with: 'hang',
    });
    await yard.crew.sweep();
    assert.deepEqual(yard.crew.outcomes(), ['kept pod-crash-loop']);
    assert.deepEqual(yard.names(), ['linux-0']);
  });

  test('keeps what the last look finds well again', async (t) => {
    const yard = await withJobs(t, 2);
    for (const name of yard.names())
      yard.kubernetes.setPodPhase(yard.podOf(name), 'Pending', 'ImagePullBackOff');
    yard.pass(30 * minuteMs);
    await yard.crew.sweep();
    yard.kubernetes.failNext({
      match: {
        method: 'GET',
        path: /jobs\/linux-0$/,
        when: () => yard.kubernetes.setPodPhase(yard.podOf('linux-0'), 'Running') && false,
      },
      with: 'hang',
    });
    await yard.crew.sweep();
    assert.deepEqual(yard.crew.outcomes(), ['kept pod-image-pull', 'removed pod-image-pull']);
    assert.deepEqual(yard.names(), ['linux-0']);
  });

  test('goes on with the others when one can not be removed, and tries that again', async (t) => {
    const yard = await withJobs(t, 3);
    for (const name of yard.names()) yard.kubernetes.setPodPhase(yard.podOf(name), 'Failed');
    yard.pass(30 * minuteMs);
    await yard.crew.sweep();
    yard.kubernetes.failNext({ match: { method: 'DELETE' }, with: { status: 403 } });
    await yard.crew.sweep();
    assert.deepEqual(yard.crew.outcomes(), ['failed job-failed', 'removed job-failed', 'removed job-failed']);
    await yard.crew.sweep();
    assert.deepEqual(yard.names(), []);
  });

  test('holds when the cluster does not tell all, and removes nothing', async (t) => {
    const yard = await withJobs(t, 1);
    yard.kubernetes.setPodPhase(yard.podOf('linux-0'), 'Failed');
    yard.pass(30 * minuteMs);
    await yard.crew.sweep();
    yard.kubernetes.failNext({ match: { method: 'GET', path: /\/pods$/ }, with: { status: 403 }, times: 9 });
    await yard.crew.sweep();
    assert.match(yard.crew.holds.join(), /^linux: .*list Pods in circleci-runners/);
    assert.deepEqual(yard.names(), ['linux-0']);
    yard.kubernetes.clearFaults();
    await yard.crew.sweep();
    assert.deepEqual(yard.names(), []);
  });

  test('by two cleaners at once removes each once, and neither fails', async (t) => {
    const yard = await withJobs(t, 4);
    for (const name of yard.names()) yard.kubernetes.setPodPhase(yard.podOf(name), 'Failed');
    yard.pass(30 * minuteMs);
    const crews = [yard.crew, new Crew(yard, configWith())];
    await Promise.all(crews.map((crew) => crew.sweep()));
    await Promise.all(crews.map((crew) => crew.sweep()));
    assert.deepEqual(yard.names(), []);
    const failed = crews.flatMap(({ removals }) => removals.filter(({ outcome }) => outcome === 'failed'));
    assert.deepEqual(failed, []);
  });
});

describe('what is not ours', () => {
  test('stays: Jobs that the CronJob’s own controller or a hand has made, and those of another CronJob', async (t) => {
    const yard = await withJobs(t, 1);
    foreign(yard, 'by-schedule');
    foreign(yard, 'by-hand', { annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' } });
    foreign(yard, 'with-our-label', { labels: { 'app.kubernetes.io/managed-by': 'runner-autoscaler' } });
    const stamp = { [createdAtAnnotation]: new Date(yard.clock.now()).toISOString() };
    const elsewhere = [
      { apiVersion: 'batch/v1', kind: 'CronJob', controller: true, name: 'other', uid: 'u' },
    ];
    yard.kubernetes.create(cronJob('other', 'acme/other'));
    const other = yard.kubernetes.objects('CronJob').find(({ metadata: { name } }) => name === 'other');
    const ownerReferences = elsewhere.map((owner) => ({ ...owner, uid: other?.metadata.uid ?? '' }));
    foreign(yard, 'of-another', { annotations: stamp, ownerReferences });
    for (const name of yard.names()) yard.kubernetes.setPodPhase(yard.podOf(name), 'Failed');
    yard.pass(24 * hours * minuteMs);
    await yard.crew.sweep(3);
    assert.deepEqual(yard.crew.outcomes(), ['removed job-failed']);
    assert.deepEqual(yard.names(), ['by-hand', 'by-schedule', 'of-another', 'with-our-label']);
  });

  test('is ours all the same when the template has a managed-by of its own', async (t) => {
    const spec = podSpec();
    const labels = { 'app.kubernetes.io/managed-by': 'Helm' };
    const yard = await withJobs(t, 1, {
      spec: { jobTemplate: { ...spec.jobTemplate, metadata: { labels } } },
    });
    yard.kubernetes.setPodPhase(yard.podOf('linux-0'), 'Failed');
    yard.pass(30 * minuteMs);
    await yard.crew.sweep(2);
    assert.deepEqual(yard.names(), []);
  });

  test('stays: what its template marks to be kept, and a group that is exempt', async (t) => {
    const spec = podSpec();
    const annotations = { 'runner-autoscaler/keep': 'true' };
    const yard = await withJobs(t, 1, {
      spec: { jobTemplate: { ...spec.jobTemplate, metadata: { annotations } } },
    });
    yard.kubernetes.setPodPhase(yard.podOf('linux-0'), 'Failed');
    yard.pass(24 * hours * minuteMs);
    await yard.crew.sweep(3);
    assert.deepEqual([yard.crew.stale(), yard.names()], [['runner-exempt'], ['linux-0']]);
    const exempt = new Crew(yard, configWith('cleaner: { enabled: false }'));
    await exempt.sweep(3);
    assert.deepEqual([exempt.found.size, exempt.sweeper.names()], [0, []]);
  });
});

test('groups of one namespace share one look at it', async (t) => {
  const yard = await withJobs(t, 1);
  const config = configOf(`
discovery:
  circleci_namespace: acme
  cron_jobs: { namespace: ${namespace} }
`);
  for (const name of ['a', 'b', 'c']) yard.kubernetes.create(cronJob(name, `acme/${name}`));
  const crew = new Crew(yard, config);
  const before = yard.kubernetes.calls.length;
  await crew.sweep();
  const lists = yard.kubernetes.calls.slice(before).map(({ path }) => path.split('/').at(-1));
  assert.deepEqual(lists, ['cronjobs', 'jobs', 'pods']);
  assert.deepEqual([...crew.found.keys()].sort(), ['acme/a', 'acme/b', 'acme/c', 'acme/linux']);
});

test('uses every right of the cleaner where CronJobs are, and no other', async (t) => {
  const yard = await withJobs(t, 1);
  yard.kubernetes.setPodPhase(yard.podOf('linux-0'), 'Failed');
  yard.pass(30 * minuteMs);
  const config = configOf(`
discovery:
  circleci_namespace: acme
  cron_jobs: { namespace: ${namespace} }
`);
  const used = new Set<string>();
  const onCall = ({ operation }: { operation: string }): void => void used.add(operation);
  const { env, clock } = yard;
  const clients = new Clients({ env, clock, random: () => 0, readFile: () => '', onCall });
  await new Crew(yard, config, clients).sweep(2);
  assert.deepEqual(yard.names(), []);
  const rights = rightsOf('cleaner', config, undefined);
  assert.deepEqual([...used].sort(), rights.map(({ operation }) => operation).sort());
  assert.deepEqual([...new Set(rights.map((right) => right.namespace))], [namespace]);
});

describe('a sweep under way stops', () => {
  for (const [why, edit] of [
    [
      'when the cleaner is switched off',
      (config: Config) => ({ ...config, cleaner: { ...config.cleaner, enabled: false } }),
    ],
    ['when its group is removed', (config: Config) => ({ ...config, groups: [] })],
    [undefined, (config: Config) => config],
  ] as const) {
    test(why ?? 'and not otherwise', async (t) => {
      const yard = await withJobs(t, 9);
      for (const name of yard.names()) yard.kubernetes.setPodPhase(yard.podOf(name), 'Failed');
      yard.pass(30 * minuteMs);
      let config = configWith();
      const outcomes: string[] = [];
      const sweeper = new CircleCiSweeper({
        ...{ config: () => config, clients: yard.clients, clock: yard.clock, warn: () => undefined },
        recorder: {
          judged: () => undefined,
          held: (_group, because) => void outcomes.push(because),
          removed: (_group, { outcome }) => {
            outcomes.push(outcome);
            config = edit(config);
          },
          unsearched: () => undefined,
        },
      });
      await sweeper.sweep();
      yard.pass(minuteMs);
      await sweeper.sweep();
      if (why === undefined) return assert.equal(outcomes.length, 9, 'all are due');
      assert.ok(outcomes.length >= 1 && outcomes.length <= 4, outcomes.join());
    });

    if (why === undefined) continue;
    test(`${why}, also during the last look at a Job`, async (t) => {
      const yard = await withJobs(t, 1);
      yard.kubernetes.setPodPhase(yard.podOf('linux-0'), 'Failed');
      yard.pass(30 * minuteMs);
      let config = configWith();
      const onCall = ({ operation }: { operation: string }): void => {
        if (operation === 'get-job') config = edit(config);
      };
      const { env, clock } = yard;
      const clients = new Clients({ env, clock, random: () => 0, readFile: () => '', onCall });
      const ignore = (): void => undefined;
      const recorder = { judged: ignore, held: ignore, removed: ignore, unsearched: ignore };
      const sweeper = new CircleCiSweeper({
        ...{ config: () => config, clients, clock, warn: ignore, recorder },
      });
      await sweeper.sweep();
      yard.pass(minuteMs);
      await sweeper.sweep();
      assert.notEqual(config.groups.length + Number(config.cleaner.enabled), 2, 'it was looked at');
      assert.deepEqual(yard.names(), ['linux-0']);
    });
  }
});
