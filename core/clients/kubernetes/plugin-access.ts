// Access by what only client-node knows: sign-in by OIDC, and SOCKS proxies. Loaded when needed, as it is large.

import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { proxyOf, type ClusterAccess } from './access.ts';
import type { ClusterEntry } from './kubeconfig-file.ts';

function isSocks({ cluster }: ClusterEntry): boolean {
  return cluster['proxy-url']?.startsWith('socks') === true;
}

export function needsPlugin(entry: ClusterEntry): boolean {
  const { 'auth-provider': provider } = entry.user;
  return isSocks(entry) || (provider !== undefined && provider !== null);
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

/** client-node's agent is used to get through a SOCKS proxy only: it keeps no connection open. */
export function pluginAccess(entry: ClusterEntry): ClusterAccess {
  let kubeconfig: Promise<KubeConfig> | undefined;
  let pending: Promise<RequestOptions> | undefined;
  const sign = async (): Promise<RequestOptions> => {
    kubeconfig ??= load(entry);
    const options: RequestOptions = {};
    await (await kubeconfig).applyToHTTPSOptions(options);
    if (!isSocks(entry)) delete options.agent;
    return options;
  };
  return {
    server: entry.cluster.server.replace(/\/+$/, ''),
    proxy: proxyOf(entry),
    // One sign-in for all calls that come at once.
    options() {
      pending ??= sign().finally(() => (pending = undefined));
      return pending;
    },
  };
}
