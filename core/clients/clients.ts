// Makes the clients from the environment, each once and only when something needs it.

import type { Config } from '../config/config.ts';
import { steadyFiles, type ReadFile } from '../credential-files.ts';
import { readCredentials, tokenVariable, type CredentialsResult } from '../credentials.ts';
import { environmentProblems, readAws, readEndpoints, readKubeconfigPath, type Env } from '../environment.ts';
import { ConfigError } from '../errors.ts';
import { guarded, standbyError, type MayChange } from '../leadership/guard.ts';
import { withCallRecord } from '../leadership/call-handover.ts';
import type { Clock } from '../process/clock.ts';
import { readProxies, type ProxyRules } from '../process/proxy.ts';
import type { Ending } from '../process/ending.ts';
import { createAutoScalingClient, type AutoScalingClient } from './auto-scaling/client.ts';
import { sharesOf } from '../config/budget.ts';
import { createBudget } from './http/budget.ts';
import { CallRecord } from './http/call-record.ts';
import { createBitbucketClient, type BitbucketClient } from './bitbucket/client.ts';
import { createCircleCiClient, type CircleCiClient } from './circleci/client.ts';
import {
  createKubernetesClient,
  type KubernetesClient,
  type KubernetesClientOptions,
} from './kubernetes/client.ts';
import type { LeaseCalls } from './kubernetes/leases.ts';

/** One attempt of a call. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly status: number | string;
}

export interface ClientsOptions {
  readonly env: Env;
  /** Whose part of the API budget it spends; the controller's, if left out. */
  readonly program?: 'controller' | 'cleaner' | undefined;
  readonly readFile: ReadFile;
  /** Takes sentences about files of credentials that went bad; the sentences are dropped, if left out. */
  readonly warn?: ((text: string) => void) | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onCall: (call: Call) => void;
  /** Whether this process may change something right now; always, if left out. */
  readonly mayChange?: MayChange | undefined;
  /** Of the program; never, if left out. */
  readonly ending?: Ending | undefined;
}

function complain(message: string): ConfigError {
  return new ConfigError([{ file: 'environment', line: 1, column: 1, path: '', message }]);
}

const leaseTimeoutMs = 3_000;

export class Clients {
  private readonly options: ClientsOptions;
  private readonly proxies: ProxyRules;
  private readonly readFile: ReadFile;
  /** The calls to Bitbucket of this process and of those before it; settings come and go, these stay counted. */
  readonly bitbucketCalls: CallRecord;
  private readonly byConstants = new Map<string, BitbucketClient>();
  private readonly byRegion = new Map<string, AutoScalingClient>();
  private circle: CircleCiClient | undefined;
  private cluster: KubernetesClient | undefined;

  /** @throws ConfigError for variables that cannot be used: URLs, proxies, credentials that are half there */
  constructor(options: ClientsOptions) {
    const unusable = environmentProblems(options.env);
    if (unusable.length > 0) throw new ConfigError(unusable);
    this.options = options;
    this.bitbucketCalls = new CallRecord(options.clock);
    this.proxies = readProxies(options.env);
    this.readFile = steadyFiles(options.readFile, (text) => options.warn?.(text));
    const { problems } = this.credentials;
    if (problems.length > 0) throw complain(problems.join('; '));
  }

  /** As they are now: files may have changed. */
  get credentials(): CredentialsResult {
    return readCredentials(this.options.env, this.readFile);
  }

  /** @throws ConfigError if there are no credentials */
  bitbucket(constants: Config['constants']): BitbucketClient {
    const { bitbucketApi: flavour } = constants;
    const callsPerHour = this.shareOf(constants);
    const key = `${flavour} ${callsPerHour}`;
    const known = this.byConstants.get(key);
    if (known !== undefined) return known;
    const first = this.credentials.bitbucket;
    if (first === undefined) {
      throw complain(
        'there are Bitbucket groups but no Bitbucket credentials: set BITBUCKET_OAUTH_CLIENT_ID and ' +
          'BITBUCKET_OAUTH_CLIENT_SECRET, or ATLASSIAN_ACCOUNT_EMAIL and ATLASSIAN_API_TOKEN',
      );
    }
    const { env, clock, random, onCall, ending } = this.options;
    const { bitbucketApiUrl: apiUrl, bitbucketOauthUrl: oauthUrl } = readEndpoints(env);
    const made = createBitbucketClient({
      apiUrl,
      oauthUrl,
      flavour,
      credentials: () => this.credentials.bitbucket ?? first,
      clock,
      random,
      callsPerHour,
      record: this.bitbucketCalls,
      proxies: this.proxies,
      onCall,
      mayChange: this.options.mayChange,
      ending,
    });
    this.byConstants.set(key, made);
    return made;
  }

