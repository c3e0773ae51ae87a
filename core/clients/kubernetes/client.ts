// The Kubernetes client: every call that the programs make to a cluster. Lists rather than watches, so memory stays low.

import type { Clock } from '../../process/clock.ts';
import type { ProxyRules } from '../../process/proxy.ts';
import { neverEnding, type Ending } from '../../process/ending.ts';
import { createCaller, type CallRecord } from './call.ts';
import { jobCalls, type JobCalls } from './jobs.ts';
import { loadKubeconfig, type KubeconfigSource } from './kubeconfig.ts';
import { leaseCalls, type LeaseCalls } from './leases.ts';
import { nodeCalls, type NodeCalls } from './nodes.ts';
import { reviewCalls, type ReviewCalls } from './reviews.ts';
import { secretCalls, type SecretCalls } from './secrets.ts';
import { surroundingCalls, type SurroundingCalls } from './surroundings.ts';
import { createSend } from './transport.ts';

/**
 * Every failure is a ServiceError of service `kubernetes` (a KubernetesError, with the API server's `reason`).
 * Lists are complete or throw. Writes are sent once: when an answer was lost, ask before creating again; a
 * repeated creation gives status 409, reason `AlreadyExists`.
 */
export interface KubernetesClient
  extends JobCalls, SecretCalls, SurroundingCalls, LeaseCalls, ReviewCalls, NodeCalls {
  /** The API server's address, for messages. */
  readonly server: string;
}

export interface KubernetesClientOptions {
  readonly kubeconfig?: KubeconfigSource | undefined;
  /** Paces retries and reads dates of `Retry-After`. */
  readonly clock: Clock;
  /** Real milliseconds for one attempt; 10,000 if left out. */
  readonly timeoutMs?: number | undefined;
  /** Every request goes directly, if left out. */
  readonly proxies?: ProxyRules | undefined;
  /** Told of every attempt, retries included. */
  readonly onCall?: ((call: CallRecord) => void) | undefined;
  /** In [0, 1); spreads retries. */
  readonly random?: (() => number) | undefined;
  /** Of the program; never, if left out. */
  readonly ending?: Ending | undefined;
  /** Called right before a call that changes something is sent. @throws if this process must no longer send it */
  readonly beforeChange?: ((operation: string) => void) | undefined;
}

const defaultTimeoutMs = 10_000;

/** Makes no call. Throws a ConfigError when no cluster is configured. */
export function createKubernetesClient(options: KubernetesClientOptions): KubernetesClient {
  const { clock, timeoutMs = defaultTimeoutMs, onCall, random = Math.random } = options;
  const { ending = neverEnding, beforeChange = () => undefined } = options;
  const access = loadKubeconfig(options.kubeconfig ?? {}, clock);
  const send = createSend(access, { proxies: options.proxies, timeoutMs });
  const { host } = new URL(access.server);
  const caller = createCaller({ send, host, clock, timeoutMs, onCall, random, ending, beforeChange });
  return {
    server: access.server,
    ...jobCalls(caller),
    ...secretCalls(caller),
    ...surroundingCalls(caller),
    ...leaseCalls(caller),
    ...reviewCalls(caller),
    ...nodeCalls(caller),
  };
}
