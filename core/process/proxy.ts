// Lets every request honour HTTPS_PROXY, HTTP_PROXY and NO_PROXY. Extra CAs come by NODE_EXTRA_CA_CERTS, which Node reads itself.

import http from 'node:http';
import type { Env } from '../environment.ts';

type SetProxy = (env: Env) => unknown;

/** Must run before the first request. Does nothing where no proxy is set. */
export function honourProxy(env: Env): void {
  const wanted = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some(
    (name) => (env[name] ?? '') !== '',
  );
  const { setGlobalProxyFromEnv } = http as unknown as { setGlobalProxyFromEnv?: SetProxy };
  if (wanted) setGlobalProxyFromEnv?.(env);
}
