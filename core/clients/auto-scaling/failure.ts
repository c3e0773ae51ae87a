// Turns whatever went wrong with a call to AWS into a ServiceError that says what to do. It decides nothing.

import { ServiceError, type ServiceFailure } from '../../errors.ts';
import { trustAdvice } from '../way-out/trust.ts';
import { ProxyError } from '../way-out/tunnel.ts';
import { UnusableAnswer } from './group.ts';

/** A ServiceError of AWS that keeps AWS's own word for the refusal. */
export class AutoScalingError extends ServiceError {
  /** Such as `ValidationError`, `AccessDenied` or `ScalingActivityInProgressFault`. */
  readonly code: string;
  constructor(
    message: string,
    details: { operation: string; failure: ServiceFailure; code: string; status?: number | undefined },
  ) {
    super(message, { service: 'aws', ...details });
    this.name = 'AutoScalingError';
    this.code = details.code;
  }
}

export interface AwsCall {
  /** A stable word such as `describe-groups`. */
  readonly operation: string;
  /** What it concerns, for messages. */
  readonly about: string;
}

const longestQuote = 300;

/** Codes of AWS that mean: the same call may go through a little later. */
const passing = [
  /^ScalingActivityInProgress/,
  /^ResourceContention/,
  /^Throttl/,
  /^RequestLimitExceeded/,
  /^RequestThrottled/,
];

/** Whether it is worth asking again, within this look. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof AutoScalingError)) return false;
  if (passing.some((code) => code.test(error.code))) return true;
  return error.failure === 'network' || error.failure === 'timeout' || (error.status ?? 0) >= 500;
}

/** AWS has one code for all that is wrong with a request; that no group has the instance is told by its words only. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof AutoScalingError) || error.code !== 'ValidationError') return false;
  return /instance id not found/i.test(error.message);
}

const credentialCodes =
  /Credentials|InvalidClientTokenId|SignatureDoesNotMatch|ExpiredToken|UnrecognizedClient|AuthFailure/;
const accessCodes = /AccessDenied|UnauthorizedOperation/;
const neededFor: Readonly<Record<string, string>> = {
  'describe-activities': 'autoscaling:DescribeScalingActivities',
  'set-desired-capacity': 'autoscaling:SetDesiredCapacity for groups with the tag resource-class',
  'terminate-instance':
    'autoscaling:TerminateInstanceInAutoScalingGroup for groups with the tag resource-class',
};

function adviceFor(code: string, failure: ServiceFailure, operation: string): string {
  if (credentialCodes.test(code))
    return "Check the credentials that the AWS SDK finds, such as the service account's role.";
  if (accessCodes.test(code))
    return `Allow ${neededFor[operation] ?? 'autoscaling:DescribeAutoScalingGroups'}.`;
  if (code === 'ValidationError') return 'Check name, region, MinSize and MaxSize of the group.';
  if (failure === 'malformed')
    return 'Nothing was concluded from it. Check AWS_ENDPOINT_URL_AUTO_SCALING and proxies.';
  return trustAdvice(code) ?? 'It is tried again at the next look; if it lasts, check network and region.';
}

interface SdkError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** The SDK calls some of these time-outs, and some wrongly formed answers. */
const brokenOff = new Set<unknown>(['ECONNRESET', 'EPIPE']);
/** What the SDK adds for programmers. */
const hint = /\s*Deserialization error: to see the raw response.*$/;

/** A refusal carries AWS's code as its name; a broken connection only a system's code; a page of a proxy neither. */
function kindOf(error: SdkError): { failure: ServiceFailure; code: string; status?: number | undefined } {
  const status = error.$metadata?.httpStatusCode;
  const { code } = error;
  if (brokenOff.has(code)) return { failure: 'network', code: String(code) };
  if (error.name === 'TimeoutError') return { failure: 'timeout', code: error.name };
  if (
    error instanceof UnusableAnswer ||
    error.name === 'SyntaxError' ||
    /deserializ|XML|unexpected token/i.test(error.message)
  ) {
    return { failure: 'malformed', code: error.name, status };
  }
  if (status !== undefined && status >= 300) return { failure: 'status', code: error.name, status };
  return { failure: 'network', code: typeof code === 'string' ? code : error.name };
}

export function failureOf({ operation, about }: AwsCall, error: unknown): AutoScalingError {
  if (error instanceof AutoScalingError) return error;
  const cause = (error instanceof Error ? error : new Error(String(error))) as SdkError;
  if (cause instanceof ProxyError) {
    const text = `aws ${operation}, ${about}: ${cause.message}. ${cause.next}`;
    return new AutoScalingError(text, { operation, failure: 'network', code: cause.code });
  }
  const kind = kindOf(cause);
  const said = cause.message.replaceAll(/\s+/g, ' ').replace(hint, '').trim();
  const quoted = said.length > longestQuote ? `${said.slice(0, longestQuote)}…` : said;
  const status = kind.status === undefined ? '' : `HTTP ${kind.status}, `;
  const text = `aws ${operation}, ${about}: ${status}${kind.code}: ${quoted || 'no further word'}`;
  return new AutoScalingError(
    `${text.replace(/\.$/, '')}. ${adviceFor(kind.code, kind.failure, operation)}`,
    {
      operation,
      ...kind,
    },
  );
}
