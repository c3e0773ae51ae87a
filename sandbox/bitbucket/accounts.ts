// Who may call the double: OAuth consumers, Basic accounts, bearer tokens and when those expire. No HTTP, no world.

import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/process/clock.ts';
import { errorAnswer, type Answer, type Request } from './answer.ts';

export interface BasicPair {
  readonly user: string;
  readonly password: string;
}

/** What is accepted. A kind that is left out is refused altogether. */
export interface AcceptedCredentials {
  /** OAuth consumers: `user` is the client id. */
  readonly consumers?: readonly BasicPair[];
  /** Account email with API token, or user name with app password. */
  readonly basic?: readonly BasicPair[];
  /** Access tokens that are sent as bearer and never expire. */
  readonly accessTokens?: readonly string[];
}

export interface AccountOptions {
  readonly clock: Clock;
  /** Left out: any well-formed consumer and Basic account. */
  readonly credentials?: AcceptedCredentials | undefined;
  readonly tokenLifetimeMs: number;
}

/** Whose request it is (the key of its rate limit), or why it is refused. */
export type Caller = { readonly credential: string } | { readonly refused: Answer };

const unusable = 'Token is invalid, expired, or not supported for this endpoint.';
const expired = 'Access token expired. Use your refresh token to obtain a new access token.';

function readBasic(authorization: string): BasicPair | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const password = rest.join(':');
  return user === '' || password === '' ? undefined : { user, password };
}

function isAmong(pair: BasicPair, accepted: readonly BasicPair[] = []): boolean {
  return accepted.some(({ user, password }) => user === pair.user && password === pair.password);
}

function oauthError(error: string, description: string): Answer {
  return { status: 400, body: { error, error_description: description } };
}

export class Accounts {
  private readonly options: AccountOptions;
  /** While it is true, every credential is refused, as if others had taken the place of all. */
  areWithdrawn = false;
  private readonly tokens = new Map<string, { readonly consumer: string; readonly expiresAt: number }>();

  constructor(options: AccountOptions) {
    this.options = options;
  }

  /** The answer to `POST /site/oauth2/access_token`. */
  grant({ authorization, text }: Request): Answer {
    const pair = readBasic(authorization);
    if (pair === undefined || !this.accepts(pair, 'consumers'))
      return oauthError('unauthorized_client', 'Invalid OAuth client credentials');
    if (new URLSearchParams(text).get('grant_type') !== 'client_credentials')
      return oauthError('unsupported_grant_type', 'This double grants client_credentials only');
    const token = randomBytes(24).toString('base64url');
    const { clock, tokenLifetimeMs } = this.options;
    this.tokens.set(token, { consumer: pair.user, expiresAt: clock.now() + tokenLifetimeMs });
    const expiresIn = Math.floor(tokenLifetimeMs / 1000);
    return {
      status: 200,
      body: {
        access_token: token,
        token_type: 'bearer',
        expires_in: expiresIn,
        scopes: 'account runner:write',
      },
    };
  }

  /** Every bearer token handed out so far stops working, as if it had expired. */
  expireTokens(): void {
    for (const [token, { consumer }] of this.tokens) this.tokens.set(token, { consumer, expiresAt: 0 });
  }

  identify({ authorization }: Request): Caller {
    if (authorization === '') return { refused: errorAnswer(401, 'Authentication required') };
    const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (bearer !== undefined) return this.byToken(bearer);
    const pair = readBasic(authorization);
    if (pair !== undefined && this.accepts(pair, 'basic')) return { credential: `basic ${pair.user}` };
    return { refused: errorAnswer(401, unusable) };
  }

  private byToken(token: string): Caller {
    const { clock, credentials } = this.options;
    if (this.areWithdrawn) return { refused: errorAnswer(401, unusable) };
    if (credentials?.accessTokens?.includes(token) === true) return { credential: `token ${token}` };
    const known = this.tokens.get(token);
    if (known === undefined) return { refused: errorAnswer(401, unusable) };
    if (known.expiresAt <= clock.now()) return { refused: errorAnswer(401, expired) };
    return { credential: `consumer ${known.consumer}` };
  }

  private accepts(pair: BasicPair, kind: 'consumers' | 'basic'): boolean {
    const { credentials } = this.options;
    if (this.areWithdrawn) return false;
    return credentials === undefined || isAmong(pair, credentials[kind]);
  }
}
