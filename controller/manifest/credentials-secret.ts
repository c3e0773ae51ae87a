// The Secret with a runner's OAuth credentials: the only object that carries them.
import type { V1Secret } from '../../core/clients/kubernetes/types.ts';
import type { RunnerIdentity } from './identity.ts';
import { secretName } from '../../core/job-names.ts';
import { runnerLabels } from './runner-labels.ts';
import { placeholders } from './template-variables.ts';

/** The keys that Atlassian's templates refer to. */
export const secretKeys = { clientId: 'oauth_client_id', clientSecret: 'oauth_client_secret' } as const;

/** What the template wrote stays (further keys, annotations); name, labels and the two credentials are ours. */
export function credentialsSecret(
  written: V1Secret | undefined,
  input: RunnerIdentity,
  customer: string,
): V1Secret {
  const { metadata, data } = written ?? {};
  const clientId = base64(input.oauthClientId);
  const clientSecret = base64(input.oauthClientSecret);
  const others = Object.entries(data ?? {}).map(([key, value]) => [
    key,
    value.replaceAll(placeholders.id, clientId).replaceAll(placeholders.secret, clientSecret),
  ]);
  return {
    ...written,
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...metadata,
      name: secretName(input.runnerId),
      namespace: input.group.namespace,
      labels: runnerLabels(metadata?.labels, input, customer),
    },
    type: 'Opaque',
    data: {
      ...(Object.fromEntries(others) as Record<string, string>),
      [secretKeys.clientId]: clientId,
      [secretKeys.clientSecret]: clientSecret,
    },
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
