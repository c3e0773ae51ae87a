// Which pod this process is, so that it can take part in leader election: by the downward API, else by what every pod has.

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import { readPod, type Env, type PodEnvironment } from '../environment.ts';

/** A pod. */
export interface Replica {
  readonly name: string;
  readonly namespace: string;
  /** So that `kubectl describe pod` shows its events; not everybody's manifest hands it over. */
  readonly uid?: string | undefined;
  /** What it writes into the lease; its name if left out. */
  readonly identity?: string | undefined;
}

/** `none`: no leader election takes place; with a warning where that is not expected. */
export type Found =
  | { readonly kind: 'declared'; readonly replica: Replica }
  | { readonly kind: 'derived'; readonly replica: Replica }
  | { readonly kind: 'none'; readonly replica?: undefined; readonly warning?: string };

/** What a process reads of the machine that it runs on. */
export interface Machine {
  /** @throws if there is no such file */
  readonly readFile: (path: string) => string;
  readonly hostname: () => string;
  /** Never the same twice. */
  readonly random: () => string;
}

const thisMachine: Machine = { readFile: (path) => readFileSync(path, 'utf8'), hostname, random: randomUUID };

const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

const noElection =
  'no leader election takes place: this pod does not know its name and namespace, so every replica of it acts. Set POD_NAME and ' +
  'POD_NAMESPACE by the downward API, as kustomize/programs/controller.yaml does, or never run more than one replica.';

function namespaceOfAccount({ readFile }: Machine): string {
  try {
    return readFile(namespaceFile).trim();
  } catch {
    // Without a mounted service account.
    return '';
  }
}

/** The pod as it was declared, or undefined. */
function declared({ name, namespace, uid }: PodEnvironment): Replica | undefined {
  if (name === undefined || namespace === undefined) return undefined;
  return { name, namespace, ...(uid === undefined ? {} : { uid }) };
}

/**
 * A host name is the pod's name, unless the pod sets another or uses its node's. Two replicas may then share it, so
 * something random is added to what goes into the lease, as client-go does.
 */
export function findReplica(env: Env, machine: Machine = thisMachine): Found {
  const pod = readPod(env);
  const replica = declared(pod);
  if (replica !== undefined) return { kind: 'declared', replica };
  if (pod.place === 'elsewhere') return { kind: 'none' };
  const namespace = pod.namespace ?? (pod.place === 'pod' ? namespaceOfAccount(machine) : '');
  const name = pod.name ?? machine.hostname().toLowerCase();
  if (namespace === '' || name === '') return { kind: 'none', warning: noElection };
  const identity = pod.name ?? `${name}_${machine.random()}`;
  return { kind: 'derived', replica: { name, namespace, uid: pod.uid, identity } };
}
