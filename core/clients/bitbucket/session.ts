// What every operation of the Bitbucket client shares: how to ask, whom to name in errors, what a bad status means.

import type createClient from 'openapi-fetch';
import type { BitbucketCredentials } from '../../credentials.ts';
import { scopeKey, type Scope } from '../../config/config.ts';
import type { ServiceError } from '../../errors.ts';
import type { Authorization, Call, HttpAnswer } from '../http/call.ts';
import type { Transport } from '../http/transport.ts';
import { asFields, asText } from '../http/shape.ts';
import { understand } from '../http/understand.ts';
import { statusAdvice } from './advice.ts';
import type { paths } from './schema.generated.ts';

export type Flavour = 'internal' | 'public';

/** Headers of every request. */
export const agent = { accept: 'application/json', 'user-agent': 'runner-autoscaler' } as const;

export interface Session {
  readonly flavour: Flavour;
  /** Of the API; credentials go nowhere else. */
  readonly origin: string;
  /** Of the credentials that are in force now, for advice. */
  readonly kind: () => BitbucketCredentials['kind'];
  readonly api: ReturnType<typeof createClient<paths>>;
  readonly transport: Transport;
  readonly authorization: Authorization;
}

export type SessionFetch = (request: Request) => Promise<Response>;

/** Calls concern a scope, or one runner of it. */
export function callFor(
  session: Session,
  scope: Scope,
  { runnerId, ...rest }: Omit<Call, 'about' | 'authorization'> & { readonly runnerId?: string },
): Call {
  const owner = `${scope.repository === undefined ? 'workspace' : 'repository'} ${scopeKey(scope)}`;
  const about = runnerId === undefined ? owner : `runner ${runnerId} of ${owner}`;
  return { ...rest, about, authorization: session.authorization };
}

/**
 * Sends what openapi-fetch builds. It only checks and spells the request: its own reading of answers would take an empty
 * body for success and throw a SyntaxError at a login page, so it is handed an empty answer and the real one is ours.
 * @throws ServiceError
 */
export async function ask(
  session: Session,
  call: Call,
  build: (fetch: SessionFetch) => Promise<unknown>,
): Promise<HttpAnswer> {
  let answer: HttpAnswer | undefined;
  await build(async (request) => {
    const { method, url } = request;
    const body = request.body === null ? undefined : await request.text();
    const headers = { ...agent, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    answer = await session.transport.send({ method, url, headers, body }, call);
    return new Response(null, { status: 204 });
  });
  if (answer === undefined) throw new TypeError('the request was never sent');
  return answer;
}

/** The error for a status that the operation has no use for. */
export function statusFault(session: Session, call: Call, answer: HttpAnswer): ServiceError {
  const what = `HTTP ${answer.status}`;
  const next = statusAdvice(answer.status, session.kind());
  return session.transport.fault(call, { failure: 'status', what, answer, next });
}

export function isGood({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}

/** Reads a good answer. @throws ServiceError `status` for any other, `malformed` for one of another shape */
export function readGood<T>(
  session: Session,
  answer: HttpAnswer,
  { call, read }: { call: Call; read: (body: unknown) => T },
): T {
  if (!isGood(answer)) throw statusFault(session, call, answer);
  return understand(answer, { call, fault: session.transport.fault, read });
}

/**
 * True for a 404 that is Bitbucket's own: only then is the thing gone. A proxy's page says nothing about it.
 * @throws ServiceError `malformed` for any other 404
 */
export function isGone(session: Session, call: Call, answer: HttpAnswer): boolean {
  if (answer.status !== 404) return false;
  if (isOwnError(answer.text)) return true;
  throw session.transport.fault(call, {
    failure: 'malformed',
    what: 'HTTP 404, but not in the form of a Bitbucket error',
    answer,
    next: 'Nothing was concluded from it. Check BITBUCKET_API_URL, and that no proxy answers instead.',
  });
}

/** Gateways also send JSON, but not `{error: {message}}`. */
function isOwnError(text: string): boolean {
  try {
    asText(asFields(asFields(JSON.parse(text), 'body')['error'], 'error')['message'], 'message');
    return true;
  } catch {
    return false;
  }
}
