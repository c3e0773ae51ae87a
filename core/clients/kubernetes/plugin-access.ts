// Access by what only client-node knows: programs that issue credentials (exec), OIDC, and proxies. Loaded when needed, as it is large.

import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { ClusterAccess } from './access.ts';
import type { ClusterEntry } from './kubeconfig-file.ts';

export function needsPlugin({ cluster, user }: ClusterEntry): boolean {
  const asked = [cluster['proxy-url'], user.exec, user['auth-provider']];
  return asked.some((value) => value !== undefined && value !== null);
}

/** client-node refuses plain http unless TLS verification is off; with http there is no TLS to verify. */
async function load({ cluster, user }: ClusterEntry): Promise<KubeConfig> {
  const client = await import('@kubernetes/client-node');
  const kubeconfig = new client.KubeConfig();
  const plainHttp = cluster.server.startsWith('http:') ? { 'insecure-skip-tls-verify': true } : {};
  const document = {
    'current-context': 'current',
    clusters: [{ name: 'current', cluster: { ...cluster, ...plainHttp } }],
    users: [{ name: 'current', user }],
    contexts: [{ name: 'current', context: { cluster: 'current', user: 'current' } }],
  };
  kubeconfig.loadFromString(JSON.stringify(document));
  return kubeconfig;
}

/** client-node's agent is used to get through a proxy only: it keeps no connection open. */
export function pluginAccess(entry: ClusterEntry): ClusterAccess {
  const { server, 'proxy-url': proxyUrl } = entry.cluster;
  let kubeconfig: Promise<KubeConfig> | undefined;
  return {
    server: server.replace(/\/+$/, ''),
    async options(): Promise<RequestOptions> {
      kubeconfig ??= load(entry);
      const options: RequestOptions = {};
      await (await kubeconfig).applyToHTTPSOptions(options);
      if (proxyUrl === undefined) delete options.agent;
      return options;
    },
  };
}
