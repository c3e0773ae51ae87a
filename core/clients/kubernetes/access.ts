// How a cluster lets us in: TLS and the Authorization header, for certificates, tokens and passwords. It makes no call.

import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import type { Clock } from '../../process/clock.ts';
import { parseProxy, type Proxy } from '../../process/proxy.ts';
import { createExecPlugin, type ExecCredentials } from './exec-plugin.ts';
import type { ClusterEntry, WrittenUser } from './kubeconfig-file.ts';

export interface ClusterAccess {
  /** The API server's address, without a slash at its end. */
  readonly server: string;
  /** That this cluster names; it counts before those of the environment. */
  readonly proxy?: Proxy | undefined;
  /**
   * What a request needs: headers, TLS options, and an agent only where the caller's own would not do. Asked for each
   * request, so that rotated credentials are taken up. Rejects when credentials cannot be got.
   */
  options(): Promise<RequestOptions>;
  /** The API server answered 401: credentials that are kept may be old. */
  rejected?(): void;
}

/** Rotated tokens and certificates are valid for minutes beyond this; client-go takes the same time. */
const rereadMs = 60_000;

type Read = () => Buffer | undefined;

/** The content that is written down, or that of the file, read anew when it is a minute old. */
function reader(data: string | undefined, file: string | undefined, clock: Clock): Read {
  if (data !== undefined) return () => Buffer.from(data, 'base64');
  if (file === undefined) return () => undefined;
  let latest: { content: Buffer; at: number } | undefined;
  return () => {
    const now = clock.now();
    if (latest === undefined || now - latest.at > rereadMs) latest = { content: readFileSync(file), at: now };
    return latest.content;
  };
}

function authorization({ token, username, password = '' }: WrittenUser, fromFile: Read): string | undefined {
  const bearer = fromFile()?.toString().trim() ?? token;
  if (bearer !== undefined) return `Bearer ${bearer}`;
  if (username === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function headers(user: WrittenUser, token: Read): Record<string, string> {
  const { as } = user;
  const header = authorization(user, token);
  return {
    ...(header === undefined ? {} : { authorization: header }),
    ...(as === undefined ? {} : { 'impersonate-user': as }),
  };
}

/** SOCKS is left to client-node. @throws ConfigError */
export function proxyOf({ cluster }: ClusterEntry): Proxy | undefined {
  const url = cluster['proxy-url'] ?? '';
  return url === '' || url.startsWith('socks') ? undefined : parseProxy(url, 'proxy-url of the kubeconfig');
}

/** What a program issued goes before what is written down. */
function issuedOptions(user: WrittenUser, { token, cert, key }: ExecCredentials): RequestOptions {
  const given = token === undefined ? user : { ...user, token };
  return {
    headers: headers(given, () => undefined),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
}

/** Where both the content and a file are given, the content counts; of tokens the file's (as in client-go). */
export function plainAccess(entry: ClusterEntry, clock: Clock): ClusterAccess {
  const { cluster, user } = entry;
  const read = {
    ca: reader(cluster['certificate-authority-data'], cluster['certificate-authority'], clock),
    cert: reader(user['client-certificate-data'], user['client-certificate'], clock),
    key: reader(user['client-key-data'], user['client-key'], clock),
    token: reader(undefined, user.tokenFile, clock),
  };
  const servername = cluster['tls-server-name'];
  const tls = {
    ...(servername === undefined ? {} : { servername }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
  };
  const plugin = user.exec ? createExecPlugin(user.exec, entry, clock) : undefined;
  return {
    server: cluster.server.replace(/\/+$/, ''),
    proxy: proxyOf(entry),
    async options() {
      const options = { ...tls, ca: read.ca(), cert: read.cert(), key: read.key() };
      if (plugin === undefined) return { ...options, headers: headers(user, read.token) };
      return { ...options, ...issuedOptions(user, await plugin.credentials()) };
    },
    rejected: () => plugin?.rejected(),
  };
}
