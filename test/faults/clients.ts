// The production clients as the programs make them, but for time-outs that end while one waits. Building only.

import { createAutoScalingClient } from '../../core/clients/auto-scaling/client.ts';
import { createBitbucketClient } from '../../core/clients/bitbucket/client.ts';
import { createCircleCiClient } from '../../core/clients/circleci/client.ts';
import type { Call, Clients } from '../../core/clients/clients.ts';
import { createKubernetesClient } from '../../core/clients/kubernetes/client.ts';
import type { Config } from '../../core/config/config.ts';
import { readCredentials } from '../../core/credentials.ts';
import { readAws, readEndpoints, type Env } from '../../core/environment.ts';
import type { Clock } from '../../core/process/clock.ts';
import { region } from './scenes/circleci-groups.ts';

/** Real milliseconds for one attempt of any call. */
const timeoutMs = 400;

export interface ImpatientOptions {
  readonly env: Env;
  readonly clock: Clock;
  readonly config: Config;
  readonly onCall: (call: Call) => void;
}

export function impatientClients({ env, clock, config, onCall }: ImpatientOptions): Clients {
  const { bitbucketApiUrl: apiUrl, bitbucketOauthUrl: oauthUrl, circleCiRunnerApiUrl } = readEndpoints(env);
  const { bitbucket: credentials, circleci } = readCredentials(env, () => '');
  if (credentials === undefined || circleci === undefined) throw new Error('the matrix has no credentials');
  const parts = { clock, random: () => 0, timeoutMs, onCall };
  const callsPerHour = config.constants.apiCallsPerHour;
  const oauth = { apiUrl, oauthUrl, credentials: () => credentials };
  const bitbucket = createBitbucketClient({ ...parts, ...oauth, flavour: 'internal', callsPerHour });
  const kubernetes = createKubernetesClient({ ...parts, kubeconfig: { path: env['KUBECONFIG'] ?? '' } });
  const circleCi = createCircleCiClient({
    ...parts,
    apiUrl: circleCiRunnerApiUrl,
    token: () => circleci.token,
  });
  const autoScaling = createAutoScalingClient({ region, access: readAws(env), timeoutMs, onCall });
  return {
    ...{ bitbucket: () => bitbucket, kubernetes: () => kubernetes },
    ...{ circleCi: () => circleCi, autoScaling: () => autoScaling },
  } as Partial<Clients> as Clients;
}
