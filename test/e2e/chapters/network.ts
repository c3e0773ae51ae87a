// The component network-policy, where the cluster's network enforces policies: what has to get through does, and nothing else.
// Many networks enforce none; that is found out by trying, and then there is nothing to see here.

import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import {
  controlPlane,
  eventually,
  kubectl,
  podOf,
  podsOf,
  runnerNamespace,
  runnerPods,
  type Pod,
} from '../cluster.ts';
import {
  exists,
  listener,
  namespaceNamed,
  put,
  reached,
  takeAway,
  type Address,
  type Place,
} from '../scenery.ts';
import { bothPrograms, calm, programs, type Stage } from '../stage.ts';

const elsewhere = 'e2e-elsewhere';
const place = (namespace: string, pod: string, container = 'main'): Place => ({ namespace, pod, container });
const workload = place(elsewhere, 'workload');
const monitor = place('monitoring', 'e2e-monitor');
const neighbour = place(controlPlane, 'e2e-neighbour');
const dns = place('kube-system', 'e2e-dns');
const servers = [workload, monitor, neighbour, dns];

function policy(namespace: string, name: string, spec: object): object {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { namespace, name }, spec };
}

const denyAll = policy(elsewhere, 'deny-all', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });

/** What README.md of the components asks for where something is not at 443 or 6443: here the vendor, and perhaps the API server. */
function otherPorts(ports: readonly number[]): object {
  return policy(controlPlane, 'e2e-other-ports', {
    podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: Object.keys(programs) }] },
    policyTypes: ['Egress'],
    egress: [{ ports: ports.map((port) => ({ protocol: 'TCP', port })) }],
  });
}

