// The environment by which Bitbucket's runner image learns who it is. Credentials appear as references only.
import type { V1EnvVar } from '../../core/clients/kubernetes/types.ts';
import { secretKeys } from './credentials-secret.ts';
import type { RunnerIdentity } from './identity.ts';
import { secretName } from '../../core/job-names.ts';

const ours = new Set([
  'ACCOUNT_UUID',
  'REPOSITORY_UUID',
  'RUNNER_UUID',
  'OAUTH_CLIENT_ID',
  'OAUTH_CLIENT_SECRET',
]);

/** Ours first, so that the user's can refer to them as `$(RUNNER_UUID)`. The image wants uuids in braces. */
export function runnerEnvironment(
  written: readonly V1EnvVar[] | undefined,
  input: RunnerIdentity,
): V1EnvVar[] {
  const { runnerId, accountUuid, repositoryUuid } = input;
  return [
    { name: 'ACCOUNT_UUID', value: `{${accountUuid}}` },
    ...(repositoryUuid === undefined ? [] : [{ name: 'REPOSITORY_UUID', value: `{${repositoryUuid}}` }]),
    { name: 'RUNNER_UUID', value: `{${runnerId}}` },
    fromSecret('OAUTH_CLIENT_ID', runnerId, secretKeys.clientId),
    fromSecret('OAUTH_CLIENT_SECRET', runnerId, secretKeys.clientSecret),
    ...(written ?? []).filter(({ name }) => !ours.has(name)),
  ];
}

function fromSecret(name: string, runnerId: string, key: string): V1EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secretName(runnerId), key } } };
}