  /** @throws ConfigError if there is no token */
  circleCi(): CircleCiClient {
    const first = this.credentials.circleci?.token;
    if (first === undefined) {
      throw complain(
        `there are CircleCI groups but no token: set ${tokenVariable(this.options.env)} to a personal CircleCI API token`,
      );
    }
    const { env, clock, random, onCall, ending } = this.options;
    const apiUrl = readEndpoints(env).circleCiRunnerApiUrl;
    this.circle ??= createCircleCiClient({
      apiUrl,
      token: () => this.credentials.circleci?.token ?? first,
      ...{ clock, random, proxies: this.proxies, onCall, ending },
    });
    return this.circle;
  }

  /** Makes no call and loads no SDK: that happens when it is first asked for something. */
  autoScaling(region: string): AutoScalingClient {
    const known = this.byRegion.get(region);
    if (known !== undefined) return known;
    const { env, onCall, ending } = this.options;
    const { proxies } = this;
    const beforeChange = (): void => this.requireMayChange('aws', 'change');
    const access = readAws(env);
    const client = createAutoScalingClient({ region, access, proxies, onCall, ending, beforeChange });
    const made = guarded(client, {
      service: 'aws',
      writes: ['setDesiredCapacity', 'terminateInstance'],
      mayChange: this.mayChange,
    });
    this.byRegion.set(region, made);
    return made;
  }

  /** @throws ConfigError if no cluster is configured */
  kubernetes(): KubernetesClient {
    const { ending } = this.options;
    const beforeChange = (operation: string): void => this.requireMayChange('kubernetes', operation);
    this.cluster ??= guarded(this.connect({ ending, beforeChange }), {
      service: 'kubernetes',
      writes: [
        ...(['createJob', 'deleteJob', 'createSecret', 'ownSecret', 'deleteSecret'] as const),
        ...(['createNamespace', 'createEvent'] as const),
      ],
      mayChange: this.mayChange,
    });
    return this.cluster;
  }

  /**
   * For the lease itself: in less time than it runs, by any replica, and also while the program ends.
   * @throws ConfigError if there is no cluster
   */
  leases(): LeaseCalls {
    return withCallRecord(this.connect({ timeoutMs: leaseTimeoutMs }), this.bitbucketCalls);
  }

  /** What is left of this hour's calls to Bitbucket, the reserve included; undefined if no group needs any. */
  bitbucketCallsLeft({ groups, constants }: Config): { left: number; perHour: number } | undefined {
    if (!groups.some(({ service }) => service === 'bitbucket')) return undefined;
    const perHour = this.shareOf(constants);
    return { left: createBudget(perHour, this.options.clock, this.bitbucketCalls).left(), perHour };
  }

  /** Calls an hour to Bitbucket that this program may spend. */
  private shareOf(constants: Config['constants']): number {
    return sharesOf(constants)[this.options.program ?? 'controller'];
  }

  private readonly mayChange: MayChange = () => this.options.mayChange?.() ?? true;

  /** Asked again right before a call is sent, as getting credentials may have taken long. @throws ServiceError */
  private requireMayChange(service: string, operation: string): void {
    if (!this.mayChange()) throw standbyError(service, operation);
  }

  private connect(
    rest: Pick<KubernetesClientOptions, 'timeoutMs' | 'ending' | 'beforeChange'>,
  ): KubernetesClient {
    const { env, clock, random, onCall } = this.options;
    const path = readKubeconfigPath(env);
    const kubeconfig = path === undefined ? {} : { kubeconfig: { path } };
    const { proxies } = this;
    return createKubernetesClient({ ...kubeconfig, clock, random, onCall, proxies, ...rest });
  }
}
