// The connections that requests go out by, kept and shared, directly or through a proxy. Every client takes its agents from here.

import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { direct, type Proxy, type ProxyRules } from '../../process/proxy.ts';
import { dial, openTunnel } from './tunnel.ts';

export interface AgentsOptions {
  /** Every request goes directly, if left out. */
  readonly proxies?: ProxyRules | undefined;
  /** Real milliseconds that a request may take; a proxy is given up a little earlier, so that the error names it. */
  readonly timeoutMs: number;
}

export interface Agents {
  /** For any `https:` destination: each connection takes the way that its host asks for. */
  readonly https: HttpsAgent;
  /** For requests to this URL. */
  for(url: URL): HttpAgent | HttpsAgent;
  /** The proxy on the way there, if there is one. */
  proxyFor(url: URL): Proxy | undefined;
}

/** Idle connections end before a load balancer (60 s) or the API server (90 s) drops them without our noticing. */
const pooling: AgentOptions = { keepAlive: true, keepAliveMsecs: 30_000, timeout: 50_000, maxSockets: 32 };

/** What an agent is asked to connect to. */
type Destination = Parameters<HttpsAgent['createConnection']>[0];
type Done = Parameters<HttpsAgent['createConnection']>[1];

function deliver(connection: Promise<Duplex>, done: Done): undefined {
  connection.then(
    (socket) => done?.(null, socket),
    (error: Error) => done?.(error, undefined as unknown as Duplex),
  );
}

class TunnelingAgent extends HttpsAgent {
  private readonly proxies: ProxyRules;
  private readonly limitMs: number;

  constructor(proxies: ProxyRules, limitMs: number) {
    super(pooling);
    this.proxies = proxies;
    this.limitMs = limitMs;
  }

  override createConnection(options: Destination, done?: Done): Duplex | null | undefined {
    const { host, port } = options;
    const target = `${isIPv6(host ?? '') ? `[${host}]` : host}:${port}`;
    const proxy = this.proxies.proxyFor(new URL(`https://${target}`));
    if (proxy === undefined) return super.createConnection(options, done);
    // TLS is with the destination: its CA, client certificate and server name are in `options`.
    const secured = openTunnel(proxy, target, this.limitMs).then(
      (socket) => super.createConnection({ ...options, socket } as Destination) as Duplex,
    );
    return deliver(secured, done);
  }
}

/** Node writes the whole URL into the request line of a proxied one, and the proxy's credentials; the connection is ours. */
class PlainProxyAgent extends HttpAgent {
  private readonly proxy: Proxy;
  private readonly limitMs: number;

  constructor(proxy: Proxy, limitMs: number) {
    super({ ...pooling, proxyEnv: { HTTP_PROXY: proxy.url.href } });
    this.proxy = proxy;
    this.limitMs = limitMs;
  }

  override createConnection(_options: Destination, done?: Done): undefined {
    return deliver(dial(this.proxy, this.limitMs), done);
  }
}

/** Opens nothing yet. Each client has agents of its own, so that none waits for the connections of another. */
export function createAgents({ proxies = direct, timeoutMs }: AgentsOptions): Agents {
  const limitMs = Math.ceil(timeoutMs * 0.9);
  const https = new TunnelingAgent(proxies, limitMs);
  const http = new HttpAgent(pooling);
  const proxied = new Map<string, HttpAgent>();
  const plain = (url: URL): HttpAgent => {
    const proxy = proxies.proxyFor(url);
    if (proxy === undefined) return http;
    const agent = proxied.get(proxy.url.href) ?? new PlainProxyAgent(proxy, limitMs);
    proxied.set(proxy.url.href, agent);
    return agent;
  };
  const agentFor = (url: URL): HttpAgent => (url.protocol === 'http:' ? plain(url) : https);
  return { https, for: agentFor, proxyFor: (url) => proxies.proxyFor(url) };
}
