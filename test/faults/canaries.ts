// Credentials that are words found nowhere else, and the search for them in what the programs let out.

import type { Env } from '../../core/environment.ts';
import { environmentOf, sandboxCredentials, type SandboxCredentials } from '../../sandbox/credentials.ts';

/** For doubles that accept the canaries. */
export const canaryCredentials: SandboxCredentials = {
  ...sandboxCredentials,
  consumer: { user: 'canary-consumer', password: 'canary-consumer-secret' },
  circleCiToken: 'canary-circle-token',
};

export const canaries: Env = {
  ...environmentOf(canaryCredentials),
  AWS_ACCESS_KEY_ID: 'canary-aws-key',
  AWS_SECRET_ACCESS_KEY: 'canary-aws-secret',
};

/** Of the kubeconfig. */
export const clusterToken = 'canary-cluster-token';

/** Names of keys and consumers are no secret. */
const secret = [
  canaries['BITBUCKET_OAUTH_CLIENT_SECRET'],
  canaries['CIRCLE_TOKEN'],
  canaries['AWS_SECRET_ACCESS_KEY'],
  clusterToken,
].filter((value) => value !== undefined);

/** As HTTP's basic authorization has them. */
const pair = `${canaries['BITBUCKET_OAUTH_CLIENT_ID']}:${canaries['BITBUCKET_OAUTH_CLIENT_SECRET']}`;

/** What was let out, by where: `logs`, `page` and so on. */
export type Output = Readonly<Record<string, string>>;

/** Secrets that a service hands out in an answer: they are canaries too. */
export function secretsIn(answer: string): string[] {
  return [...answer.matchAll(/"(?:secret|access_token)":\s*"([^"]{8,})"/g)].map(([, found = '']) => found);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** A complaint for each place and secret that shows there, as it is or in base64. @param handedOut see secretsIn */
export function leaks(output: Output, handedOut: Iterable<string>): string[] {
  const sought = [...secret, pair, ...handedOut];
  return Object.entries(output).flatMap(([place, text]) =>
    sought
      .filter((each) => text.includes(each) || text.includes(base64(each)))
      .map((each) => `the secret ${each.slice(0, 12)}… shows in ${place}`),
  );
}
