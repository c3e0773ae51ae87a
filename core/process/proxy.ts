// Says which proxy a request has to take, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY. It sends nothing, and shows no password.

import http from 'node:http';
import type { Env } from '../environment.ts';
import { ConfigError } from '../errors.ts';
import { createExceptions } from './no-proxy.ts';

export interface Proxy {
  /** With the credentials, so it must not be shown. */
  readonly url: URL;
  /** Where it is set, for messages: a variable, or a key of a kubeconfig. */
  readonly namedBy: string;
}

export interface ProxyRules {
  /** Undefined: the request goes there directly. */
  proxyFor(target: URL): Proxy | undefined;
}

export const direct: ProxyRules = { proxyFor: () => undefined };

export const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** Host and port, as NO_PROXY and sockets want them: an IPv6 address without its brackets. */
export function hostOf({ hostname, port, protocol }: URL): { name: string; port: number } {
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  return { name, port: port === '' ? (defaultPorts[protocol] ?? 0) : Number(port) };
}

/** `proxy.corp:3128 (HTTPS_PROXY)`. */
export function describeProxy({ url, namedBy }: Proxy): string {
  return `${url.hostname}:${hostOf(url).port} (${namedBy})`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What a proxy needs of its URL: libraries refuse a path, and throw at a percent sign that encodes nothing. */
function bare({ protocol, host, username, password }: URL): URL {
  const url = new URL(`${protocol}//${host}`);
  url.username = encodeURIComponent(decoded(username));
  url.password = encodeURIComponent(decoded(password));
  return url;
}

/** Undefined also where a password with a bare `#`, `/` or `?` makes its first half the port, and the user the host. */
function urlOf(written: string): URL | undefined {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `http://${written}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !(url.protocol in defaultPorts) || url.hostname === '') return undefined;
  return `${url.pathname}${url.search}${url.hash}`.includes('@') ? undefined : bare(url);
}

/** @param written a URL; `http://` may be left out. @throws ConfigError, which does not quote it, as it may hold a password */
export function parseProxy(written: string, namedBy: string): Proxy {
  const url = urlOf(written);
  if (url !== undefined) return { url, namedBy };
  const message = `${namedBy} is not a proxy that can be used: write it as http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ before HOST if it asks for them; in these write characters such as @ # / ? as %40 %23 %2F %3F`;
  throw new ConfigError([{ file: 'environment', line: 1, column: 1, path: namedBy, message }]);
}

function firstOf(env: Env, names: readonly string[]): { name: string; value: string } | undefined {
  const name = names.find((each) => (env[each] ?? '').trim() !== '');
  return name === undefined ? undefined : { name, value: (env[name] ?? '').trim() };
}

/** HTTPS_PROXY is for `https:`, HTTP_PROXY for `http:`, as in Go; where both spellings are set, the upper case counts. @throws ConfigError */
export function readProxies(env: Env): ProxyRules {
  const [secure, plain] = ['HTTPS_PROXY', 'HTTP_PROXY'].map((name) => {
    const given = firstOf(env, [name, name.toLowerCase()]);
    return given === undefined ? undefined : parseProxy(given.value, given.name);
  });
  if (secure === undefined && plain === undefined) return direct;
  const isExcepted = createExceptions(firstOf(env, ['NO_PROXY', 'no_proxy'])?.value ?? '');
  return {
    proxyFor: (target) =>
      isExcepted(hostOf(target)) ? undefined : target.protocol === 'https:' ? secure : plain,
  };
}

type SetProxy = (env: Env) => unknown;

/** What Node's `fetch` compares by itself: the domain, what is below it, and addresses, but no blocks. */
function forFetch(noProxy: string): string {
  const entries = noProxy.split(/[\s,]+/).filter((entry) => entry !== '');
  const domains = entries.flatMap((entry) => (/^[.*]/.test(entry) ? [entry] : [entry, `.${entry}`]));
  return [...domains, 'localhost', '127.0.0.1', '[::1]'].join(',');
}

/**
 * For what libraries send by `fetch` of their own accord, the OIDC sign-in of a kubeconfig. All our own calls take their agents
 * from core/clients/way-out. Must run before the first request. @throws ConfigError
 */
export function honourProxy(env: Env): void {
  if (readProxies(env) === direct) return;
  const [secure, plain, noProxy = ''] = [
    firstOf(env, ['HTTPS_PROXY', 'https_proxy']),
    firstOf(env, ['HTTP_PROXY', 'http_proxy']),
    firstOf(env, ['NO_PROXY', 'no_proxy'])?.value,
  ];
  const given = {
    ...(secure && { HTTPS_PROXY: parseProxy(secure.value, secure.name).url.href }),
    ...(plain && { HTTP_PROXY: parseProxy(plain.value, plain.name).url.href }),
    NO_PROXY: forFetch(noProxy),
  };
  const { setGlobalProxyFromEnv } = http as unknown as { setGlobalProxyFromEnv?: SetProxy };
  // The AWS SDK asks the metadata services by the agent for plain http that all share: it has to stay direct.
  const shared = http.globalAgent;
  setGlobalProxyFromEnv?.(given);
  http.globalAgent = shared;
}
