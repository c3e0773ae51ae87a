// Keeps the double's objects with their versions. Knows no HTTP and no rule of any kind of object.

import type { Clock } from '../../core/process/clock.ts';
import { timestamp, type KubeObject, type Resource } from './objects.ts';

export interface Store {
  get(resource: Resource, namespace: string, name: string): KubeObject | undefined;
  byUid(uid: string): KubeObject | undefined;
  /** Ordered by namespace and name, as etcd orders them; `''` takes every namespace. */
  list(resource: Resource, namespace: string): KubeObject[];
  all(): KubeObject[];
  /** Gives it a uid, a version and a creation time. */
  add(resource: Resource, object: KubeObject): KubeObject;
  /** Keeps `object` in place of the one of its name, with the next version. */
  put(resource: Resource, object: KubeObject): KubeObject;
  remove(resource: Resource, object: KubeObject): void;
  /** The version of the last change. */
  version(): string;
}

const hex = '0123456789abcdef';
const readable = 'bcdfghjklmnpqrstvwxz2456789';

/** `length` characters of an alphabet. `random` is in [0, 1). */
function pick(alphabet: string, length: number, random: () => number): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
}

/** The five characters that Kubernetes puts after a generated name. */
export function nameSuffix(random: () => number): string {
  return pick(readable, 5, random);
}

function newUid(random: () => number): string {
  const part = (length: number): string => pick(hex, length, random);
  return `${part(8)}-${part(4)}-4${part(3)}-a${part(3)}-${part(12)}`;
}

const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;

/** The object as the API server would first keep it. */
export function newborn(object: KubeObject, clock: Clock, random: () => number): KubeObject {
  const own = { uid: newUid(random), creationTimestamp: timestamp(clock.now()) };
  return { ...object, metadata: { ...object.metadata, ...own } };
}

export function createStore(clock: Clock, random: () => number): Store {
  const kinds = new Map<string, Map<string, KubeObject>>();
  const uids = new Map<string, KubeObject>();
  let version = 1;
  const of = ({ kind }: Resource): Map<string, KubeObject> => {
    const known = kinds.get(kind) ?? new Map<string, KubeObject>();
    kinds.set(kind, known);
    return known;
  };
  const put = (resource: Resource, object: KubeObject): KubeObject => {
    version += 1;
    const kept = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    of(resource).set(keyOf(kept.metadata.namespace ?? '', kept.metadata.name), kept);
    uids.set(kept.metadata.uid, kept);
    return kept;
  };
  return {
    get: (resource, namespace, name) => of(resource).get(keyOf(namespace, name)),
    byUid: (uid) => uids.get(uid),
    list: (resource, namespace) =>
      [...of(resource).entries()]
        .filter(([, { metadata }]) => namespace === '' || metadata.namespace === namespace)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, object]) => object),
    all: () => [...uids.values()],
    add: (resource, object) => put(resource, newborn(object, clock, random)),
    put,
    remove(resource, { metadata }) {
      version += 1;
      of(resource).delete(keyOf(metadata.namespace ?? '', metadata.name));
      uids.delete(metadata.uid);
    },
    version: () => String(version),
  };
}
