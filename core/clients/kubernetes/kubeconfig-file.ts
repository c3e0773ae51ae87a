// Reads kubeconfig files and picks the cluster and user of the current context. It judges no credential and makes no call.

import { accessSync, readFileSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { parse } from 'yaml';
import { ConfigError } from '../../errors.ts';

/** As in https://kubernetes.io/docs/reference/config-api/kubeconfig.v1; what we don't use is left out. */
export interface WrittenCluster {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'tls-server-name'?: string;
  readonly 'proxy-url'?: string;
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
export interface WrittenExec {
  readonly apiVersion?: string;
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly provideClusterInfo?: boolean;
  readonly installHint?: string;
}

export interface WrittenUser {
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly as?: string;
  readonly exec?: WrittenExec | null;
  readonly 'auth-provider'?: unknown;
}

/** What the current context names; paths are absolute. */
export interface ClusterEntry {
  readonly cluster: WrittenCluster & { readonly server: string };
  readonly user: WrittenUser;
}

interface Document {
  readonly 'current-context'?: string;
  readonly contexts?: { name: string; context: { cluster: string; user: string } }[];
  readonly clusters?: { name: string; cluster: WrittenCluster }[];
  readonly users?: { name: string; user: WrittenUser | null }[];
}

export function exists(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}

/** @throws ConfigError always */
export function refuse(file: string, message: string): never {
  throw new ConfigError([{ file, line: 1, column: 1, path: '', message }]);
}

const pathKeys = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'] as const;

/** Paths in a kubeconfig are meant from the folder that it is in. */
function absolute<T extends WrittenCluster & WrittenUser>(entry: T | null, folder: string): T {
  const paths = pathKeys.flatMap((key) => {
    const path = entry?.[key];
    return path === undefined ? [] : [[key, resolve(folder, path)] as const];
  });
  return { ...(entry ?? {}), ...Object.fromEntries(paths) } as T;
}

/** A program's name is looked for in PATH; one with a folder is meant from that of the kubeconfig. */
function locatedExec(user: WrittenUser | null, folder: string): WrittenUser | null {
  const command: unknown = user?.exec?.command;
  if (!user?.exec || typeof command !== 'string' || !command.includes(sep)) return user;
  return { ...user, exec: { ...user.exec, command: resolve(folder, command) } };
}

function located(document: Document, folder: string): Document {
  const { clusters = [], users = [] } = document;
  return {
    ...document,
    clusters: clusters.map(({ name, cluster }) => ({ name, cluster: absolute(cluster, folder) })),
    users: users.map(({ name, user }) => ({ name, user: absolute(locatedExec(user, folder), folder) })),
  };
}

/** The parser's own message may quote the file, which holds keys; so it is not passed on. */
function readDocument(file: string): Document {
  try {
    const document: unknown = parse(readFileSync(file, 'utf8'));
    if (typeof document !== 'object' || document === null) throw new Error('not a map');
    return located(document, dirname(file));
  } catch {
    return refuse(file, 'this is not a valid kubeconfig: write it anew, or point KUBECONFIG to another');
  }
}

/** Of several documents the first that says something wins, as with kubectl. */
function current(documents: readonly Document[]): { cluster?: WrittenCluster; user?: WrittenUser | null } {
  const name = documents.find((document) => document['current-context'])?.['current-context'];
  const contexts = documents.flatMap((document) => document.contexts ?? []);
  const context = contexts.find((each) => each.name === name)?.context;
  const clusters = documents.flatMap((document) => document.clusters ?? []);
  const users = documents.flatMap((document) => document.users ?? []);
  return {
    ...clusters.find((each) => each.name === context?.cluster),
    ...users.find((each) => each.name === context?.user),
  };
}

function requireCommand(file: string, user: WrittenUser | null | undefined): void {
  const command: unknown = user?.exec?.command;
  if (user?.exec && (typeof command !== 'string' || command === ''))
    refuse(file, 'the exec of its user names no command: write the program that issues credentials');
}

/** Files that are not there are passed over, as with kubectl, unless none is. @throws ConfigError */
export function readKubeconfigFiles(files: readonly string[]): ClusterEntry {
  const [first = ''] = files;
  const there = files.filter(exists);
  if (there.length === 0)
    refuse(first, 'this kubeconfig cannot be read: correct the path or its permissions');
  const { cluster, user } = current(there.map(readDocument));
  if (cluster === undefined) refuse(first, 'current-context names no cluster: choose a context');
  const { server } = cluster;
  if (server === undefined || !URL.canParse(server)) refuse(first, 'the server of its cluster is not a URL');
  requireCommand(first, user);
  return { cluster: { ...cluster, server }, user: user ?? {} };
}
