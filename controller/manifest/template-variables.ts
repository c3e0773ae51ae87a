// The variables of Atlassian's job.yaml.template and what they stand for. The OAuth secret is never among the values.
import type { BitbucketGroup } from '../../core/config/config.ts';
import type { RunnerIdentity } from './identity.ts';
import type { Value } from './jinja/tree.ts';

/**
 * Stand in for the credentials while a template is filled in; only the finished Secret gets the real ones, so that no template
 * can carry them anywhere else. Valid base64, as they stand where base64 is expected.
 */
export const placeholders = {
  id: Buffer.from('in place of the oauth client id').toString('base64'),
  secret: Buffer.from('in place of the oauth client secret').toString('base64'),
};

/** Every variable a template may name. Uuids are without braces; `repository_uuid` is empty for workspace runners. */
export function templateVariables(input: RunnerIdentity): ReadonlyMap<string, Value> {
  const { group, repositoryUuid } = input;
  return new Map<string, Value>([
    ['runner_uuid', input.runnerId],
    ['account_uuid', input.accountUuid],
    ['repository_uuid', repositoryUuid ?? ''],
    ['runner_namespace', group.namespace],
    ['oauth_client_id_base64', placeholders.id],
    ['oauth_client_secret_base64', placeholders.secret],
    ['requests_memory', group.resources.requests.memory],
    ['requests_cpu', group.resources.requests.cpu],
    ['limits_memory', group.resources.limits.memory],
    ['limits_cpu', group.resources.limits.cpu],
    ['architecture', group.architecture],
    ['node_selector', new Map(Object.entries(group.nodeSelector))],
  ]);
}

const sampleGroup: BitbucketGroup = {
  service: 'bitbucket',
  name: 'sample',
  scope: { workspace: 'sample' },
  labels: ['self.hosted'],
  namespace: 'sample-namespace',
  cleanerEnabled: true,
  architecture: 'amd64',
  nodeSelector: { customer: 'shared' },
  resources: { requests: { memory: '2Gi', cpu: '1000m' }, limits: { memory: '2Gi', cpu: '1000m' } },
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

/** Of a repository that does not exist. */
export const sampleRepositoryUuid = 'd4e5f6a7-0000-4000-8000-000000000003';

/** A runner that does not exist, to try a template out. */
export function sampleIdentity(repositoryUuid: string | undefined): RunnerIdentity {
  return {
    runnerId: 'a1b2c3d4-0000-4000-8000-000000000001',
    accountUuid: 'b2c3d4e5-0000-4000-8000-000000000002',
    repositoryUuid,
    oauthClientId: 'sample',
    oauthClientSecret: 'sample',
    group: sampleGroup,
    createdAtMs: 0,
  };
}

/** A runner of this group that does not exist. */
export function sampleRunnerOf(group: BitbucketGroup): RunnerIdentity {
  const repository = group.scope.repository === undefined ? undefined : sampleRepositoryUuid;
  return { ...sampleIdentity(repository), group };
}

/** A value of each variable's kind. */
export const sampleVariables = templateVariables(sampleIdentity(undefined));
