// The only file that knows the names of environment variables, credentials aside (credentials.ts). It reads a record, not the process.

import type { Problem } from './errors.ts';

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

/** Of each variable that holds a URL: where the program goes when it is not set. */
const urls = {
  BITBUCKET_API_URL: 'https://api.bitbucket.org',
  BITBUCKET_OAUTH_URL: 'https://bitbucket.org/site/oauth2/access_token',
  CIRCLECI_RUNNER_API_URL: 'https://runner.circleci.com/api/v3',
  AWS_ENDPOINT_URL_AUTO_SCALING: "AWS's own address",
  AWS_ENDPOINT_URL: "AWS's own addresses",
} as const;

/** Values of LOG_LEVEL. */
export const logLevels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

function isUsable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return (protocol === 'https:' || protocol === 'http:') && username + password === '';
}

function problemAt(path: string, message: string): Problem {
  return { file: 'environment', line: 1, column: 1, path, message };
}

/** Variables whose values can not be used, credentials and proxies aside. Values are not quoted: a URL may hold a password. */
export function environmentProblems(env: Env): readonly Problem[] {
  const problems = Object.entries(urls).flatMap(([name, usual]) => {
    const value = given(env, name, '');
    if (value === '' || isUsable(value)) return [];
    const form = 'write it as https://HOST:PORT/PATH, without user name and password';
    return [problemAt(name, `is not a URL that can be used: ${form}; without the variable it is ${usual}`)];
  });
  if (logLevels.includes(readLogLevel(env))) return problems;
  return [...problems, problemAt('LOG_LEVEL', 'is not a level: set it to debug, info, warn or error')];
}

/** Where the vendors' APIs are; each may be moved for a proxy, a CircleCI Server or a test. */
export function readEndpoints(env: Env): Endpoints {
  return {
    bitbucketApiUrl: given(env, 'BITBUCKET_API_URL', urls.BITBUCKET_API_URL),
    bitbucketOauthUrl: given(env, 'BITBUCKET_OAUTH_URL', urls.BITBUCKET_OAUTH_URL),
    circleCiRunnerApiUrl: given(env, 'CIRCLECI_RUNNER_API_URL', urls.CIRCLECI_RUNNER_API_URL),
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

/** What a pod knows of itself by the downward API and by what Kubernetes sets in every pod; each may be missing. */
export interface PodEnvironment {
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly uid: string | undefined;
  /** `pod`: Kubernetes says so, and no `KUBECONFIG` leads to another cluster. */
  readonly place: 'pod' | 'pod-with-kubeconfig' | 'elsewhere';
}

/** From `POD_NAME`, `POD_NAMESPACE`, `POD_UID`, and `KUBERNETES_SERVICE_HOST`, which Kubernetes sets. */
export function readPod(env: Env): PodEnvironment {
  const [name, namespace, uid] = ['POD_NAME', 'POD_NAMESPACE', 'POD_UID'].map(
    (variable) => given(env, variable, '') || undefined,
  );
  const isPod = given(env, 'KUBERNETES_SERVICE_HOST', '') !== '';
  const inPod = readKubeconfigPath(env) === undefined ? 'pod' : 'pod-with-kubeconfig';
  return { name, namespace, uid, place: isPod ? inPod : 'elsewhere' };
}

/** `NODE_NAME`, by the downward API; undefined where the manifest does not hand it over. */
export function readNodeName(env: Env): string | undefined {
  return given(env, 'NODE_NAME', '') || undefined;
}
