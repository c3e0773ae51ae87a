// What the tests of the manifest start from: a runner, its group, and the shortest template. No assertions here.
import { readFileSync } from 'node:fs';
import type {
  V1Container,
  V1Job,
  V1PodSpec,
  V1PodTemplateSpec,
} from '../../../core/clients/kubernetes/types.ts';
import type { BitbucketGroup } from '../../../core/config/config.ts';
import type { RunnerIdentity } from '../../../controller/manifest/identity.ts';
import type { JobTemplate } from '../../../controller/manifest/job-template.ts';
import { parseJobTemplate } from '../../../controller/manifest/parse-template.ts';

export const runnerId = '0f0e0d0c-1111-4222-8333-444455556666';
export const accountUuid = '11111111-aaaa-4bbb-8ccc-dddddddddddd';
export const repositoryUuid = '22222222-aaaa-4bbb-8ccc-dddddddddddd';

export const group: BitbucketGroup = {
  service: 'bitbucket',
  name: 'Linux',
  scope: { workspace: 'acme' },
  labels: ['autoscaler.created', 'linux', 'my.group', 'self.hosted'],
  namespace: 'runner-group-1',
  cleanerEnabled: true,
  architecture: 'arm64',
  nodeSelector: { customer: 'shared' },
  resources: { requests: { memory: '3Gi', cpu: '500m' }, limits: { memory: '4Gi', cpu: '2000m' } },
  policy: {
    strategy: 'percentageRunnersIdle',
    min: 1,
    max: 10,
    scaleUpThreshold: 0.5,
    scaleDownThreshold: 0.2,
    scaleUpMultiplier: 1.5,
    scaleDownMultiplier: 0.5,
  },
};

export function aRunner(changes: Partial<RunnerIdentity> = {}): RunnerIdentity {
  return {
    runnerId,
    accountUuid,
    oauthClientId: 'client-id-1',
    oauthClientSecret: 'very-secret-1',
    group,
    createdAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    ...changes,
  };
}

export const smallest = `apiVersion: batch/v1
kind: Job
spec:
  template:
    spec:
      containers:
        - name: runner
          image: example.org/runner:1
`;

export function readTemplate(text: string): JobTemplate {
  const { template, problems } = parseJobTemplate(text, 'job.yaml');
  if (template === undefined) throw new Error(JSON.stringify(problems));
  return template;
}

export function fileBeside(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

export const listTemplate = fileBeside('fixtures/list.yaml.template');

export function podTemplateOf(job: V1Job): V1PodTemplateSpec {
  if (job.spec === undefined) throw new Error('The Job has no spec.');
  return job.spec.template;
}

export function podOf(job: V1Job): V1PodSpec {
  const { spec } = podTemplateOf(job);
  if (spec === undefined) throw new Error('The Job has no pod.');
  return spec;
}

export function runnerContainerOf(job: V1Job): V1Container {
  const found = podOf(job).containers.find(({ name }) => name === 'runner');
  if (found === undefined) throw new Error('The Job has no container named runner.');
  return found;
}
