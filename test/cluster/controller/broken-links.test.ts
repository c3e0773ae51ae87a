// Runners that never come online on a real API server, each group for another cause: the breaker opens and names the link (P7).

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseDocument } from 'yaml';
import { projectFile } from '../../../cli/files.ts';
import { startController, type RunningController } from '../../../controller/main.ts';
import { systemClock } from '../../../core/process/clock.ts';
import { startSandbox, type RunningSandbox } from '../../../sandbox/main.ts';
import { eventually, kubeconfig, kubectl, kubectlJson, skip } from './setting.ts';

const home = 'broken-links-home';
const groups = ['image', 'nodes', 'quota', 'silent'] as const;
type Name = (typeof groups)[number];
const namespaceOf = (name: Name): string => `broken-links-${name}`;

const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-test-'));
const configPath = join(folder, 'runner_config.yaml');
const jobTemplatePath = join(folder, 'job.yaml.template');

/** Three runners at once, which are given up after 15 real seconds. */
const config = {
  constants: {
    ...{ runner_api_polling_interval: 2, fast_polling_interval: 1 },
    ...{ runner_start_timeout: 15, api_calls_per_hour: 100_000 },
  },
  groups: groups.map((name) => ({
    ...{ name, workspace: 'acme', labels: [name], namespace: namespaceOf(name) },
    strategy: 'percentageRunnersIdle',
    // A simulated node has 64 CPUs.
    resources: {
      requests: { memory: '1Gi', cpu: name === 'nodes' ? '1000' : '1' },
      limits: { memory: '1Gi', cpu: name === 'nodes' ? '1000' : '1' },
    },
    parameters: {
      ...{ min: 3, max: 20, scale_up_threshold: 0.5, scale_down_threshold: 0.2 },
      ...{ scale_up_multiplier: 2, scale_down_multiplier: 0.5 },
    },
  })),
};

/** No pod becomes Running in the time of the test. */
function slowTemplate(): string {
  const template = parseDocument(readFileSync(projectFile('kustomize/base/job.yaml.template'), 'utf8'));
  template.setIn(['spec', 'template', 'metadata', 'annotations'], { 'cluster/start-delay': '10m' });
  return template.toString();
}

interface Named {
  readonly metadata: { readonly name: string };
}

const reported = new Set<string>();

/** What a kubelet says, once of each pod; the nodes here are simulated and say nothing. */
function report(name: Name, status: (container: string) => object, phase: string): void {
  const { items } = kubectlJson<{ items: Named[] }>('get', 'pods', '-n', namespaceOf(name));
  for (const { metadata } of items) {
    if (reported.has(metadata.name)) continue;
    reported.add(metadata.name);
    const patch = { status: { phase, containerStatuses: [status('runner')] } };
    kubectl(
      ...['patch', 'pod', metadata.name, '-n', namespaceOf(name), '--subresource=status'],
      ...['--type=merge', '-p', JSON.stringify(patch)],
    );
  }
}

const container = (name: string): object => ({
  name,
  image: 'x',
  imageID: '',
  ready: false,
  restartCount: 0,
});
const noImage = (name: string): object => ({
  ...container(name),
  state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "registry.invalid/x"' } },
});
const running = (name: string): object => ({
  ...container(name),
  ...{ ready: true, state: { running: { startedAt: new Date().toISOString() } } },
});

function reportAll(): void {
  report('image', noImage, 'Pending');
  report('silent', running, 'Running');
}

function podsIn(name: Name): number {
  return kubectlJson<{ items: unknown[] }>('get', 'pods', '-n', namespaceOf(name)).items.length;
}

describe('runners that never come online, on a real API server', { skip }, () => {
  let sandbox: RunningSandbox;
  let controller: RunningController;
  let reporting: NodeJS.Timeout | undefined;

  const decisionOf = (name: Name) =>
    controller.status().groups.find((group) => group.name === name)?.decision ?? undefined;

  before(async () => {
    writeFileSync(configPath, JSON.stringify(config));
    writeFileSync(jobTemplatePath, slowTemplate());
    for (const namespace of [home, ...groups.map(namespaceOf)]) kubectl('create', 'namespace', namespace);
    kubectl('label', 'nodes', '--all', 'customer=shared', '--overwrite');
    kubectl('create', 'quota', 'no-pods', '--hard=pods=0', '-n', namespaceOf('quota'));
    sandbox = await startSandbox({
      ...{ configPath, jobTemplatePath, speed: 1, port: 0, scenario: 'quiet' },
      ...{ bootMs: 1, room: 1, controller: false, kubeconfig },
    });
    // Pods that run are runners here; these stay silent.
    sandbox.world.service.connect = () => undefined;
    controller = await startController({
      ...{ configPath, jobTemplatePath, clock: systemClock, random: Math.random },
      env: {
        ...sandbox.environment,
        ...{ POD_NAME: 'runner-controller-0', POD_NAMESPACE: home, LOG_LEVEL: 'warn' },
      },
      ...{ port: 0, host: '127.0.0.1', page: () => '' },
    });
    await eventually('pods of the groups that get some', () =>
      (['image', 'nodes', 'silent'] as const).every((name) => podsIn(name) >= 3),
    );
    reportAll();
    // One that failed a second before the others is replaced before ordering stops.
    reporting = setInterval(reportAll, 1000);
  });

  after(async () => {
    clearInterval(reporting);
    await controller?.stop();
    await sandbox?.stop();
    rmSync(folder, { recursive: true, force: true });
    kubectl('delete', 'namespace', home, ...groups.map(namespaceOf), '--wait=false');
  });

  const expected: Readonly<Record<Name, readonly [link: string, sentence: RegExp, detail: RegExp]>> = {
    image: ['image-pull', /\d can not get their image \(ImagePullBackOff\)/, /registry\.invalid/],
    nodes: ['unschedulable', /\d find no node \(Unschedulable\)/, /Insufficient cpu/],
    quota: ['quota', /\d are kept out by a quota \(FailedCreate\)/, /exceeded quota: no-pods/],
    silent: ['never-registered', /\d run and were never seen by the CI service/, /^$/],
  };

  for (const name of groups) {
    test(`${name}: the limit, the metric and one Event name the link`, async () => {
      const [link, sentence, detail] = expected[name];
      await eventually('the breaker opens', () => decisionOf(name)?.starts?.stopped === true);
      const decision = decisionOf(name);
      assert.deepEqual(
        decision?.starts?.links.map((broken) => broken.link),
        [link],
      );
      assert.match(decision.starts.links[0]?.detail ?? '', detail);
      const limit = decision.limits.find(({ limit: word }) => word === 'start-failures');
      assert.match(limit?.because ?? '', sentence, JSON.stringify(decision));
      const metrics = await (await fetch(`${controller.url}/metrics`)).text();
      assert.match(metrics, new RegExp(`start_failures\\{group="${name}",link="${link}"\\} [3-9]\n`));
      await eventually('the event', () => eventsOf(name).length > 0);
      const [event, ...more] = eventsOf(name);
      assert.deepEqual(more, []);
      assert.equal(event?.involvedObject.name, 'runner-controller-0');
      assert.match(event.message, sentence);
    });
  }

  interface Event {
    readonly message: string;
    readonly involvedObject: { readonly name: string };
  }

  function eventsOf(name: Name): readonly Event[] {
    const selector = '--field-selector=reason=OrderingStopped';
    const { items } = kubectlJson<{ items: Event[] }>('get', 'events', '-n', home, selector);
    return items.filter(({ message }) => message.includes(`Group ${name}:`));
  }
});
