// One call to the API server: sent, checked, counted; reads are repeated when that may help. Writes are sent once, always.

import { ServiceError, StoppingError } from '../../errors.ts';
import type { Clock } from '../../process/clock.ts';
import { bounded, requireSendable, type CallKind, type Ending } from '../../process/ending.ts';
import { newExchange } from './exchange.ts';
import { failureOf, KubernetesError } from './failure.ts';
import { requestFor, type Content } from './request.ts';
import type { Target } from './target.ts';
import type { Send } from './transport.ts';

export interface CallRecord {
  readonly service: 'kubernetes';
  readonly operation: string;
  /** The HTTP status, or the kind of failure where no usable answer came. */
  readonly status: number | string;
  /** Real milliseconds. */
  readonly ms: number;
}

export interface CallerOptions {
  readonly send: Send;
  /** Of the API server, with the port, for messages. */
  readonly host: string;
  readonly clock: Clock;
  /** Real milliseconds that one attempt may take. */
  readonly timeoutMs: number;
  readonly onCall: ((call: CallRecord) => void) | undefined;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
  readonly ending: Ending;
  /** Called right before a call that changes something is sent. @throws if this process must no longer send it */
  readonly beforeChange: (operation: string) => void;
}

/** `accept` checks the answer and throws MalformedAnswer. */
export interface Call<T> extends Content {
  readonly target: Target;
  readonly accept: (answer: unknown) => T;
  /** True for one that completes something begun, or undoes it: it is still sent when the program is told to end. */
  readonly completes?: boolean | undefined;
}

/** Both throw a KubernetesError for everything but a usable answer, and a StoppingError when the program ends. */
export interface Caller {
  /** At most two more attempts after network failures, 5xx and 429. */
  read<T>(call: Call<T>): Promise<T>;
  write<T>(call: Call<T>): Promise<T>;
}

const mostRetries = 2;
const firstWaitMs = 250;
/** A server that asks for more is told to the caller at once, who has other groups to serve. */
const longestWaitMs = 10_000;

function worthRepeating({ failure, status = 0 }: KubernetesError): boolean {
  return failure === 'network' || (failure === 'status' && (status === 429 || status >= 500));
}

/** Milliseconds before the next attempt, or undefined for none. */
function waitBefore(error: unknown, retries: number, random: () => number): number | undefined {
  if (!(error instanceof KubernetesError) || retries >= mostRetries || !worthRepeating(error))
    return undefined;
  const spread = firstWaitMs * 2 ** retries * (0.5 + random());
  const wait = (error.retryAfterMs ?? 0) + spread;
  return wait > longestWaitMs ? undefined : wait;
}

async function attempt<T>(call: Call<T>, kind: CallKind, options: CallerOptions): Promise<T> {
  const { host, timeoutMs: limitMs, ending } = options;
  const { operation } = call.target;
  const beforeSending = (): void => {
    requireSendable(ending, kind);
    if (kind !== 'read') options.beforeChange(operation);
  };
  const exchange = newExchange({ host, limitMs, beforeSending });
  const began = performance.now();
  const count = (status: number | string): void =>
    options.onCall?.({ service: 'kubernetes', operation, status, ms: performance.now() - began });
  try {
    const request = requestFor(call.target, call);
    const answer = await bounded({ limitMs, ending, kind }, (limit) =>
      options.send(request, exchange, limit),
    );
    const value = call.accept(answer);
    count(exchange.status ?? 200);
    return value;
  } catch (error) {
    // Ours, not the API server's.
    if (error instanceof StoppingError || error instanceof ServiceError) throw error;
    if (isTooSlow(error)) exchange.timedOut = exchange.status === undefined;
    const failure = failureOf(call.target, exchange, error, options.clock.now());
    count(failure.failure === 'status' ? (failure.status ?? 0) : failure.failure);
    throw failure;
  }
}

function isTooSlow(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

export function createCaller(options: CallerOptions): Caller {
  async function read<T>(call: Call<T>, retries = 0): Promise<T> {
    try {
      return await attempt(call, 'read', options);
    } catch (error) {
      const wait = waitBefore(error, retries, options.random);
      if (wait === undefined) throw error;
      await options.clock.sleep(wait, options.ending.stopping);
    }
    return read(call, retries + 1);
  }
  return {
    read: (call) => read(call),
    write: (call) => attempt(call, call.completes === true ? 'completion' : 'change', options),
  };
}
