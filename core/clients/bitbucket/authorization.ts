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
  readonly credentials: BitbucketCredentials;
  readonly oauthUrl: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly mask: Mask;
}

export function createAuthorization(parts: AuthorizationParts): Authorization {
  const { credentials, mask } = parts;
  switch (credentials.kind) {
    case 'oauth':
      return oauth(parts, basic(credentials.clientId, credentials.clientSecret, mask));
    case 'api-token':
      return fixed(basic(credentials.email, credentials.token, mask));
    case 'app-password':
      return fixed(basic(credentials.username, credentials.password, mask));
  }
}

function basic(user: string, secret: Secret, mask: Mask): string {
  const encoded = Buffer.from(`${user}:${secret.reveal()}`).toString('base64');
  mask.keep('credential', secret.reveal());
  mask.keep('encoded credential', encoded);
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

function oauth(parts: AuthorizationParts, basicHeader: string): Authorization {
  let current: Token | undefined;
  let pending: Promise<Token> | undefined;
  const fetchOnce = async (): Promise<string> => {
    pending ??= fetchToken(parts, basicHeader).finally(() => (pending = undefined));
    current = await pending;
    return current.header;
  };
  const header = (): Promise<string> => {
    const good = current !== undefined && parts.clock.now() < current.goodUntil;
    return good && current !== undefined ? Promise.resolve(current.header) : fetchOnce();
  };
  return {
    header,
    renew(rejected) {
      // Another call may have renewed it already.
      if (current?.header === rejected) current = undefined;
      return header();
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
