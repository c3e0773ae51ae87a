// The explored world: a CI service, a cluster and its nodes, in memory and virtual time. It answers truly and at once; faults are
// the network's business (network.ts).

import type { V1Job, V1Pod, V1Secret } from '../../core/clients/kubernetes/types.ts';
import { markerLabel } from '../../core/runner.ts';
import { jobName, runnerLabel, secretName } from '../../core/job-names.ts';
import { CiService, type NewRunner } from '../../simulate/ci-service.ts';
import { Nodes } from '../../simulate/nodes.ts';
import { Timeline } from '../../simulate/timeline.ts';

export const scope = 'acme';

/** A runner reports every 30 s, and shows as offline after three reports that did not come. */
const times = { reportEveryMs: 30_000, offlineAfterMs: 90_000 };

export interface WorldSettings {
  readonly runnerLimit: number;
  /** Pods that the nodes hold. */
  readonly room: number;
  readonly bootMs: () => number;
  readonly startsAt: number;
}

/** Counts the registrations that the vendor had to refuse. */
class CountingService extends CiService {
  refused = 0;

  override register(runner: NewRunner): ReturnType<CiService['register']> {
    const made = super.register(runner);
    if (made === 'limit') this.refused += 1;
    return made;
  }
}

type Stored = { -readonly [Key in keyof V1Job]: V1Job[Key] };

export class World {
  readonly timeline: Timeline;
  readonly service: CountingService;
  readonly jobs = new Map<string, Stored>();
  readonly secrets = new Map<string, V1Secret>();
  /** Pods made while this is true never get their image. */
  imagesFail = false;
  /** Runners that lost their network, and since when. */
  readonly silentSince = new Map<string, number>();
  readonly startedAt: number;
  private readonly imageless = new Set<string>();
  private readonly nodes: Nodes;
  private ids = 0;

  constructor({ runnerLimit, room, bootMs, startsAt }: WorldSettings) {
    this.startedAt = startsAt;
    this.timeline = new Timeline(startsAt);
    const newId = (): string => `r${++this.ids}`;
    this.service = new CountingService(this.timeline, {
      ...times,
      runnerLimit,
      failsWithoutRunner: true,
      newId,
    });
    this.nodes = new Nodes(this.timeline, { room, bootMs });
  }

  get now(): number {
    return this.timeline.now;
  }

  later(ms: number, happen: () => void): void {
    this.timeline.plan(Math.round(this.timeline.now + ms), happen);
  }

  /** Registrations that carry our marker, by the group's name. */
  registeredBy(group: string): number {
    return this.service.list(scope).filter(({ name, labels }) => name === group && isMarked(labels)).length;
  }

  createJob(job: V1Job): V1Job {
    const id = job.metadata?.labels?.[runnerLabel] ?? '';
    const metadata = { ...job.metadata, uid: `uid-${id}`, creationTimestamp: new Date(this.now) };
    const made: Stored = { ...job, metadata, status: {} };
    this.jobs.set(metadata.name ?? '', made);
    if (this.imagesFail) {
      this.imageless.add(id);
      return made;
    }
    this.nodes.add(id, () => {
      made.status = { ready: 1 };
      this.service.connect(id);
    });
    return made;
  }

  /** As the foreground deletion of Kubernetes, with all that the Job owns. */
  dropJob(name: string): void {
    const job = this.jobs.get(name);
    const id = job?.metadata?.labels?.[runnerLabel];
    if (job === undefined || id === undefined) return;
    this.jobs.delete(name);
    const owners = this.secrets.get(secretName(id))?.metadata?.ownerReferences ?? [];
    if (owners.some(({ uid }) => uid === job.metadata?.uid)) this.secrets.delete(secretName(id));
    this.nodes.remove(id);
    this.service.stop(id);
    this.imageless.delete(id);
  }

  pods(): V1Pod[] {
    return [...this.jobs.values()].map(({ metadata }) => {
      const id = metadata?.labels?.[runnerLabel] ?? '';
      const waiting = this.imageless.has(id) ? { state: { waiting: { reason: 'ImagePullBackOff' } } } : {};
      const container = { name: 'runner', image: '', imageID: '', ready: false, restartCount: 0, ...waiting };
      const labels = { ...metadata?.labels, 'job-name': metadata?.name ?? '' };
      return { metadata: { labels }, status: { containerStatuses: [container] } };
    });
  }

  /** The process in the pod ends for good; Kubernetes counts the Job as failed. */
  die(id: string): void {
    this.service.stop(id);
    this.nodes.remove(id);
    const job = this.jobs.get(jobName(id));
    if (job === undefined) return;
    job.status = { conditions: [{ type: 'Failed', status: 'True', lastTransitionTime: new Date(this.now) }] };
  }

  /**
   * The process loses its network. Bitbucket knows which step it handed out, while the model shows it with the next report
   * only: one that is cut off before that would look idle for ever, so it reports once more.
   */
  cutOff(id: string): void {
    if (!this.service.reportsTruly(id)) return this.later(5_000, () => this.cutOff(id));
    this.service.disconnect(id);
    if (!this.silentSince.has(id)) this.silentSince.set(id, this.now);
  }

  /** Its network is back, if its process still lives. */
  reconnect(id: string): void {
    const job = this.jobs.get(jobName(id));
    if ((job?.status?.ready ?? 0) === 0) return;
    this.silentSince.delete(id);
    this.service.connect(id);
  }
}

export function isMarked(labels: readonly string[]): boolean {
  return labels.includes(markerLabel);
}
