// What the test puts into the cluster beside the product: pods that take connections, and what else is given as objects. And the
// question which connections a pod gets through, found out by trying them.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectl, settings, tryKubectl } from './cluster.ts';

export interface Place {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

const serve = `for (const port of process.argv.slice(1))
  require('net').createServer((socket) => socket.on('error', () => {}).end()).listen(Number(port))`;

const call = `Promise.all(process.argv.slice(1).map((to) => new Promise((resolve) => {
  const at = to.lastIndexOf(':');
  const socket = require('net').connect({ host: to.slice(0, at), port: Number(to.slice(at + 1)) });
  socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
  setTimeout(() => resolve(false), 2000);
}))).then((answers) => { console.log(JSON.stringify(answers)); process.exit(); })`;

/** Those of the targets that a pod gets a connection to. In a program's pod this takes memory beside the program: one at a time. */
export async function reached(
  { namespace, pod, container }: Place,
  targets: Readonly<Record<string, Address>>,
): Promise<string[]> {
  const addresses = Object.values(targets).map(({ host, port }) => `${host}:${port}`);
  const answers = JSON.parse(
    await kubectl('exec', '-n', namespace, pod, '-c', container, '--', 'node', '-e', call, ...addresses),
  ) as boolean[];
  return Object.keys(targets).filter((_, index) => answers[index]);
}

/** A pod that takes connections at some ports, as the restricted Pod Security Standard wants pods. */
export function listener({ namespace, pod, container }: Place, ports: readonly number[]): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name: pod },
    spec: {
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      securityContext: {
        ...{ runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
        sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
      },
      containers: [
        {
          name: container,
          image: settings.runnerImage,
          imagePullPolicy: 'IfNotPresent',
          command: ['node', '-e', serve, ...ports.map(String)],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          readinessProbe: { tcpSocket: { port: ports[0] }, periodSeconds: 1 },
        },
      ],
    },
  };
}

export function namespaceNamed(name: string): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

async function withFile(objects: readonly object[], args: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'scenery-'));
  const file = join(folder, 'objects.json');
  try {
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    await kubectl(...args, '-f', file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function put(objects: readonly object[]): Promise<void> {
  return withFile(objects, ['apply']);
}

/** Does not wait until they are gone. */
export function takeAway(objects: readonly object[]): Promise<void> {
  return withFile(objects, ['delete', '--ignore-not-found', '--wait=false']);
}

export async function exists(kind: string, name: string): Promise<boolean> {
  return (await tryKubectl('get', kind, name)).succeeded;
}
