// What is shipped, on a cluster with a real node: the image under the shipped manifests scales real containers. Tests build on each other.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { rightText, rightsOf, type Program } from '../../core/rights.ts';
import type { Build } from '../../simulate/builds.ts';
import {
  controlPlane,
  eventually,
  kubectl,
  podOf,
  read,
  runnerNamespace,
  runnerPods,
  skip,
  settings,
  tryKubectl,
} from './cluster.ts';
import { configText, install, type Installation } from './installation.ts';
import { credentials, startVendor, type Vendor } from './vendor.ts';
import { parseConfig } from '../../core/config/parse.ts';

const programs: Readonly<Record<string, Program>> = {
  'runner-controller': 'controller',
  'runner-controller-cleaner': 'cleaner',
};

function allDone(builds: readonly Build[]): boolean {
  return builds.every(({ state }) => state === 'done');
}

/** Nothing may have happened to a build but waiting, running and being done. */
function lost(builds: readonly Build[]): Build[] {
  return builds.filter(({ state }) => state === 'killed' || state === 'failed');
}

interface Counted {
  readonly operation: string;
  readonly status: string;
}

/** The calls to the cluster that a program counted, from its metrics. */
function kubernetesCalls(metrics: string): Counted[] {
  const label = (labels: string, name: string): string =>
    new RegExp(`\\b${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
  return [...metrics.matchAll(/^runner_autoscaler_api_requests_total\{(.*)\} \d+$/gm)]
    .map(([, labels = '']) => labels)
    .filter((labels) => label(labels, 'service') === 'kubernetes')
    .map((labels) => ({ operation: label(labels, 'operation'), status: label(labels, 'status') }));
}

async function killRunner(pod: string): Promise<void> {
  await tryKubectl('exec', '-n', runnerNamespace, pod, '-c', 'runner', '--', 'sh', '-c', 'kill -USR2 1');
}

describe('as shipped, on a real node', { skip, concurrency: 1 }, () => {
  let vendor: Vendor;
  let installation: Installation;

  const online = (): number => vendor.runners().filter(({ status }) => status === 'ONLINE').length;

  before(async () => {
    vendor = await startVendor(settings.host);
    installation = await install(vendor, { min: 1, max: 8 });
  });

  after(async () => {
    await installation.remove();
    await vendor.close();
  });

  test('`kubectl apply -k` is accepted strictly and without a warning', () => {
    const { succeeded, stderr } = installation.applied;
    assert.ok(succeeded, stderr);
    assert.doesNotMatch(stderr, /warning: (?!version difference)/i);
  });

  for (const app of Object.keys(programs)) {
    test(`${app} becomes ready where the restricted Pod Security Standard is enforced`, async () => {
      await kubectl('rollout', 'status', `deployment/${app}`, '-n', controlPlane, '--timeout=90s');
      const [status] = (await podOf(app)).status.containerStatuses ?? [];
      assert.deepEqual([status?.ready, status?.restartCount], [true, 0]);
    });
  }

  test('the controller comes to its first decision in less than a second of CPU time', async () => {
    const stat = await kubectl(
      'exec',
      '-n',
      controlPlane,
      (await podOf('runner-controller')).metadata.name,
      '--',
      'cat',
      '/proc/1/stat',
    );
    // Fields 14 and 15 of proc(5), in hundredths of a second; the name in parentheses may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const seconds = (Number(fields[11]) + Number(fields[12])) / 100;
    assert.ok(seconds < 1, `${seconds} s of CPU time`);
  });

  test('one runner comes, as `min` asks, in a real container that signs on', async () => {
    await eventually('a runner is online', 60, () => online() === 1);
    await eventually('its log says so', 10, async () =>
      /online, listening for steps/.test(
        await kubectl('logs', '-n', runnerNamespace, '-l', 'runner_uuid', '-c', 'runner'),
      ),
    );
  });

  test('builds arrive, runners come, every build is done, and the runners go again', async () => {
    const builds = vendor.builds(12, 15);
    await eventually(
      'more than four runners are in real pods',
      90,
      async () => (await runnerPods()).length > 4,
    );
    await eventually('all builds are done', 120, () => allDone(builds));
    assert.deepEqual(lost(builds), []);
    await eventually(
      'one runner is left',
      120,
      async () => online() === 1 && (await runnerPods()).length === 1,
    );
  });

  test('an edit of the config map retunes without a restart', async () => {
    const before = (await podOf('runner-controller')).metadata.uid;
    await installation.retune({ min: 3, max: 8 });
    await eventually('three runners are online', 150, () => online() === 3);
    const { metadata, status } = await podOf('runner-controller');
    assert.equal(metadata.uid, before);
    assert.equal(status.containerStatuses?.[0]?.restartCount, 0);
  });

  test('`kubectl logs` tells the story, and no secret', async () => {
    for (const app of Object.keys(programs)) {
      const log = await kubectl('logs', '-n', controlPlane, '-l', `app=${app}`, '--tail=-1');
      for (const line of log.trim().split('\n')) assert.doesNotThrow(() => JSON.parse(line) as unknown, line);
      assert.doesNotMatch(log, new RegExp(credentials.clientSecret));
    }
    const log = await kubectl('logs', '-n', controlPlane, '-l', 'app=runner-controller', '--tail=-1');
    assert.match(log, /"msg":"started"/);
    assert.match(log, /"because":"[^"]*busy/);
    assert.match(log, /the edited settings are in force/);
  });

  test('a rollout restart in the middle of twenty builds loses none', async () => {
    const builds = vendor.builds(20, 12);
    await eventually('builds run', 30, () => builds.some(({ state }) => state === 'running'));
    await kubectl('rollout', 'restart', 'deployment', '-n', controlPlane);
    await kubectl('rollout', 'status', 'deployment/runner-controller', '-n', controlPlane, '--timeout=90s');
    await eventually('all builds are done', 180, () => allDone(builds));
    assert.deepEqual(lost(builds), []);
  });

  test('both programs killed without a word in the middle of twenty builds lose none', async () => {
    const builds = vendor.builds(20, 12);
    await eventually('builds run', 30, () => builds.some(({ state }) => state === 'running'));
    const selector = 'app in (runner-controller, runner-controller-cleaner)';
    await kubectl('delete', 'pods', '-n', controlPlane, '-l', selector, '--force', '--grace-period=0');
    await eventually('all builds are done', 180, () => allDone(builds));
    assert.deepEqual(lost(builds), []);
  });

  test('a runner whose process is killed signs on again by itself, in the same pod', async () => {
    await eventually(
      'the group is calm',
      120,
      async () => online() === 3 && (await runnerPods()).length === 3,
    );
    const [pod] = await runnerPods();
    const id = pod?.metadata.labels['runner_uuid'] ?? '';
    const name = pod?.metadata.name ?? '';
    const before = vendor.runnerService.signOns.get(id) ?? 0;
    await killRunner(name);
    await eventually('it signs on again', 60, () => (vendor.runnerService.signOns.get(id) ?? 0) > before);
    await eventually('three are online', 60, () => online() === 3);
    assert.ok((await runnerPods()).some(({ metadata }) => metadata.name === name));
  });

  test('the cleaner removes a runner that is offline for good, on both sides', async () => {
    const [pod] = await runnerPods();
    const id = pod?.metadata.labels['runner_uuid'] ?? '';
    vendor.runnerService.bar(id);
    await killRunner(pod?.metadata.name ?? '');
    await eventually('its registration is gone', 90, () =>
      vendor.runners().every((runner) => runner.id !== id),
    );
    const left = (): Promise<string> =>
      kubectl('get', 'jobs,secrets,pods', '-n', runnerNamespace, '-l', `runner_uuid=${id}`, '-o', 'name');
    await eventually('its Job, Secret and pod are gone', 60, async () => (await left()) === '');
    await eventually('another has come in its place', 60, () => online() === 3);
    const log = await kubectl('logs', '-n', controlPlane, '-l', 'app=runner-controller-cleaner', '--tail=-1');
    assert.ok(log.includes(id), 'the cleaner tells that it did so');
  });

  for (const [app, program] of Object.entries(programs)) {
    test(`doctor, in the pod of ${app}, finds nothing missing and nothing too much`, async () => {
      const doctor = ['runner-autoscaler', 'doctor', '--program', program, '--output', 'json'];
      const { succeeded, stdout, stderr } = await tryKubectl(
        ...['exec', '-n', controlPlane, `deployment/${app}`, '--', ...doctor],
      );
      assert.ok(succeeded, stdout + stderr);
      const { findings } = JSON.parse(stdout) as { findings: { level: string }[] };
      assert.ok(findings.length > 5);
      assert.deepEqual(
        findings.filter(({ level }) => level !== 'ok'),
        [],
      );
    });

    test(`${app} was refused nothing, and made no call that is not on the list of rights`, async () => {
      const calls = kubernetesCalls(await read(app, '/metrics'));
      assert.ok(calls.length > 0);
      assert.deepEqual(
        calls.filter(({ status }) => status === '403' || status === '401'),
        [],
      );
      const { config } = parseConfig(configText(vendor.workspace, { min: 1, max: 8 }), 'e2e');
      assert.ok(config);
      const operations = new Set(rightsOf(program, config, controlPlane).map(({ operation }) => operation));
      assert.deepEqual(
        calls.filter(({ operation }) => !operations.has(operation)),
        [],
      );
    });

    test(`${app} may do what is on the list of rights, and nothing else`, async () => {
      const { config } = parseConfig(configText(vendor.workspace, { min: 1, max: 8 }), 'e2e');
      assert.ok(config);
      const rights = rightsOf(program, config, controlPlane);
      for (const namespace of [controlPlane, runnerNamespace, 'default', 'kube-system']) {
        const wanted = rights.filter((right) => right.namespace === namespace).map(rightText);
        assert.deepEqual(await granted(app, namespace), wanted.sort());
      }
    });
  }

  test('uninstalled as the guide says, nothing is left on either side', async () => {
    await installation.retune({ min: 0, max: 0 });
    await eventually('no runner is registered', 240, () => vendor.runners().length === 0);
    await eventually('no Job is there', 60, async () => (await runnerPods()).length === 0);
    await installation.remove();
    const left = await kubectl('get', 'namespaces', '-o', 'name');
    assert.doesNotMatch(left, new RegExp(`${controlPlane}|${runnerNamespace}`));
  });
});

/** What `kubectl auth can-i --list` says, without the rights that every account has. */
async function granted(account: string, namespace: string): Promise<string[]> {
  const who = `--as=system:serviceaccount:${controlPlane}:${account}`;
  const text = await kubectl('auth', 'can-i', '--list', '--no-headers', '-n', namespace, who);
  return text
    .split('\n')
    .flatMap((line) => {
      const [, resource = '', verbs = ''] = (/^(\S+)\s.*\[([^\]]*)\]\s*$/.exec(line) ?? []) as string[];
      if (resource === '' || (resource.endsWith('.k8s.io') && !resource.startsWith('leases'))) return [];
      return verbs.split(' ').map((verb) => `${verb} ${resource}`);
    })
    .sort();
}
