// The only file that knows the names of environment variables, credentials aside (credentials.ts). It reads a record, not the process.

export type Env = Readonly<Record<string, string | undefined>>;

export interface Endpoints {
  readonly bitbucketApiUrl: string;
  readonly bitbucketOauthUrl: string;
  readonly circleCiRunnerApiUrl: string;
}

function given(env: Env, name: string, otherwise: string): string {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? otherwise : value.replace(/\/+$/, '');
}

/** Where the vendors' APIs are; each may be moved for a proxy, a CircleCI Server or a test. */
export function readEndpoints(env: Env): Endpoints {
  return {
    bitbucketApiUrl: given(env, 'BITBUCKET_API_URL', 'https://api.bitbucket.org'),
    bitbucketOauthUrl: given(env, 'BITBUCKET_OAUTH_URL', 'https://bitbucket.org/site/oauth2/access_token'),
    circleCiRunnerApiUrl: given(env, 'CIRCLECI_RUNNER_API_URL', 'https://runner.circleci.com/api/v3'),
  };
}

/** `LOG_LEVEL`; info if left out. */
export function readLogLevel(env: Env): string {
  return given(env, 'LOG_LEVEL', 'info').toLowerCase();
}

/** `KUBECONFIG`; undefined leaves the choice to the usual rules (in a cluster, the service account). */
export function readKubeconfigPath(env: Env): string | undefined {
  const path = given(env, 'KUBECONFIG', '');
  return path === '' ? undefined : path;
}
