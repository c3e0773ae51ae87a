// The Authorization header of Bitbucket calls: Basic, or an OAuth token that is fetched once and kept until it expires.

import type { BitbucketCredentials, Secret } from '../../credentials.ts';
import type { Clock } from '../../process/clock.ts';
import type { Authorization, Call } from '../http/call.ts';
import type { Mask } from '../http/mask.ts';
import { asFields, asPositiveNumber, asText, ShapeError } from '../http/shape.ts';
import type { Transport } from '../http/transport.ts';
import { understand } from '../http/understand.ts';
import { tokenAdvice } from './advice.ts';
import { agent } from './session.ts';

export interface AuthorizationParts {
  /** Asked for each call, as credentials may be rotated. */
  readonly credentials: () => BitbucketCredentials;
  readonly oauthUrl: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly mask: Mask;
}

export function createAuthorization(parts: AuthorizationParts): Authorization {
  const { credentials, mask } = parts;
  const tokens = oauth(parts);
  return {
    header() {
      const given = credentials();
      const header = basic(given, mask);
      return given.kind === 'oauth' ? tokens.header(header) : Promise.resolve(header);
    },
    renew(rejected) {
      const given = credentials();
      const header = basic(given, mask);
      if (given.kind === 'oauth') return tokens.renew(rejected, header);
      // Worth another attempt only if it was rotated while the call was under way.
      return Promise.resolve(header === rejected ? undefined : header);
    },
  };
}

function pairOf(credentials: BitbucketCredentials): [user: string, secret: Secret] {
  switch (credentials.kind) {
    case 'oauth':
      return [credentials.clientId, credentials.clientSecret];
    case 'api-token':
      return [credentials.email, credentials.token];
    case 'app-password':
      return [credentials.username, credentials.password];
  }
}

function basic(credentials: BitbucketCredentials, mask: Mask): string {
  const [user, secret] = pairOf(credentials);
  const encoded = Buffer.from(`${user}:${secret.reveal()}`).toString('base64');
  mask.keepRotating('credential', secret.reveal());
  mask.keepRotating('encoded credential', encoded);
  return `Basic ${encoded}`;
}

function fixed(header: string): Authorization {
  return { header: () => Promise.resolve(header) };
}

interface Token {
  readonly header: string;
  /** Milliseconds since the epoch, some time before it really expires. */
  readonly goodUntil: number;
}

/** What one consumer, known by its header, was given: a token, or one that is being fetched. */
interface Issue {
  readonly basicHeader: string;
  current: Token | undefined;
  pending: Promise<Token> | undefined;
}

interface Tokens {
  header(basicHeader: string): Promise<string>;
  renew(rejected: string, basicHeader: string): Promise<string>;
}

function oauth(parts: AuthorizationParts): Tokens {
  let latest: Issue | undefined;
  /** Tokens of another consumer are dropped, even if they have not expired. */
  const issueTo = (basicHeader: string): Issue => {
    if (latest?.basicHeader !== basicHeader) latest = { basicHeader, current: undefined, pending: undefined };
    return latest;
  };
  const fetchOnce = async (issue: Issue): Promise<string> => {
    issue.pending ??= fetchToken(parts, issue.basicHeader).finally(() => (issue.pending = undefined));
    issue.current = await issue.pending;
    return issue.current.header;
  };
  const header = (basicHeader: string): Promise<string> => {
    const issue = issueTo(basicHeader);
    const { current } = issue;
    const good = current !== undefined && parts.clock.now() < current.goodUntil;
    return good ? Promise.resolve(current.header) : fetchOnce(issue);
  };
  return {
    header,
    renew(rejected, basicHeader) {
      const issue = issueTo(basicHeader);
      // Another call may have renewed it already.
      if (issue.current?.header === rejected) issue.current = undefined;
      return header(basicHeader);
    },
  };
}

/** RFC 6749, 4.4. Bitbucket wants a private consumer with a callback URL for this grant. */
async function fetchToken(parts: AuthorizationParts, basicHeader: string): Promise<Token> {
  const { transport, oauthUrl, clock, mask } = parts;
  const call: Call = {
    operation: 'get-token',
    about: 'OAuth consumer',
    repeatable: true,
    // A call that completes something may need it.
    completes: true,
    essential: true,
    confidential: true,
    authorization: fixed(basicHeader),
  };
  const askedAt = clock.now();
  const headers = { ...agent, 'content-type': 'application/x-www-form-urlencoded' };
  const body = 'grant_type=client_credentials';
  const answer = await transport.send({ method: 'POST', url: oauthUrl, headers, body }, call);
  if (answer.status < 200 || answer.status >= 300) {
    const what = `HTTP ${answer.status}`;
    throw transport.fault(call, { failure: 'status', what, answer, next: tokenAdvice(answer.status) });
  }
  const { token, lifeMs } = understand(answer, { call, fault: transport.fault, read: readToken });
  mask.keep('access token', token);
  // A short margin, so that it does not expire on the way; shorter still for a token that lives seconds.
  return { header: `Bearer ${token}`, goodUntil: askedAt + lifeMs - Math.min(60_000, lifeMs / 10) };
}

function readToken(body: unknown): { token: string; lifeMs: number } {
  const fields = asFields(body, 'the answer');
  const token = asText(fields['access_token'], 'access_token');
  // `fetch` quotes a header that it cannot send.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new ShapeError('access_token holds characters no header can carry');
  return { token, lifeMs: asPositiveNumber(fields['expires_in'], 'expires_in') * 1000 };
}
