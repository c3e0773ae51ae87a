// Deletion as Kubernetes does it: propagation, owners, time to live. Tells the double what went, knows no HTTP.

import type { Clock } from '../../core/process/clock.ts';
import { finishedAt, phaseOf } from './job-status.ts';
import { resourceOf, timestamp, type KubeObject } from './objects.ts';
import type { Store } from './store.ts';

export type Propagation = 'Foreground' | 'Background' | 'Orphan';

interface Setting {
  readonly store: Store;
  readonly clock: Clock;
  /** How long a pod, and a Job in the foreground, takes to go; milliseconds of the clock. */
  readonly terminationMs: number;
  /** Sends TERM to a pod; whether it goes on for a while. */
  readonly goesOn: (pod: KubeObject) => boolean;
  readonly removed: (object: KubeObject) => void;
}

/** Owners count within their own namespace only. */
function isHeld(store: Store, { metadata }: KubeObject): boolean {
  const owners = metadata.ownerReferences ?? [];
  return (
    owners.length === 0 ||
    owners.some(({ uid }) => store.byUid(uid)?.metadata.namespace === metadata.namespace)
  );
}

function outlived(object: KubeObject, now: number): boolean {
  const seconds = object.spec?.['ttlSecondsAfterFinished'];
  const end = object.kind === 'Job' ? finishedAt(object) : undefined;
  return end !== undefined && typeof seconds === 'number' && end + seconds * 1000 <= now;
}

/** What Kubernetes gives a pod that asks for nothing. */
const defaultGraceSeconds = 30;

function hasEnded(object: KubeObject): boolean {
  return object.kind === 'Pod' && ['Succeeded', 'Failed'].includes(phaseOf(object));
}

/** The garbage collector, the TTL controller and the kubelet's part in a deletion, in one. */
export class Deletion {
  readonly #setting: Setting;
  /** When an object that is going is gone, by uid. */
  readonly #due = new Map<string, number>();
  #ownersInDoubt = false;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  /** Gives the object as the deletion left it, or undefined when it is gone already. */
  remove(object: KubeObject, propagation: Propagation): KubeObject | undefined {
    const { uid } = object.metadata;
    if (object.kind === 'Pod') return this.#markGoing(object, {});
    if (propagation === 'Orphan') this.#orphan(uid);
    if (propagation !== 'Foreground') {
      this.#drop(object);
      return undefined;
    }
    const going = this.#markGoing(object, { finalizers: ['foregroundDeletion'] });
    for (const child of this.#dependents(uid)) this.remove(child, 'Background');
    return going;
  }

  /** After an owner was named or lost. */
  ownersChanged(): void {
    this.#ownersInDoubt = true;
  }

  /** Ends what is due, and collects what no owner holds any more. */
  advance(): void {
    const { store, clock } = this.#setting;
    for (const object of store.all()) if (outlived(object, clock.now())) this.remove(object, 'Foreground');
    this.#endDue();
    while (this.#ownersInDoubt) {
      this.#ownersInDoubt = false;
      for (const object of store.all()) if (!isHeld(store, object)) this.remove(object, 'Background');
      this.#endDue();
    }
  }

  #endDue(): void {
    const { store, clock } = this.#setting;
    for (const [uid, at] of this.#due) {
      const object = store.byUid(uid);
      if (object === undefined || this.#waitsForPods(object)) continue;
      if (at <= clock.now() || hasEnded(object)) this.#drop(object);
    }
  }

  #waitsForPods({ kind, metadata }: KubeObject): boolean {
    return kind === 'Job' && this.#dependents(metadata.uid).some((dependent) => dependent.kind === 'Pod');
  }

  /** Milliseconds until KILL. */
  #graceOf(object: KubeObject): number {
    const { terminationMs, goesOn } = this.#setting;
    if (object.kind !== 'Pod' || hasEnded(object) || !goesOn(object)) return terminationMs;
    const seconds = object.spec?.['terminationGracePeriodSeconds'];
    return (typeof seconds === 'number' ? seconds : defaultGraceSeconds) * 1000;
  }

  #drop(object: KubeObject): void {
    const { store, removed } = this.#setting;
    if (store.byUid(object.metadata.uid) === undefined) return;
    this.#due.delete(object.metadata.uid);
    store.remove(resourceOf(object.kind), object);
    this.#ownersInDoubt = true;
    removed(object);
    if (object.kind !== 'Namespace') return;
    for (const inner of store.all()) if (inner.metadata.namespace === object.metadata.name) this.#drop(inner);
  }

  #markGoing(object: KubeObject, finalizers: { finalizers?: string[] }): KubeObject {
    const { store, clock } = this.#setting;
    const { uid } = object.metadata;
    const due = this.#due.get(uid) ?? clock.now() + this.#graceOf(object);
    this.#due.set(uid, due);
    const { deletionTimestamp = timestamp(due) } = object.metadata;
    const metadata = { ...object.metadata, deletionTimestamp, ...finalizers };
    return store.put(resourceOf(object.kind), { ...object, metadata });
  }

  #dependents(uid: string): KubeObject[] {
    const { store } = this.#setting;
    return store
      .all()
      .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true);
  }

  #orphan(uid: string): void {
    for (const child of this.#dependents(uid)) {
      const ownerReferences = child.metadata.ownerReferences?.filter((owner) => owner.uid !== uid) ?? [];
      const metadata = { ...child.metadata, ownerReferences };
      this.#setting.store.put(resourceOf(child.kind), { ...child, metadata });
    }
  }
}
