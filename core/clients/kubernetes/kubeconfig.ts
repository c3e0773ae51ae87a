// Finds the cluster and its credentials: a given file, KUBECONFIG, the pod's service account, then ~/.kube/config. No call is made.

import { accessSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { ConfigError } from '../../errors.ts';

/** Where the cluster is; everything left out is looked for in the usual places. */
export interface KubeconfigSource {
  /** A kubeconfig file. */
  readonly path?: string | undefined;
  /** The API server's address instead of a file; `http:` is meant for loopback. */
  readonly server?: string | undefined;
  /** Bearer token for `server`. */
  readonly token?: string | undefined;
}

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

function exists(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}

function refuse(file: string, message: string): never {
  throw new ConfigError([{ file, line: 1, column: 1, path: '', message }]);
}

/** The parser's own message may quote the file, which holds keys; so it is not passed on. */
function fromFile(kubeconfig: KubeConfig, file: string, load: () => void): void {
  if (!exists(file)) refuse(file, 'this kubeconfig cannot be read: correct the path or its permissions');
  try {
    load();
  } catch {
    refuse(file, 'this is not a valid kubeconfig: write it anew, or point KUBECONFIG to another');
  }
  if (!kubeconfig.getCurrentCluster()) refuse(file, 'current-context names no cluster: choose a context');
}

function fromEnvironment(kubeconfig: KubeConfig, env: NodeJS.ProcessEnv): void {
  const [first] = (env['KUBECONFIG'] ?? '').split(':').filter(Boolean);
  if (first !== undefined) return fromFile(kubeconfig, first, () => kubeconfig.loadFromDefault());
  if (env['KUBERNETES_SERVICE_HOST'] && exists(serviceAccountToken)) return kubeconfig.loadFromCluster();
  const file = join(homedir(), '.kube', 'config');
  if (exists(file)) return fromFile(kubeconfig, file, () => kubeconfig.loadFromFile(file));
  refuse(file, 'no cluster is known: set KUBECONFIG, or run in a pod with a service account');
}

/** client-node 2 refuses plain http unless TLS verification is off; with http there is no TLS to verify. */
function allowPlainHttp(kubeconfig: KubeConfig): void {
  kubeconfig.clusters = kubeconfig.clusters.map((cluster) =>
    cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
  );
}

/** Throws a ConfigError that names the file when nothing usable is found. */
export function loadKubeconfig(source: KubeconfigSource = {}): KubeConfig {
  const kubeconfig = new KubeConfig();
  const { path, server, token } = source;
  if (server !== undefined) {
    const user = { name: 'user', ...(token === undefined ? {} : { token }) };
    kubeconfig.loadFromClusterAndUser({ name: 'cluster', server, skipTLSVerify: false }, user);
  } else if (path !== undefined) {
    fromFile(kubeconfig, path, () => kubeconfig.loadFromFile(path));
  } else {
    fromEnvironment(kubeconfig, process.env);
  }
  allowPlainHttp(kubeconfig);
  return kubeconfig;
}
