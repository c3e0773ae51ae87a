// The credentials that the sandbox's doubles accept, and the environment in which the programs find theirs. Values only.

import type { Env } from '../core/environment.ts';
import type { AcceptedCredentials, BasicPair } from './bitbucket/accounts.ts';

export interface SandboxCredentials {
  /** `user` is the client id. */
  readonly consumer: BasicPair;
  /** `user` is the e-mail address of the account. */
  readonly apiToken: BasicPair;
  readonly appPassword: BasicPair;
  readonly circleCiToken: string;
}

export const sandboxCredentials: SandboxCredentials = {
  consumer: { user: 'sandbox-consumer', password: 'sandbox-secret' },
  apiToken: { user: 'sandbox@example.com', password: 'sandbox-api-token' },
  appPassword: { user: 'sandbox', password: 'sandbox-app-password' },
  circleCiToken: 'sandbox-token',
};

export function acceptedByBitbucket({
  consumer,
  apiToken,
  appPassword,
}: SandboxCredentials): AcceptedCredentials {
  return { consumers: [consumer], basic: [apiToken, appPassword] };
}

/** Of programs that sign in to Bitbucket as the OAuth consumer, and to CircleCI by the token. */
export function environmentOf({ consumer, circleCiToken }: SandboxCredentials): Env {
  return {
    BITBUCKET_OAUTH_CLIENT_ID: consumer.user,
    BITBUCKET_OAUTH_CLIENT_SECRET: consumer.password,
    CIRCLE_TOKEN: circleCiToken,
  };
}
