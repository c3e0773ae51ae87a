// Makes the clients from the environment, each once and only when something needs it.

import type { Config } from '../config/config.ts';
import { readCredentials, type CredentialsResult } from '../credentials.ts';
import { readEndpoints, readKubeconfigPath, type Env } from '../environment.ts';
import { ConfigError } from '../errors.ts';
import type { Clock } from '../process/clock.ts';
import { createBitbucketClient, type BitbucketClient } from './bitbucket/client.ts';
import { createKubernetesClient, type KubernetesClient } from './kubernetes/client.ts';

/** One attempt of a call. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly status: number | string;
}

export interface ClientsOptions {
  readonly env: Env;
  readonly readFile: (path: string) => string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onCall: (call: Call) => void;
}

function complain(message: string): ConfigError {
  return new ConfigError([{ file: 'environment', line: 1, column: 1, path: '', message }]);
}

export class Clients {
  readonly credentials: CredentialsResult;
  private readonly options: ClientsOptions;
  private readonly byConstants = new Map<string, BitbucketClient>();
  private cluster: KubernetesClient | undefined;

  /** @throws ConfigError for credentials that are half there */
  constructor(options: ClientsOptions) {
    this.options = options;
    this.credentials = readCredentials(options.env, options.readFile);
    const [first] = this.credentials.problems;
    if (first !== undefined) throw complain(this.credentials.problems.join('; '));
  }

  /** @throws ConfigError if there are no credentials */
  bitbucket({ bitbucketApi: flavour, apiCallsPerHour: callsPerHour }: Config['constants']): BitbucketClient {
    const key = `${flavour} ${callsPerHour}`;
    const known = this.byConstants.get(key);
    if (known !== undefined) return known;
    const credentials = this.credentials.bitbucket;
    if (credentials === undefined) {
      throw complain(
        'there are Bitbucket groups but no Bitbucket credentials: set BITBUCKET_OAUTH_CLIENT_ID and ' +
          'BITBUCKET_OAUTH_CLIENT_SECRET, or ATLASSIAN_ACCOUNT_EMAIL and ATLASSIAN_API_TOKEN',
      );
    }
    const { env, clock, random, onCall } = this.options;
    const { bitbucketApiUrl: apiUrl, bitbucketOauthUrl: oauthUrl } = readEndpoints(env);
    const made = createBitbucketClient({
      apiUrl,
      oauthUrl,
      flavour,
      credentials,
      clock,
      random,
      callsPerHour,
      onCall,
    });
    this.byConstants.set(key, made);
    return made;
  }

  /** @throws ConfigError if no cluster is configured */
  kubernetes(): KubernetesClient {
    const { env, clock, random, onCall } = this.options;
    const path = readKubeconfigPath(env);
    const kubeconfig = path === undefined ? {} : { kubeconfig: { path } };
    this.cluster ??= createKubernetesClient({ ...kubeconfig, clock, random, onCall });
    return this.cluster;
  }
}
