// What a plain Job becomes when it is completed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderJob } from '../../../controller/manifest/render-job.ts';
import {
  accountUuid,
  aRunner,
  fileBeside,
  group,
  readTemplate,
  repositoryUuid,
  podOf,
  podTemplateOf,
  runnerContainerOf,
  runnerId,
  smallest,
} from './given.ts';

const labels = {
  customer: 'shared',
  runner_uuid: runnerId,
  account_uuid: accountUuid,
  'app.kubernetes.io/managed-by': 'runner-autoscaler',
  'runner-autoscaler/group': 'Linux',
};

test('the smallest template becomes a complete Job', () => {
  const { job } = renderJob(readTemplate(smallest), aRunner());
  const reference = (key: string) => ({
    secretKeyRef: { name: `runner-oauth-credentials-${runnerId}`, key },
  });
  assert.deepEqual(job, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `runner-${runnerId}`,
      namespace: 'runner-group-1',
      labels,
      annotations: { 'runner-autoscaler/created-at': '2026-01-02T03:04:05.000Z' },
    },
    spec: {
      backoffLimit: 6,
      ttlSecondsAfterFinished: 600,
      parallelism: 1,
      completions: 1,
      podReplacementPolicy: 'Failed',
      template: {
        metadata: {
          labels,
          annotations: {
            'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
            'karpenter.sh/do-not-disrupt': 'true',
          },
        },
        spec: {
          restartPolicy: 'OnFailure',
          automountServiceAccountToken: false,
          nodeSelector: { 'kubernetes.io/arch': 'arm64', customer: 'shared' },
          containers: [
            {
              name: 'runner',
              image: 'example.org/runner:1',
              env: [
                { name: 'ACCOUNT_UUID', value: `{${accountUuid}}` },
                { name: 'RUNNER_UUID', value: `{${runnerId}}` },
                { name: 'OAUTH_CLIENT_ID', valueFrom: reference('oauth_client_id') },
                { name: 'OAUTH_CLIENT_SECRET', valueFrom: reference('oauth_client_secret') },
              ],
              resources: group.resources,
            },
          ],
        },
      },
    },
  });
});

test('the Secret carries the credentials and the same labels', () => {
  const { secret } = renderJob(readTemplate(smallest), aRunner());
  assert.deepEqual(secret, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `runner-oauth-credentials-${runnerId}`, namespace: 'runner-group-1', labels },
    type: 'Opaque',
    data: {
      oauth_client_id: Buffer.from('client-id-1').toString('base64'),
      oauth_client_secret: Buffer.from('very-secret-1').toString('base64'),
    },
  });
});

test('a runner of a repository is labelled with it and told of it', () => {
  const { job, secret } = renderJob(readTemplate(smallest), aRunner({ repositoryUuid }));
  for (const metadata of [job.metadata, job.spec?.template.metadata, secret.metadata]) {
    assert.equal(metadata?.labels?.['repository_uuid'], repositoryUuid);
  }
  const env = runnerContainerOf(job).env ?? [];
  assert.equal(env.find(({ name }) => name === 'REPOSITORY_UUID')?.value, `{${repositoryUuid}}`);
});

const busyTemplate = `apiVersion: batch/v1
kind: Job
metadata:
  name: mine
  namespace: elsewhere
  labels: {team: payments, runner_uuid: mine, repository_uuid: mine}
spec:
  parallelism: 5
  completions: 5
  podReplacementPolicy: TerminatingOrFailed
  ttlSecondsAfterFinished: 60
  backoffLimit: 0
  template:
    metadata:
      labels: {customer: acme}
      annotations: {karpenter.sh/do-not-disrupt: 30m, note: kept}
    spec:
      restartPolicy: Never
      automountServiceAccountToken: true
      nodeSelector: {kubernetes.io/arch: amd64, zone: a}
      containers:
        - name: runner
          image: example.org/runner:1
          env:
            - {name: RUNNER_UUID, value: mine}
            - {name: REPOSITORY_UUID, value: mine}
            - {name: HTTP_PROXY, value: "http://proxy:3128"}
          resources:
            requests: {memory: 1Gi, ephemeral-storage: 10Gi}
        - name: side
          image: example.org/side:1
          env: [{name: RUNNER_UUID, value: theirs}]
`;

