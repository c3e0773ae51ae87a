// Both sides of one Bitbucket group in memory and in virtual time: what soak tests of both programs run against. No HTTP.

import { unlimited } from '../../core/clients/http/budget.ts';
import type { BitbucketClient } from '../../core/clients/bitbucket/client.ts';
import type { KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import type { V1Job, V1Pod, V1Secret } from '../../core/clients/kubernetes/types.ts';
import type { Scope } from '../../core/config/config.ts';
import { ServiceError } from '../../core/errors.ts';
import { jobName, runnerLabel } from '../../core/job-names.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Runner } from '../../core/runner.ts';
import { CiService } from '../../simulate/ci-service.ts';
import { Nodes } from '../../simulate/nodes.ts';
import type { ShownRunner } from '../../simulate/registrations.ts';
import { Timeline } from '../../simulate/timeline.ts';

export interface EstateOptions {
  readonly scope: Scope;
  readonly bootMs: () => number;
  /** Pods that the nodes hold. */
  readonly room: number;
  readonly startsAt: number;
}

type Stored = { -readonly [Key in keyof V1Job]: V1Job[Key] };

/** `key`, `key=value` and `key in (value)`, joined by commas. */
function labelsMatch(selector: string, labels: Readonly<Record<string, string>> = {}): boolean {
  return selector.split(/,(?![^(]*\))/).every((part) => {
    const [, key = '', several, one] = /^([^ =]+)(?: in \((.*)\)|=(.*))?$/.exec(part) ?? [];
    if (several !== undefined) return several.split(',').includes(labels[key] ?? '');
    return one === undefined ? key in labels : labels[key] === one;
  });
}

function refuse(operation: string, status: number): ServiceError {
  return new ServiceError(`${operation}: ${status}`, {
    service: 'estate',
    operation,
    failure: 'status',
    status,
  });
}

function observed({ id, name, labels, status, step, createdAt, updatedAt }: ShownRunner): Runner {
  const lower = status.toLowerCase() as Runner['status'];
  const busyness = step ? 'busy' : 'idle';
  return {
    id,
    name,
    labels: [...labels].sort(),
    status: lower,
    cordoned: false,
    busyness,
    createdAt,
    updatedAt,
  };
}

const times = { reportEveryMs: 30_000, offlineAfterMs: 90_000 };

export class Estate {
  readonly timeline: Timeline;
  readonly service: CiService;
  readonly scope: string;
  readonly jobs = new Map<string, Stored>();
  readonly secrets = new Map<string, V1Secret>();
  /** Pods that get no image: the runner's id. */
  readonly imageless = new Set<string>();
  /** While true no call gets an answer. */
  unreachable = false;
  /** Asked before each call; true loses it. */
  loses: () => boolean = () => false;
  private readonly nodes: Nodes;
  private ids = 0;

  constructor({ scope, bootMs, room, startsAt }: EstateOptions) {
    this.scope = scope.workspace;
    this.timeline = new Timeline(startsAt);
    const newId = (): string => `r${++this.ids}`;
    this.service = new CiService(this.timeline, {
      ...times,
      runnerLimit: 100,
      failsWithoutRunner: true,
      newId,
    });
    this.nodes = new Nodes(this.timeline, { room, bootMs });
  }

  get clock(): Clock {
    return {
      now: () => this.timeline.now,
      sleep: (ms) => {
        this.timeline.advance(this.timeline.now + ms);
        return Promise.resolve();
      },
    };
  }

  /** The process in the pod ends for good; Kubernetes counts the Job as failed. */
  die(id: string): void {
    const job = this.jobs.get(jobName(id));
    this.service.stop(id);
    this.nodes.remove(id);
    if (job === undefined) return;
    const lastTransitionTime = new Date(this.timeline.now);
    job.status = { conditions: [{ type: 'Failed', status: 'True', lastTransitionTime }] };
  }

  /** As `kubectl delete job` does. */
  dropJob(name: string): void {
    const job = this.jobs.get(name);
    const id = job?.metadata?.labels?.[runnerLabel];
    this.jobs.delete(name);
    for (const [secret, { metadata }] of this.secrets) {
      if (metadata?.ownerReferences?.some(({ uid }) => uid === job?.metadata?.uid) === true)
        this.secrets.delete(secret);
    }
    if (id === undefined) return;
    this.nodes.remove(id);
    this.service.stop(id);
    this.imageless.delete(id);
  }

  /** @param removed told of each registration that the caller deletes */
  bitbucket(removed: (id: string) => void): BitbucketClient {
    const { service, scope } = this;
    const answer = <T>(operation: string, call: () => T): Promise<T> => this.answer(operation, call);
    return {
      listRunners: () => answer('list-runners', () => service.list(scope).map(observed)),
      getRunner: (_scope, id) =>
        answer('get-runner', () => {
          const shown = service.find(scope, id);
          return shown && observed(shown);
        }),
      createRunner: (_scope, { name, labels }) =>
        answer('create-runner', () => {
          const made = service.register({ scope, name, labels });
          if (made === 'limit') throw refuse('create-runner', 400);
          return { runnerId: made.id, oauthClientId: 'id', oauthClientSecret: 'secret' };
        }),
      setDisabled: (_scope, id, disabled) =>
        answer('set-disabled', () => {
          if (!service.setDisabled(scope, id, disabled)) throw refuse('set-disabled', 404);
        }),
      deleteRunner: (_scope, id) =>
        answer('delete-runner', () => {
          removed(id);
          service.deregister(scope, id);
        }),
      resolve: () => Promise.resolve({ accountUuid: 'account' }),
      budget: unlimited,
    };
  }

  /** The calls that the programs make for a Bitbucket group. */
  kubernetes(): KubernetesClient {
    const answer = <T>(operation: string, call: () => T): Promise<T> => this.answer(operation, call);
    const list = <T extends { metadata?: { labels?: Record<string, string> } }>(
      all: Iterable<T>,
      selector: string,
    ) => [...all].filter(({ metadata }) => labelsMatch(selector, metadata?.labels));
    const calls: Partial<KubernetesClient> = {
      listJobs: (_namespace, selector) => answer('list-jobs', () => list(this.jobs.values(), selector)),
      getJob: (_namespace, name) => answer('get-job', () => this.jobs.get(name)),
      createJob: (_namespace, job, options) =>
        answer('create-job', () => this.createJob(job, options?.rehearse)),
      deleteJob: (_namespace, name, { uid } = {}) =>
        answer('delete-job', () => {
          const there = this.jobs.get(name);
          if (there === undefined) return;
          if (uid !== undefined && there.metadata?.uid !== uid) throw refuse('delete-job', 409);
          this.dropJob(name);
        }),
      listSecrets: (_namespace, selector) =>
        answer('list-secrets', () => list(this.secrets.values(), selector)),
      createSecret: (_namespace, secret, options) =>
        answer('create-secret', () => {
          const metadata = { ...secret.metadata, creationTimestamp: new Date(this.timeline.now) };
          if (options?.rehearse !== true) this.secrets.set(metadata.name ?? '', { ...secret, metadata });
          return secret;
        }),
      deleteSecret: (_namespace, name) => answer('delete-secret', () => void this.secrets.delete(name)),
      ownSecret: (_namespace, name, owner) =>
        answer('own-secret', () => {
          const secret = this.secrets.get(name);
          if (secret === undefined) return 'missing';
          this.secrets.set(name, { ...secret, metadata: { ...secret.metadata, ownerReferences: [owner] } });
          return 'owned';
        }),
      listPods: (_namespace, selector) => answer('list-pods', () => list(this.pods(), selector)),
      listEvents: () => answer('list-events', () => []),
      createNamespace: () => Promise.resolve('existed'),
      createEvent: () => Promise.resolve(),
    };
    return { server: 'estate', ...calls } as KubernetesClient;
  }

  private createJob(job: V1Job, rehearse = false): V1Job {
    if (rehearse) return job;
    const name = job.metadata?.name ?? '';
    const id = job.metadata?.labels?.[runnerLabel] ?? '';
    const made: Stored = { ...job, metadata: { ...job.metadata, uid: `uid-${id}` }, status: {} };
    this.jobs.set(name, made);
    if (this.imageless.has(id)) return made;
    this.nodes.add(id, () => {
      made.status = { ready: 1 };
      this.service.connect(id);
    });
    return made;
  }

  private pods(): V1Pod[] {
    return [...this.jobs.values()].map(({ metadata }) => {
      const id = metadata?.labels?.[runnerLabel] ?? '';
      const waiting = this.imageless.has(id) ? { state: { waiting: { reason: 'ImagePullBackOff' } } } : {};
      const container = { name: 'runner', image: '', imageID: '', ready: false, restartCount: 0, ...waiting };
      const labels = { ...metadata?.labels, 'job-name': metadata?.name ?? '' };
      return { metadata: { labels }, status: { containerStatuses: [container] } };
    });
  }

  /** Gives way to whoever else has a call under way, as a network would. */
  private async answer<T>(operation: string, call: () => T): Promise<T> {
    await Promise.resolve();
    if (this.unreachable || this.loses()) {
      throw new ServiceError(`${operation}: no answer`, { service: 'estate', operation, failure: 'network' });
    }
    const result = call();
    await Promise.resolve();
    return result;
  }
}
