// The connections that requests go out by, kept and shared, directly or through a proxy. Every client takes its agents from here.

import { Agent as HttpAgent, type AgentOptions, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { direct, type Proxy, type ProxyRules } from '../../process/proxy.ts';
import { dial, openTunnel, proxyAuthorization } from './tunnel.ts';

export interface AgentsOptions {
  /** Every request goes directly, if left out. */
  readonly proxies?: ProxyRules | undefined;
  /** Real milliseconds that a request may take; a proxy is given up a little earlier, so that the error names it. */
  readonly timeoutMs: number;
}

export interface Agents {
  /** For any `https:` destination: each connection takes the way that its host asks for. */
  readonly https: HttpsAgent;
  /** For any `http:` destination, likewise. */
  readonly http: HttpAgent;
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

interface Place {
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
}

function urlOf({ host, port }: Place): URL {
  const name = host ?? 'localhost';
  return new URL(`http://${isIPv6(name) ? `[${name}]` : name}:${port ?? 80}`);
}

/** What Node calls of an agent for each request; it is not among its types. */
interface Taking {
  addRequest(request: ClientRequest, options: Place): void;
}

const base = HttpAgent.prototype as unknown as Taking;

/** Asks a proxy for plain http by the whole URL. Node does so too, but for one proxy and all hosts of an agent. */
class PlainAgent extends HttpAgent implements Taking {
  private readonly proxies: ProxyRules;
  private readonly limitMs: number;

  constructor(proxies: ProxyRules, limitMs: number) {
    super(pooling);
    this.proxies = proxies;
    this.limitMs = limitMs;
  }

  addRequest(request: ClientRequest, options: Place): void {
    const url = urlOf(options);
    const proxy = this.proxies.proxyFor(url);
    if (proxy !== undefined) {
      request.path = url.origin + request.path;
      const authorization = proxyAuthorization(proxy);
      if (authorization !== undefined) request.setHeader('proxy-authorization', authorization);
    }
    base.addRequest.call(this, request, options);
  }

  override createConnection(options: Destination, done?: Done): Duplex | null | undefined {
    const proxy = this.proxies.proxyFor(urlOf(options));
    if (proxy === undefined) return super.createConnection(options, done);
    return deliver(dial(proxy, this.limitMs), done);
  }
}

/** Opens nothing yet. Each client has agents of its own, so that none waits for the connections of another. */
export function createAgents({ proxies = direct, timeoutMs }: AgentsOptions): Agents {
  const limitMs = Math.ceil(timeoutMs * 0.9);
  const https = new TunnelingAgent(proxies, limitMs);
  const http = new PlainAgent(proxies, limitMs);
  return {
    https,
    http,
    for: ({ protocol }) => (protocol === 'http:' ? http : https),
    proxyFor: (url) => proxies.proxyFor(url),
  };
}
