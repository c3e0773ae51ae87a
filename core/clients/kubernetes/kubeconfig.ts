// Finds the cluster and its credentials: a given file, KUBECONFIG, the pod's service account, then ~/.kube/config. No call is made.

import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Clock } from '../../process/clock.ts';
import { plainAccess, type ClusterAccess } from './access.ts';
import { exists, readKubeconfigFiles, refuse, type ClusterEntry } from './kubeconfig-file.ts';
import { needsPlugin, pluginAccess } from './plugin-access.ts';

/** Where the cluster is; everything left out is looked for in the usual places. */
export interface KubeconfigSource {
  /** A kubeconfig file, or several as in KUBECONFIG. */
  readonly path?: string | undefined;
  /** The API server's address instead of a file; `http:` is meant for loopback. */
  readonly server?: string | undefined;
  /** Bearer token for `server`. */
  readonly token?: string | undefined;
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/#directly-accessing-the-rest-api */
function fromServiceAccount(host: string, port: string): ClusterEntry {
  const address = host.includes(':') ? `[${host}]` : host;
  return {
    cluster: { server: `https://${address}:${port}`, 'certificate-authority': `${serviceAccount}/ca.crt` },
    user: { tokenFile: `${serviceAccount}/token` },
  };
}

function fromEnvironment(env: NodeJS.ProcessEnv): ClusterEntry {
  const {
    KUBECONFIG: path = '',
    KUBERNETES_SERVICE_HOST: host = '',
    KUBERNETES_SERVICE_PORT: port = '443',
  } = env;
  if (path !== '') return fromFiles(path);
  if (host !== '' && exists(`${serviceAccount}/token`)) return fromServiceAccount(host, port);
  const file = join(homedir(), '.kube', 'config');
  if (exists(file)) return fromFiles(file);
  return refuse(file, 'no cluster is known: set KUBECONFIG, or run in a pod with a service account');
}

function fromFiles(path: string): ClusterEntry {
  return readKubeconfigFiles(path.split(delimiter).filter(Boolean));
}

function find({ path, server, token }: KubeconfigSource): ClusterEntry {
  if (server !== undefined) return { cluster: { server }, user: token === undefined ? {} : { token } };
  return path === undefined ? fromEnvironment(process.env) : fromFiles(path);
}

/** Throws a ConfigError that names the file when nothing usable is found. */
export function loadKubeconfig(source: KubeconfigSource, clock: Clock): ClusterAccess {
  const entry = find(source);
  return needsPlugin(entry) ? pluginAccess(entry) : plainAccess(entry, clock);
}
