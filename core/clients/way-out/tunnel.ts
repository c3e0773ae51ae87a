// Opens a connection to a proxy, and through it one to the destination (CONNECT, RFC 9110, 9.3.6). It knows nothing of TLS to the destination.

import { request, STATUS_CODES, type IncomingMessage } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { trustAdvice } from './trust.ts';
import { describeProxy, hostOf, type Proxy } from '../../process/proxy.ts';

/** The proxy is at fault: nothing was sent to the destination. Its text names the proxy without credentials. */
export class ProxyError extends Error {
  readonly code = 'ERR_PROXY';
  /** What to do, as a sentence. */
  readonly next: string;
  /** Of the proxy's answer; undefined if there was none. */
  readonly status: number | undefined;
  constructor(message: string, next: string, status?: number) {
    super(message);
    this.name = 'ProxyError';
    this.next = next;
    this.status = status;
  }
}

/** What a proxy's own answer means. @param target `host:port` */
export function refusedBy(proxy: Proxy, target: string, status: number): ProxyError {
  const what = `the proxy ${describeProxy(proxy)} refused to connect to ${target}: HTTP ${status} ${STATUS_CODES[status] ?? ''}`;
  const next =
    status === 407
      ? `Give user and password in ${proxy.namedBy}, as http://USER:PASSWORD@HOST:PORT; characters such as @ and : as %40 and %3A.`
      : `Let the proxy allow ${target}, or add the host to NO_PROXY if it can be reached directly.`;
  return new ProxyError(what.trim(), next, status);
}

function unreached(proxy: Proxy, why: string): ProxyError {
  const reachable = `Check ${proxy.namedBy}, and that the network lets us reach the proxy.`;
  const next = trustAdvice(why) ?? reachable;
  return new ProxyError(`the proxy ${describeProxy(proxy)} was not reached: ${why}`, next);
}

function codeOf(error: Error): string {
  const { code } = error as Error & { code?: unknown };
  return typeof code === 'string' ? code : 'the connection failed';
}

/** `Basic …`; undefined if the URL holds no credentials. */
export function proxyAuthorization({ url: { username, password } }: Proxy): string | undefined {
  if (username === '' && password === '') return undefined;
  const [user, secret] = [username, password].map(decodeURIComponent);
  return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
}

/** A connection to the proxy itself. @param limitMs real milliseconds. @throws ProxyError */
export function dial(proxy: Proxy, limitMs: number): Promise<Socket> {
  const { name: host, port } = hostOf(proxy.url);
  return new Promise((resolve, reject) => {
    const secure = proxy.url.protocol === 'https:';
    const named = isIP(host) === 0 ? { servername: host } : {};
    const socket = secure ? connectTls({ host, port, ...named }) : connectTcp({ host, port });
    const end = (error: ProxyError): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => end(unreached(proxy, `no connection within ${limitMs} ms`)), limitMs);
    const failed = (error: Error): void => end(unreached(proxy, codeOf(error)));
    socket.once('error', failed);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.removeListener('error', failed);
      resolve(socket);
    });
  });
}

/** @param target `host:port`, an IPv6 address in brackets. @param limitMs real milliseconds for all of it. @throws ProxyError */
export async function openTunnel(proxy: Proxy, target: string, limitMs: number): Promise<Duplex> {
  const until = performance.now() + limitMs;
  const socket = await dial(proxy, limitMs);
  const authorization = proxyAuthorization(proxy);
  const headers = {
    host: target,
    ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
  };
  return new Promise((resolve, reject) => {
    const asked = request({ method: 'CONNECT', path: target, headers, createConnection: () => socket });
    const end = (error: ProxyError): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const silent = `it did not connect to ${target} within ${limitMs} ms`;
    const timer = setTimeout(() => end(unreached(proxy, silent)), Math.max(1, until - performance.now()));
    asked.on('connect', ({ statusCode = 0 }: IncomingMessage, tunnel: Duplex) => {
      if (statusCode < 200 || statusCode > 299) return end(refusedBy(proxy, target, statusCode));
      clearTimeout(timer);
      resolve(tunnel);
    });
    // A proxy that refuses may not take CONNECT for what it is, and answer as to any other request.
    asked.on('response', ({ statusCode = 0 }) => end(refusedBy(proxy, target, statusCode)));
    asked.on('error', (error) => end(unreached(proxy, codeOf(error))));
    asked.end();
  });
}
