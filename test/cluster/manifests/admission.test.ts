// The component admission-policy on a real API server: the controller's account can create the Jobs of runners, and no others.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { readConfigFile } from '../../../core/config/read.ts';
import { jobFrom } from '../../../controller/targets/cron-job-manifest.ts';
import { parseJobTemplate } from '../../../controller/manifest/parse-template.ts';
import { renderJob } from '../../../controller/manifest/render-job.ts';
import { sampleIdentity } from '../../../controller/manifest/template-variables.ts';
import type { V1Container, V1CronJob, V1Job, V1PodSpec } from '../../../core/clients/kubernetes/types.ts';
import { controlPlane, kubectl, skip, valuesFolder } from './kubectl.ts';
import { startWithOwnAccount } from './own-account.ts';

const runners = 'runner-group-1';
const cronJobs = 'circleci-runners';
const account = `system:serviceaccount:${controlPlane}:runner-controller`;
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'admission-'));
const components = join(realpathSync(valuesFolder), '../components');

function fileOf(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

/** The Job of the shipped template and the shipped group. */
async function shippedJob(): Promise<V1Job> {
  const path = 'kustomize/base/job.yaml.template';
  const { template, problems } = parseJobTemplate(fileOf(path), path);
  assert.equal(problems, undefined);
  const group = (await readConfigFile(valuesFolder)).config?.groups[0];
  assert.ok(group?.service === 'bitbucket');
  return renderJob(template, { ...sampleIdentity(undefined), group }).job;
}

type Change = (job: V1Job, pod: V1PodSpec) => void;

const runnerOf = ({ containers }: V1PodSpec): V1Container => containers[0]!;
const dockerOf = ({ initContainers = [] }: V1PodSpec): V1Container => initContainers[0]!;
const hostRoot = { name: 'root', hostPath: { path: '/' } };
const foreign = { name: 'other', image: 'alpine:3' };
const secretKeyRef = { name: 'registry-pull', key: 'k' };
const projectedToken = { serviceAccountToken: { path: 'token' } };

const refused: Readonly<Record<string, readonly [RegExp, Change]>> = {
  hostPath: [/volumes .*root/, (_, pod) => pod.volumes!.push(hostRoot)],
  hostPID: [/hostPID/, (_, pod) => (pod.hostPID = true)],
  hostIPC: [/hostIPC/, (_, pod) => (pod.hostIPC = true)],
  hostNetwork: [/hostNetwork/, (_, pod) => (pod.hostNetwork = true)],
  nodeName: [/nodeName/, (_, pod) => (pod.nodeName = 'node-2')],
  'no node selector': [/customer=shared/, (_, pod) => delete pod.nodeSelector],
  'the node selector of other nodes': [
    /customer=shared/,
    (_, pod) => (pod.nodeSelector = { customer: 'other' }),
  ],
  'toleration of every taint': [/taints/, (_, pod) => (pod.tolerations = [{ operator: 'Exists' }])],
  'toleration of the control plane': [
    /taints/,
    (_, pod) => (pod.tolerations = [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }]),
  ],
  'a service account': [/service account/, (_, pod) => (pod.serviceAccountName = 'builder')],
  'a token': [/automountServiceAccountToken/, (_, pod) => (pod.automountServiceAccountToken = true)],
  'a token by default': [/automountServiceAccountToken/, (_, pod) => delete pod.automountServiceAccountToken],
  'a projected token': [
    /volumes .*token/,
    (_, pod) => pod.volumes!.push({ name: 'token', projected: { sources: [projectedToken] } }),
  ],
  csi: [/volumes/, (_, pod) => pod.volumes!.push({ name: 'csi', csi: { driver: 'x.example.com' } })],
  'a claim': [
    /volumes/,
    (_, pod) => pod.volumes!.push({ name: 'c', persistentVolumeClaim: { claimName: 'c' } }),
  ],
  'a Secret as a volume': [
    /volumes/,
    (_, pod) => pod.volumes!.push({ name: 's', secret: { secretName: 's' } }),
  ],
  'a Secret of another in the environment': [
    /only these Secrets/,
    (_, pod) => runnerOf(pod).env!.push({ name: 'X', valueFrom: { secretKeyRef } }),
  ],
  'a Secret of another in an init container': [
    /only these Secrets/,
    (_, pod) =>
      pod.initContainers!.push({
        ...{ name: 'i', image: runnerOf(pod).image! },
        env: [{ name: 'X', valueFrom: { secretKeyRef } }],
      }),
  ],
  envFrom: [/envFrom/, (_, pod) => (runnerOf(pod).envFrom = [{ secretRef: { name: 's' } }])],
  'a foreign image': [/runner \(alpine:3\)/, (_, pod) => (runnerOf(pod).image = 'alpine:3')],
  'a foreign image that begins alike': [
    /images that are not allowed/,
    (_, pod) => (runnerOf(pod).image = `${runnerOf(pod).image!}.evil.example.com/x`),
  ],
  'a foreign image in an init container': [
    /other \(alpine:3\)/,
    (_, pod) => pod.initContainers!.unshift(foreign),
  ],
  'a foreign sidecar': [/other \(alpine:3\)/, (_, pod) => pod.containers.push(foreign)],
  'privilege of the runner': [
    /privileged/,
    (_, pod) => (runnerOf(pod).securityContext = { privileged: true }),
  ],
  "a second privileged container of Docker's name and image": [
    /privileged/,
    (_, pod) => pod.initContainers!.push({ ...dockerOf(pod), name: 'docker-2' }),
  ],
  'another image for the privileged container': [
    /privileged/,
    (_, pod) => (dockerOf(pod).image = 'alpine:3'),
  ],
  'a command of the privileged container': [
    /privileged container/,
    (_, pod) => (dockerOf(pod).command = ['sh', '-c', 'id']),
  ],
  'a probe of the privileged container': [
    /privileged container/,
    (_, pod) => (dockerOf(pod).startupProbe = { exec: { command: ['sh'] } }),
  ],
  'a mount over programs of the privileged container': [
    /privileged container/,
    (_, pod) => dockerOf(pod).volumeMounts!.push({ name: 'tmp', mountPath: '/usr/local/bin' }),
  ],
  'environment of the privileged container': [
    /privileged container/,
    (_, pod) => (dockerOf(pod).env = [{ name: 'LD_PRELOAD', value: '/tmp/x.so' }]),
  ],
  'capabilities of the runner': [
    /capability/,
    (_, pod) => (runnerOf(pod).securityContext = { capabilities: { add: ['SYS_ADMIN'] } }),
  ],
  'procMount of the runner': [
    /capability|procMount/,
    (_, pod) => (runnerOf(pod).securityContext = { procMount: 'Default' }),
  ],
  'no seccomp': [
    /seccomp/,
    (_, pod) => (runnerOf(pod).securityContext = { seccompProfile: { type: 'Unconfined' } }),
  ],
  'no seccomp for the pod': [
    /securityContext of the pod/,
    (_, pod) => (pod.securityContext = { seccompProfile: { type: 'Unconfined' } }),
  ],
  sysctls: [
    /securityContext of the pod/,
    (_, pod) => (pod.securityContext = { sysctls: [{ name: 'kernel.shm_rmid_forced', value: '0' }] }),
  ],
  'SELinux options': [
    /securityContext of the pod/,
    (_, pod) => (pod.securityContext = { seLinuxOptions: { type: 'spc_t' } }),
  ],
  'a runtime class': [/runtimeClassName/, (_, pod) => (pod.runtimeClassName = 'other')],
  'a priority class': [/priorityClassName/, (_, pod) => (pod.priorityClassName = 'system-node-critical')],
  'another scheduler': [/scheduler/, (_, pod) => (pod.schedulerName = 'mine')],
  'a shared process namespace': [/shareProcessNamespace/, (_, pod) => (pod.shareProcessNamespace = true)],
  'a host port': [/ports/, (_, pod) => (runnerOf(pod).ports = [{ containerPort: 8080, hostPort: 8080 }])],
  "a probe of the node's own ports": [
    /probes/,
    (_, pod) => (runnerOf(pod).livenessProbe = { httpGet: { host: '127.0.0.1', port: 10255 } }),
  ],
  lifecycle: [
    /lifecycle/,
    (_, pod) => (runnerOf(pod).lifecycle = { preStop: { httpGet: { host: '10.0.0.1', port: 80 } } }),
  ],
  'a propagated mount': [
    /propagated/,
    (_, pod) => (dockerOf(pod).volumeMounts![0]!.mountPropagation = 'Bidirectional'),
  ],
  'AppArmor switched off by an annotation': [
    /AppArmor/,
    ({ spec }) =>
      (spec!.template.metadata!.annotations = {
        'container.apparmor.security.beta.kubernetes.io/runner': 'unconfined',
      }),
  ],
  'many pods': [/one pod/, ({ spec }) => Object.assign(spec!, { parallelism: 500, completions: 500 })],
  'a controller of its own': [/managedBy/, ({ spec }) => (spec!.managedBy = 'example.com/mine')],
  'another name': [/label runner_uuid/, ({ metadata }) => (metadata!.name = 'innocent')],
  'no mark of ours': [
    /managed-by/,
    ({ metadata }) => delete metadata!.labels!['app.kubernetes.io/managed-by'],
  ],
  'an owner': [
    /no owner/,
    ({ metadata }) =>
      (metadata!.ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'u' }]),
  ],
  'a finalizer': [/finalizer/, ({ metadata }) => (metadata!.finalizers = ['example.com/for-ever'])],
};

