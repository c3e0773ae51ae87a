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

/** AWS's own variables, as its SDKs define them; what is not set here the SDK looks for itself. */
export interface AwsEnvironment {
  readonly endpoint?: string;
  readonly keys?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

function awsKeys(env: Env): AwsEnvironment['keys'] {
  const [accessKeyId, secretAccessKey, sessionToken, profile] = [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_PROFILE',
  ].map((name) => env[name] ?? '');
  if (!accessKeyId || !secretAccessKey || profile) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

export function readAws(env: Env): AwsEnvironment {
  const endpoint = given(env, 'AWS_ENDPOINT_URL_AUTO_SCALING', given(env, 'AWS_ENDPOINT_URL', ''));
  const keys = awsKeys(env);
  return { ...(endpoint === '' ? {} : { endpoint }), ...(keys === undefined ? {} : { keys }) };
}

/** This pod, by the downward API. */
export interface ReplicaEnvironment {
  readonly name: string;
  readonly namespace: string;
  readonly uid?: string;
}

/** From `POD_NAME`, `POD_NAMESPACE` and, if there is one, `POD_UID`; undefined outside of a cluster. */
export function readReplica(env: Env): ReplicaEnvironment | undefined {
  const [name, namespace] = [given(env, 'POD_NAME', ''), given(env, 'POD_NAMESPACE', '')];
  const uid = given(env, 'POD_UID', '');
  if (name === '' || namespace === '') return undefined;
  return { name, namespace, ...(uid === '' ? {} : { uid }) };
}