test("the user's own fields stay where they do not touch identity or safety", () => {
  const { job } = renderJob(readTemplate(busyTemplate), aRunner());
  const pod = podOf(job);
  assert.equal(job.spec?.ttlSecondsAfterFinished, 60);
  assert.equal(job.spec.backoffLimit, 0);
  assert.equal(job.metadata?.labels?.['team'], 'payments');
  assert.deepEqual(podTemplateOf(job).metadata?.annotations, {
    'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
    'karpenter.sh/do-not-disrupt': '30m',
    note: 'kept',
  });
  assert.equal(pod.restartPolicy, 'Never');
  assert.equal(pod.automountServiceAccountToken, true);
  assert.deepEqual(pod.nodeSelector, { 'kubernetes.io/arch': 'amd64', customer: 'shared', zone: 'a' });
  assert.deepEqual(pod.containers[1], {
    name: 'side',
    image: 'example.org/side:1',
    env: [{ name: 'RUNNER_UUID', value: 'theirs' }],
  });
});

test("the runner container keeps the user's variables and further resources", () => {
  const { env, resources } = runnerContainerOf(renderJob(readTemplate(busyTemplate), aRunner()).job);
  assert.deepEqual(env?.at(-1), { name: 'HTTP_PROXY', value: 'http://proxy:3128' });
  assert.deepEqual(resources?.requests, { memory: '3Gi', cpu: '500m', 'ephemeral-storage': '10Gi' });
});

test("the user's customer is the customer of Job, pod and Secret", () => {
  const { job, secret } = renderJob(readTemplate(busyTemplate), aRunner());
  for (const metadata of [job.metadata, job.spec?.template.metadata, secret.metadata]) {
    assert.equal(metadata?.labels?.['customer'], 'acme');
  }
});

test('identity and safety are not up to the template', () => {
  const { job } = renderJob(readTemplate(busyTemplate), aRunner());
  assert.equal(job.metadata?.name, `runner-${runnerId}`);
  assert.equal(job.metadata.namespace, 'runner-group-1');
  assert.equal(job.metadata.labels?.['runner_uuid'], runnerId);
  assert.equal(job.metadata.labels['repository_uuid'], undefined);
  assert.equal(job.spec?.parallelism, 1);
  assert.equal(job.spec.completions, 1);
  assert.equal(job.spec.podReplacementPolicy, 'Failed');
  const env = runnerContainerOf(job).env ?? [];
  assert.deepEqual(
    env.filter(({ name }) => name.endsWith('_UUID')).map(({ value }) => value),
    [`{${accountUuid}}`, `{${runnerId}}`],
  );
});

test('YAML is read as Kubernetes reads it: a leading zero is octal, yes is true, y is a text', () => {
  const more =
    '      volumes: [{name: y, secret: {secretName: s, defaultMode: 0440}}]\n      hostNetwork: yes\n';
  const pod = podOf(renderJob(readTemplate(smallest + more), aRunner()).job);
  assert.equal(pod.volumes?.[0]?.name, 'y');
  assert.equal(pod.volumes[0].secret?.defaultMode, 0o440);
  assert.equal(pod.hostNetwork, true);
});

test('two Jobs of one template share nothing that could be changed', () => {
  const template = readTemplate(busyTemplate);
  const first = renderJob(template, aRunner());
  first.job.spec?.template.spec?.containers[1]?.env?.pop();
  assert.equal(renderJob(template, aRunner()).job.spec?.template.spec?.containers[1]?.env?.length, 1);
});

test('an id with braces is a bug of ours and writes no Job', () => {
  assert.throws(
    () => renderJob(readTemplate(smallest), aRunner({ runnerId: `{${runnerId}}` })),
    /without braces/,
  );
});

test('the shipped template is plain, valid, and runs Docker as a sidecar beside the runner', () => {
  const template = readTemplate(fileBeside('../../../kustomize/base/job.yaml.template'));
  assert.equal(template.kind, 'plain');
  const pod = renderJob(template, aRunner()).job.spec?.template.spec;
  assert.deepEqual(
    pod?.containers.map(({ name }) => name),
    ['runner'],
  );
  assert.deepEqual(
    pod.initContainers?.map(({ name, restartPolicy }) => ({ name, restartPolicy })),
    [{ name: 'docker', restartPolicy: 'Always' }],
  );
});