function create(object: object, args: readonly string[] = ['--dry-run=server']): ReturnType<typeof kubectl> {
  return kubectl(['create', '-f', '-', `--as=${account}`, ...args], JSON.stringify(object));
}

function madeFrom(path: string): V1Job {
  const cronJob = parse(fileOf(path)) as V1CronJob;
  cronJob.metadata!.uid = 'b0a1c2d3-0000-4000-8000-000000000001';
  const { spec, metadata } = jobFrom({ cronJob, name: 'made-0', groupName: 'g', createdAtMs: 0 });
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { ...metadata, namespace: cronJobs }, spec };
  return JSON.parse(JSON.stringify(job)) as V1Job;
}

describe('the component admission-policy on a real API server', { skip }, () => {
  let job: V1Job;

  before(async () => {
    const chosen = ['circleci-kubernetes', 'admission-policy'];
    const kustomization = {
      resources: [relative(folder, realpathSync(valuesFolder))],
      components: chosen.map((name) => relative(folder, join(components, name))),
    };
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    const { status, stderr } = kubectl(['apply', '-k', folder, '--validate=strict']);
    assert.equal(status, 0, stderr);
    job = await shippedJob();
    // A policy is in force a moment after it was applied.
    const late = performance.now() + 30_000;
    const bad = structuredClone(job);
    bad.spec!.template.spec!.hostPID = true;
    while (create(bad).status === 0 || create(job).status !== 0) {
      const said = create(job);
      assert.ok(performance.now() < late, `not in force, or refuses the shipped Job: ${said.stderr}`);
      await sleep(500);
    }
  });
  after(() => {
    kubectl(['delete', '-k', folder, '--ignore-not-found']);
    rmSync(folder, { recursive: true });
  });

  test('the controller does its whole job with its own account: it grows under load and shrinks after it', async () => {
    kubectl(['label', 'nodes', '--all', 'customer=shared', '--overwrite']);
    const own = await startWithOwnAccount(folder);
    const reached = async (what: string, check: () => boolean): Promise<void> => {
      const late = performance.now() + 90_000;
      for (; !check(); await sleep(100)) assert.ok(performance.now() < late, `not within 90 s: ${what}`);
    };
    const world = (): { done: number; killed: number } => own.sandbox.status().world;
    try {
      await reached('one runner online', () => own.online() === 1);
      own.arrive(8, 10_000);
      await reached('more runners', () => own.registered() >= 4);
      await reached('eight builds done', () => world().done === 8);
      const most = own.registered();
      await reached('fewer runners', () => own.registered() < most);
      assert.equal(world().killed, 0);
    } finally {
      const complaints = await own.end();
      assert.deepEqual(complaints, []);
      kubectl(['delete', 'jobs,secrets', '--all', '-n', runners]);
    }
  });

  test('the Job of the shipped template is created, and its pod runs on a node for runners', async () => {
    kubectl(['label', 'nodes', '--all', 'customer=shared', '--overwrite']);
    const { status, stderr } = create(job, []);
    assert.equal(status, 0, stderr);
    const name = job.metadata!.name!;
    let phase = '';
    for (let look = 0; look < 300 && phase !== 'Running'; look += 1) {
      await sleep(100);
      const query = ['get', 'pods', '-n', runners, '-l', `job-name=${name}`];
      phase = kubectl([...query, '-o', 'jsonpath={.items[*].status.phase}']).stdout;
    }
    assert.equal(phase, 'Running');
    const gone = kubectl(['delete', 'job', name, '-n', runners, `--as=${account}`, '--wait=false']);
    assert.equal(gone.status, 0, gone.stderr);
    kubectl(['label', 'nodes', '--all', 'customer-']);
  });

  for (const [what, [says, change]] of Object.entries(refused)) {
    test(`a Job of the controller's account is refused with: ${what}`, () => {
      const changed = structuredClone(job);
      change(changed, changed.spec!.template.spec!);
      const { status, stderr } = create(changed);
      assert.notEqual(status, 0);
      assert.match(stderr, /ValidatingAdmissionPolicy 'runner-autoscaler-jobs'/);
      assert.match(stderr, says);
    });
  }

  test('the same Jobs of an administrator are none of its business', () => {
    const changed = structuredClone(job);
    changed.spec!.template.spec!.hostPID = true;
    const { status, stderr } = kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(changed));
    assert.equal(status, 0, stderr);
  });

  for (const example of [
    'examples/07-circleci-cron-job-machine-runner.yaml',
    'examples/08-circleci-cron-job-launch-agent.yaml',
  ]) {
    test(`Jobs made from ${example} are accepted, and nothing of a node with them`, () => {
      const good = madeFrom(example);
      const { status, stderr } = create(good);
      assert.equal(status, 0, stderr);
      const changes: readonly Change[] = [
        (_, pod) => (pod.volumes = [hostRoot]),
        (_, pod) => (pod.hostPID = true),
        (_, pod) => (runnerOf(pod).image = 'alpine:3'),
        ({ metadata }) => delete metadata!.ownerReferences,
        ({ metadata }) => (metadata!.ownerReferences![0]!.kind = 'Job'),
        (_, pod) => (runnerOf(pod).securityContext = { privileged: true }),
      ];
      for (const change of changes) {
        const bad = structuredClone(good);
        change(bad, bad.spec!.template.spec!);
        const said = create(bad);
        assert.match(said.stderr, /ValidatingAdmissionPolicy 'runner-autoscaler-jobs-circleci'/, said.stdout);
      }
    });
  }
});
