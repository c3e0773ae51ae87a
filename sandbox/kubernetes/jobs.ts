// The Job controller of the double: one pod at a time per Job, its status kept up to date. Whoever runs the pods decides their fate.

import type { Clock } from '../../core/process/clock.ts';
import { isFinished, outcome, phaseOf, statusFor, type PodCounts, type PodPhase } from './job-status.ts';
import { resourceOf, timestamp, type KubeObject } from './objects.ts';
import { podOf, podStatus, type PodNews } from './pod-objects.ts';
import { nameSuffix, type Store } from './store.ts';

/** What there is to know of a pod for whoever plays the nodes. */
export interface PlannedPod {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Plays the nodes: told of pods, and free to call `setPodPhase` at once or later. */
export interface PodPlan {
  podCreated(pod: PlannedPod): void;
  podDeleted(uid: string): void;
  /** Why a pod may not be made in this namespace now, as a quota or an admission policy says it; undefined if it may. */
  podRefused?(namespace: string): string | undefined;
  /** Sent TERM, once. True if it goes on until it ends, `setPodPhase`, or its grace period is over; false ends it. */
  podTerminating?(uid: string): boolean;
}

const job = resourceOf('Job');
const pod = resourceOf('Pod');
const event = resourceOf('Event');
const firstBackoffMs = 10_000;
const longestBackoffMs = 600_000;
/** From a pod that was refused to the next try. */
const refusalBackoffMs = 60_000;

interface Setting {
  readonly store: Store;
  readonly clock: Clock;
  readonly pods: PodPlan;
  readonly random: () => number;
}

function ownerUid({ metadata }: KubeObject): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}

/** Counted from the pods that are there; a failed one stays until the Job goes, as in a cluster. */
function countPods(store: Store, { metadata }: KubeObject): PodCounts {
  const phases = store
    .list(pod, metadata.namespace ?? '')
    .filter((candidate) => ownerUid(candidate) === metadata.uid)
    .map(phaseOf);
  const count = (phase: PodPhase): number => phases.filter((candidate) => candidate === phase).length;
  const ready = count('Running');
  return { active: count('Pending') + ready, ready, succeeded: count('Succeeded'), failed: count('Failed') };
}

function startPod({ store, pods, random }: Setting, of: KubeObject): void {
  const { metadata } = store.add(pod, podOf(of, nameSuffix(random)));
  const { uid, name, namespace = '', labels = {}, annotations = {} } = metadata;
  pods.podCreated({ uid, name, namespace, labels, annotations });
}

/** How the Job controller says that it got no pod; the Job's status says nothing of it. */
function refusedCreation(
  { metadata: { name, namespace = '', uid } }: KubeObject,
  refusal: string,
  { now, suffix }: { readonly now: number; readonly suffix: string },
): KubeObject {
  const at = timestamp(now);
  return {
    ...{ apiVersion: 'v1', kind: 'Event' },
    metadata: { name: `${name}.${suffix}`, namespace, uid: '', resourceVersion: '', creationTimestamp: at },
    involvedObject: { kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1' },
    ...{ type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${refusal}`, count: 1 },
    ...{ firstTimestamp: at, lastTimestamp: at, source: { component: 'job-controller' } },
  };
}

/** Milliseconds that a Job waits after its nth failure; doubles up to ten minutes. */
function backoff(failed: number): number {
  return failed === 0 ? 0 : Math.min(firstBackoffMs * 2 ** (failed - 1), longestBackoffMs);
}

/** Keeps one pod per open Job, and the Job's status. */
export class JobController {
  readonly #setting: Setting;
  /** When the next pod of a Job is due, by the Job's uid. */
  readonly #due = new Map<string, number>();

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  /** After a Job or a pod was added, changed or removed. */
  changed(object: KubeObject): void {
    const uid = object.kind === 'Job' ? object.metadata.uid : ownerUid(object);
    if (uid !== undefined) this.#sync(uid);
  }

  /** What a kubelet would report. False when no such pod exists (any more). */
  setPodPhase(uid: string, phase: PodPhase, news: Omit<PodNews, 'now'> = {}): boolean {
    const { store, clock } = this.#setting;
    const found = store.byUid(uid);
    if (found?.kind !== 'Pod') return false;
    const status = podStatus(found, phase, { ...news, now: clock.now() });
    this.changed(store.put(pod, { ...found, status }));
    return true;
  }

  /** Starts the pods whose back-off has passed. */
  advance(): void {
    for (const [uid, at] of this.#due) if (at <= this.#setting.clock.now()) this.#sync(uid);
  }

  #sync(uid: string): void {
    const found = this.#setting.store.byUid(uid);
    if (found?.kind !== 'Job' || isFinished(found)) return void this.#due.delete(uid);
    const needed = needsPod(found, countPods(this.#setting.store, found));
    if (!needed) this.#due.delete(uid);
    else if (this.#mayStart(found)) this.#start(found);
    this.#updateStatus(uid);
  }

  #start(of: KubeObject): void {
    const { store, clock, pods, random } = this.#setting;
    const { uid, namespace = '' } = of.metadata;
    const refusal = pods.podRefused?.(namespace);
    if (refusal === undefined) return startPod(this.#setting, of);
    store.add(event, refusedCreation(of, refusal, { now: clock.now(), suffix: nameSuffix(random) }));
    this.#due.set(uid, clock.now() + refusalBackoffMs);
  }

  /** Not while the back-off after the latest failure lasts. */
  #mayStart(of: KubeObject): boolean {
    const { store, clock } = this.#setting;
    const { uid } = of.metadata;
    const at = this.#due.get(uid) ?? clock.now() + backoff(countPods(store, of).failed);
    if (at > clock.now()) this.#due.set(uid, at);
    else this.#due.delete(uid);
    return at <= clock.now();
  }

  #updateStatus(uid: string): void {
    const { store, clock } = this.#setting;
    const found = store.byUid(uid);
    if (found?.kind !== 'Job' || isFinished(found)) return void this.#due.delete(uid);
    store.put(job, { ...found, status: statusFor(found, countPods(store, found), clock.now()) });
  }
}

function needsPod(of: KubeObject, counts: PodCounts): boolean {
  const idle = of.spec?.['suspend'] === true || of.metadata.deletionTimestamp !== undefined;
  return !idle && counts.active === 0 && outcome(of, counts) === 'open';
}