function addressIn(url: string): Address {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

async function addressOf({ namespace, pod }: Place, port: number): Promise<Address> {
  return {
    host: await kubectl('get', 'pod', pod, '-n', namespace, '-o=jsonpath={.status.podIP}'),
    port,
  };
}

const addressOfPod = ({ status: { podIP = '' } }: Pod, port: number): Address => ({ host: podIP, port });

/** Where the API server is once its service's address was translated. */
async function apiServer(): Promise<Address> {
  const path = '-o=jsonpath={.items[0].endpoints[0].addresses[0]} {.items[0].ports[0].port}';
  const selector = 'kubernetes.io/service-name=kubernetes';
  const text = await kubectl('get', 'endpointslices', '-n', 'default', '-l', selector, path);
  const [host = '', port = ''] = text.split(' ');
  return { host, port: Number(port) };
}

async function placeOf(app: string): Promise<Place> {
  return place(controlPlane, (await podOf(app)).metadata.name, app);
}

/** @throws if there are not two */
async function twoRunners(): Promise<readonly [Pod, Pod]> {
  const pods = (await runnerPods()).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const [one, another] = pods;
  if (one === undefined || another === undefined) throw new Error('there are not two runners');
  return [one, another];
}

type Target =
  | 'the vendor'
  | 'another port of its machine'
  | 'the API server'
  | 'DNS'
  | 'the controller'
  | 'the cleaner'
  | 'a neighbour of theirs'
  | 'a runner'
  | 'the metadata service';

async function everything({ vendor }: Stage): Promise<Record<Target, Address>> {
  const [runner] = await twoRunners();
  return {
    'the vendor': addressIn(vendor.apiUrl),
    'another port of its machine': addressIn(vendor.runnerUrl),
    'the API server': await apiServer(),
    DNS: await addressOf(dns, 53),
    'the controller': addressOfPod(await podOf('runner-controller'), 8080),
    'the cleaner': addressOfPod(await podOf('runner-controller-cleaner'), 8080),
    'a neighbour of theirs': await addressOf(neighbour, 8080),
    'a runner': addressOfPod(runner, 2375),
    'the metadata service': { host: '169.254.169.254', port: 80 },
  };
}

/** What has to answer while no policy is there, for that it does not with one to say anything. Not every machine has the last. */
const certain = (target: string): boolean => target !== 'the metadata service';

/** Namespaces that are there anyway are not the test's to make or delete. */
const found = new Set<string>();
const isOurs = (namespace: string): boolean => !found.has(namespace);

async function listenersUp(): Promise<void> {
  for (const { namespace } of servers) if (await exists('namespace', namespace)) found.add(namespace);
  await put([...new Set(servers.map(({ namespace }) => namespace))].filter(isOurs).map(namespaceNamed));
  await put(servers.map((server) => listener(server, [8080, 53])));
  for (const { namespace, pod } of servers)
    await kubectl('wait', 'pod', pod, '-n', namespace, '--for=condition=Ready', '--timeout=60s');
}

/** Whether a policy that denies all cuts a pod off within 15 s. */
async function enforces(target: Address): Promise<boolean> {
  const cut = async (): Promise<boolean> => (await reached(workload, { target })).length === 0;
  await eventually('a pod without a policy reaches the vendor', 20, async () => !(await cut()));
  await put([denyAll]);
  const enforced = await eventually('the pod is cut off', 15, cut).then(
    () => true,
    () => false,
  );
  await takeAway([denyAll]);
  if (enforced) await eventually('the pod reaches the vendor again', 30, async () => !(await cut()));
  return enforced;
}

interface Scene {
  readonly stage: () => Stage;
  /** Says why there is nothing to see, if there is not. */
  readonly skips: (context: TestContext) => boolean;
}

function setting({ stage, skips }: Scene): void {
  test('without a policy, each of the places below answers', async (context: TestContext) => {
    if (skips(context)) return;
    let answers: string[] = [];
    await eventually('all answer', 30, async () => {
      const targets = await everything(stage());
      answers = await reached(workload, targets);
      assert.deepEqual(answers.filter(certain), Object.keys(targets).filter(certain));
      return true;
    });
    if (answers.every(certain)) context.diagnostic('no metadata service is at hand here');
  });

  test('with the component network-policy, both programs come up, pass their probes, and one of each leads', async (context: TestContext) => {
    if (skips(context)) return;
    const ports = [addressIn(stage().vendor.apiUrl).port, (await apiServer()).port];
    await put([otherPorts(ports)]);
    const { succeeded, stderr } = await stage().installation.add('network-policy');
    assert.ok(succeeded, stderr);
    assert.doesNotMatch(stderr, /warning: (?!version difference)/i);
    // Connections from before the policies live on; so new processes.
    await kubectl('delete', 'pods', '-n', controlPlane, '-l', bothPrograms, '--force', '--grace-period=0');
    for (const app of Object.keys(programs)) {
      await kubectl('rollout', 'status', `deployment/${app}`, '-n', controlPlane, '--timeout=90s');
      const names = (await podsOf(controlPlane, `app=${app}`)).map(({ metadata }) => metadata.name);
      await eventually(`one of ${names.join(' ')} leads`, 30, async () => {
        const path = '-o=jsonpath={.spec.holderIdentity}';
        return names.includes(await kubectl('get', 'lease', app, '-n', controlPlane, path));
      });
    }
  });
}

function connections({ stage, skips }: Scene): void {
  const allowed: readonly (readonly [string, () => Promise<Place>, readonly Target[]])[] = [
    [
      'the controller',
      () => placeOf('runner-controller'),
      ['the vendor', 'the API server', 'DNS', 'the controller'],
    ],
    [
      'the cleaner',
      () => placeOf('runner-controller-cleaner'),
      ['the vendor', 'the API server', 'DNS', 'the cleaner'],
    ],
    // Each pod reaches itself: that does not leave it.
    ['another pod beside them', () => Promise.resolve(neighbour), ['a neighbour of theirs']],
    [
      'a monitoring system',
      () => Promise.resolve(monitor),
      [
        'the vendor',
        'another port of its machine',
        'the API server',
        'DNS',
        'the controller',
        'the cleaner',
        'the metadata service',
      ],
    ],
    [
      'a workload elsewhere',
      () => Promise.resolve(workload),
      ['the vendor', 'another port of its machine', 'the API server', 'DNS', 'the metadata service'],
    ],
    [
      'a runner',
      async () => place(runnerNamespace, (await twoRunners())[1].metadata.name, 'runner'),
      ['the vendor', 'another port of its machine', 'the API server', 'DNS'],
    ],
  ];
  for (const [from, where, expected] of allowed) {
    test(`${from} reaches ${expected.join(', ')}, and nothing else`, async (context: TestContext) => {
      if (skips(context)) return;
      // Runners may come and go meanwhile, so each look is at those that are there.
      await eventually('so it is', 30, async () => {
        const names = await reached(await where(), await everything(stage()));
        assert.deepEqual(names.filter(certain), expected.filter(certain));
        return expected.includes('the metadata service') || names.every(certain);
      });
    });
  }
}

function work({ stage, skips }: Scene): void {
  test('under the policies builds find runners, and the cleaner turns off one that died for good', async (context: TestContext) => {
    if (skips(context)) return;
    const { vendor } = stage();
    await calm(stage(), 3, 120);
    const [pod] = await twoRunners();
    const id = pod.metadata.labels['runner_uuid'] ?? '';
    vendor.runnerService.bar(id);
    await kubectl(
      ...['exec', '-n', runnerNamespace, pod.metadata.name, '-c', 'runner', '--', 'sh', '-c', 'kill -USR2 1'],
    );
    await eventually('it is offline', 30, () =>
      vendor.runners().some((runner) => runner.id === id && runner.status !== 'ONLINE'),
    );
    const builds = vendor.builds(8, 5);
    await eventually(
      'more than three runners are in real pods',
      60,
      async () => (await runnerPods()).length > 3,
    );
    await eventually('every build is done', 120, () => builds.every(({ state }) => state === 'done'));
    // It disables it first, and removes it when it was drained for a minute: chapters/sweeping.ts waits for that.
    await eventually('the cleaner begins to remove the dead one', 90, async () =>
      (
        await kubectl('logs', '-n', controlPlane, '-l', 'app=runner-controller-cleaner', '--tail=-1')
      ).includes(id),
    );
  });
}

export function network(stage: () => Stage): void {
  let enforced = false;
  const skips = (context: TestContext): boolean => {
    if (!enforced) context.skip('this cluster enforces no NetworkPolicy: one that denies all denied nothing');
    return !enforced;
  };

  after(async () => {
    await takeAway(servers.map((server) => listener(server, [8080, 53])));
    await takeAway(
      servers
        .map(({ namespace }) => namespace)
        .filter(isOurs)
        .map(namespaceNamed),
    );
  });

  test('it is found out whether this cluster enforces NetworkPolicies', async (context: TestContext) => {
    await listenersUp();
    enforced = await enforces(addressIn(stage().vendor.apiUrl));
    skips(context);
  });

  const scene = { stage, skips };
  setting(scene);
  connections(scene);
  work(scene);
}
