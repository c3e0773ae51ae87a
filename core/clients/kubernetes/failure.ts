// Turns whatever went wrong with a call into one error that says what to do. It never quotes headers, bodies or causes.

import { ServiceError, type ServiceFailure } from '../../errors.ts';
import { trustAdvice } from '../way-out/trust.ts';
import { ProxyError } from '../way-out/tunnel.ts';
import { adviceFor } from './advice.ts';
import type { Exchange } from './exchange.ts';
import { readStatus, type Status } from './status.ts';
import { describe, type Target } from './target.ts';

/** A ServiceError of the cluster that keeps the API server's own word for the refusal. */
export class KubernetesError extends ServiceError {
  /** Such as `NotFound`, `AlreadyExists` or `Conflict`; undefined when no Status came. */
  readonly reason: string | undefined;
  /** The object that the refusal is about; `namespaces` as its kind when the namespace is missing. */
  readonly about: { readonly kind: string | undefined; readonly name: string | undefined };
  constructor(message: string, details: FailureDetails, status?: Status) {
    super(message, { service: 'kubernetes', ...details });
    this.name = 'KubernetesError';
    this.reason = status?.reason;
    this.about = { kind: status?.kind, name: status?.name };
  }
}

interface FailureDetails {
  readonly operation: string;
  readonly failure: ServiceFailure;
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** Thrown by the checks of an answer; its text is ours and may be shown. */
export class MalformedAnswer extends Error {}

/** Thrown by access that runs a program for its credentials; its text is ours, and holds none of them. */
export class PluginError extends Error {}

const longestQuote = 300;

function quote(message: string, secrets: readonly string[] = []): string {
  const shown = secrets
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '[redacted]'), message);
  const short = shown.replaceAll(/\s+/g, ' ').trim();
  return short.length > longestQuote ? `${short.slice(0, longestQuote)}…` : short;
}

/** Milliseconds; `Retry-After` is seconds or an HTTP date (RFC 9110), which is compared with `now`. */
function retryAfterMs(exchange: Exchange, status: Status | undefined, now: number): number | undefined {
  const written = exchange.retryAfter?.trim() ?? '';
  if (/^\d+$/.test(written)) return Number(written) * 1000;
  const date = Date.parse(written);
  if (!Number.isNaN(date)) return Math.max(0, date - now);
  return status?.retryAfterSeconds === undefined ? undefined : status.retryAfterSeconds * 1000;
}

function refused(target: Target, exchange: Exchange, code: number, now: number): KubernetesError {
  const status = readStatus(exchange.text);
  const unsaid = `without a Status, so perhaps not by it but by another program at ${exchange.host}`;
  const said = quote(status?.message ?? '', target.secrets) || unsaid;
  const details = { operation: target.operation, status: code, failure: 'status' } as const;
  return new KubernetesError(
    `${describe(target)}: the API server answered ${code}: ${said}. ${adviceFor(target, code, status)}`,
    { ...details, retryAfterMs: retryAfterMs(exchange, status, now) },
    status,
  );
}

const authorities = 'certificate-authority of the kubeconfig';
const unsendable =
  'not sent, as no header can carry the credentials: they hold a line break or an unusual character. Check the user of the kubeconfig.';
const unreachable = 'Check its address and that the network lets us reach it';

/** The code of a system or TLS error; their messages may hold header values, so they are not shown. */
function codeOf(error: unknown): string {
  const causes = [error, error instanceof Error ? error.cause : undefined];
  const codes = causes.map((cause) => (cause as { code?: unknown } | undefined)?.code);
  return codes.find((code) => typeof code === 'string') ?? 'the connection failed';
}

/** For a request that never reached the API server, if that is known. */
function unsent(target: Target, exchange: Exchange, error: unknown): KubernetesError | undefined {
  const { operation } = target;
  const what = describe(target);
  const fail = (text: string, failure: ServiceFailure = 'network'): KubernetesError =>
    new KubernetesError(`${what}: ${text}`, { operation, failure });
  if (error instanceof ProxyError) return fail(`${error.message}. ${error.next}`);
  if (error instanceof PluginError) return fail(error.message);
  if (exchange.sent) return undefined;
  if (!exchange.timedOut)
    return fail(
      "no credentials for the API server. Check the user of the kubeconfig, or the service account's token.",
    );
  const advice =
    'Run the program or sign-in that the kubeconfig names for its user, and see how long it takes.';
  return fail(`no credentials for the API server within ${exchange.limitMs} ms. ${advice}`, 'timeout');
}

/** The error of a call that gave no usable answer. `now` is milliseconds since the epoch. */
export function failureOf(target: Target, exchange: Exchange, error: unknown, now: number): KubernetesError {
  const { operation } = target;
  const what = describe(target);
  const early = unsent(target, exchange, error);
  if (early !== undefined) return early;
  if (exchange.timedOut) {
    const text = `${what}: the API server ${exchange.host} did not answer within ${exchange.limitMs} ms. ${unreachable}.`;
    return new KubernetesError(text, { operation, failure: 'timeout' });
  }
  const { status } = exchange;
  if (status === undefined) {
    const code = codeOf(error);
    if (code === 'ERR_INVALID_CHAR' || code === 'ERR_INVALID_HTTP_TOKEN')
      return new KubernetesError(`${what}: ${unsendable}`, { operation, failure: 'network' });
    const advice = trustAdvice(code, authorities) ?? `${unreachable}.`;
    const text = `${what}: no answer from the API server ${exchange.host} (${code}). ${advice}`;
    return new KubernetesError(text, { operation, failure: 'network' });
  }
  if (status < 200 || status > 299) return refused(target, exchange, status, now);
  const why = error instanceof MalformedAnswer ? error.message : 'it is not the JSON that was asked for';
  const text = `${what}: the answer (${status}) cannot be used: ${why}. Check that ${exchange.host} is an API server.`;
  return new KubernetesError(text, { operation, failure: 'malformed', status });
}
