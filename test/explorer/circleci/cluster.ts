// CronJobs, the Jobs made from them and their pods, in virtual time: images, nodes, TERM and KILL, and times to live. No client.

import type { V1CronJob, V1Job } from '../../../core/clients/kubernetes/types.ts';
import type { CircleCiGroup } from '../../../core/config/config.ts';
import { Nodes } from '../../../simulate/nodes.ts';
import type { Land } from './cloud.ts';
import { namespace } from './setting.ts';

/** What becomes of a pod's container. */
type PodState = 'waiting' | 'running' | 'succeeded' | 'failed';

export interface ExploredJob {
  readonly name: string;
  readonly uid: string;
  readonly cronJob: string;
  readonly resourceClass: string;
  readonly createdAt: number;
  readonly pod: string;
  job: V1Job;
  state: PodState;
  /** Its image is not there. */
  imageless: boolean;
  /** Who deletes it, since that. */
  deletedBy: string | undefined;
}

/** A pod's container runs before the Job says so, and the runner in it takes a while to sign on. */
const tellMs = 1_000;
const signOnMs = 4_000;
/** What Kubernetes gives a pod that asks for nothing; and the longest task of CircleCI's runner. */
const graces = { hasty: 30, patient: 18_000 } as const;

export function isFinished({ state }: ExploredJob): boolean {
  return state === 'succeeded' || state === 'failed';
}

export class Cluster {
  readonly jobs = new Map<string, ExploredJob>();
  made = 0;
  graceSeconds: number;
  private readonly land: Land;
  private readonly nodes: Nodes;
  private readonly classes = new Map<string, string>();
  private versions = 0;

  constructor(land: Land) {
    const { time, setting, random } = land;
    this.land = land;
    this.graceSeconds = setting.patient ? graces.patient : graces.hasty;
    const bootMs = (): number => Math.round(setting.bootMs * (0.5 + random()));
    this.nodes = new Nodes(time.timeline, { room: setting.room, bootMs });
  }

  furnish({ target, resourceClass }: CircleCiGroup): void {
    this.classes.set(target.name, resourceClass);
  }

  /** Somebody changes how long pods get between TERM and KILL, for Jobs made from now on. */
  changeGrace(): void {
    this.graceSeconds = this.graceSeconds === graces.hasty ? graces.patient : graces.hasty;
  }

  cronJobs(): V1CronJob[] {
    return [...this.classes.keys()].map((name) => this.cronJob(name));
  }

  /** Not finished: whatever may run a task, those that are on their way out too. */
  alive(cronJob: string): ExploredJob[] {
    return [...this.jobs.values()].filter((job) => job.cronJob === cronJob && !isFinished(job));
  }

  isUnschedulable({ uid, state }: ExploredJob): boolean {
    return state === 'waiting' && this.nodes.isWaiting(uid);
  }

  create(job: V1Job): V1Job {
    const { time, delayOfStart } = this.land;
    const { name = '', ownerReferences = [] } = job.metadata ?? {};
    const number = ++this.made;
    const uid = `job-${number}`;
    const cronJob = ownerReferences[0]?.name ?? '';
    const delay = delayOfStart();
    const made: ExploredJob = {
      ...{ name, uid, cronJob, resourceClass: this.classes.get(cronJob) ?? '', createdAt: time.now },
      ...{ pod: `${name}-${number}`, state: 'waiting', imageless: delay > 0, deletedBy: undefined },
      job: { ...job, status: { active: 1, ready: 0 } },
    };
    this.jobs.set(name, made);
    this.write(made, { uid, creationTimestamp: new Date(time.now) });
    this.nodes.add(uid, () => this.placed(made, delay));
    return made.job;
  }

  /** In the foreground: TERM to its pod, and KILL when its grace is over. */
  delete(made: ExploredJob, by: string): void {
    if (made.deletedBy !== undefined) return;
    const { time, tasks, deleting } = this.land;
    deleting(made.name, by);
    made.deletedBy = by;
    this.write(made, { deletionTimestamp: new Date(time.now) });
    const goesOn = made.state === 'running' && tasks.leave(made.pod);
    if (goesOn) return time.later(this.graceOf(made) * 1000, () => this.kill(made));
    if (made.state === 'running') made.state = 'succeeded';
    this.leaveSoon(made);
  }

  /** Whether a Job's pod, or one made now, may end any task that it has. */
  isPatient(made?: ExploredJob): boolean {
    return (made === undefined ? this.graceSeconds : this.graceOf(made)) >= graces.patient;
  }

  graceOf({ job }: ExploredJob): number {
    return job.spec?.template.spec?.terminationGracePeriodSeconds ?? graces.hasty;
  }

  /** Its image is there at last. */
  heal(made: ExploredJob): void {
    if (!made.imageless) return;
    made.imageless = false;
    if (!this.nodes.isWaiting(made.uid)) this.run(made);
  }

  /** Its node dies, and its task with it. */
  fail(made: ExploredJob): void {
    if (isFinished(made)) return;
    this.land.tasks.stop(made.pod);
    this.finish(made, 'failed');
  }

  private cronJob(name: string): V1CronJob {
    const [org = '', of = ''] = (this.classes.get(name) ?? '').split('/');
    const labels = { 'resource-class-org': org, 'resource-class-name': of };
    const { ttlSeconds } = this.land.setting;
    const pod = {
      ...{ restartPolicy: 'Never', terminationGracePeriodSeconds: this.graceSeconds },
      containers: [{ name: 'runner', image: 'circleci/runner-agent:machine-3' }],
    };
    const ttl = ttlSeconds === undefined ? {} : { ttlSecondsAfterFinished: ttlSeconds };
    const spec = { backoffLimit: 0, ...ttl, template: { metadata: { labels }, spec: pod } };
    return {
      metadata: { name, namespace, labels, uid: `cron-${name}` },
      spec: { suspend: true, schedule: '* * * * *', jobTemplate: { spec } },
    };
  }

  private placed(made: ExploredJob, delay: number): void {
    if (made.imageless && delay !== Infinity) this.land.time.later(delay, () => this.heal(made));
    if (!made.imageless) this.run(made);
  }

  private run(made: ExploredJob): void {
    const { time, tasks, setting, random } = this.land;
    const isGoing = (): boolean => made.deletedBy !== undefined || this.jobs.get(made.name) !== made;
    if (made.state !== 'waiting' || isGoing()) return;
    made.state = 'running';
    const { pod: name, resourceClass } = made;
    const ended = (): void => this.finish(made, 'succeeded');
    time.later(random() * tellMs, () => {
      if (made.state === 'running' && !isGoing()) this.write(made, {}, { active: 1, ready: 1 });
    });
    time.later(tellMs + random() * signOnMs, () => {
      if (made.state !== 'running' || isGoing()) return;
      tasks.connect({ name, resourceClass, life: setting.life, ended });
    });
  }

  private finish(made: ExploredJob, state: 'succeeded' | 'failed'): void {
    if (isFinished(made)) return;
    const { time } = this.land;
    made.state = state;
    this.nodes.remove(made.uid);
    const lastTransitionTime = new Date(time.now);
    const type = state === 'failed' ? 'Failed' : 'Complete';
    this.write(made, {}, { ready: 0, conditions: [{ type, status: 'True', lastTransitionTime }] });
    if (made.deletedBy !== undefined) return this.leaveSoon(made);
    const { ttlSecondsAfterFinished: ttl } = made.job.spec ?? {};
    if (ttl === undefined || !this.land.setting.ttlWorks) return;
    time.later(ttl * 1000, () => {
      if (this.jobs.get(made.name) === made) this.delete(made, 'time to live');
    });
  }

  private kill(made: ExploredJob): void {
    if (this.jobs.get(made.name) !== made) return;
    const { tasks, killed } = this.land;
    const task = tasks.taskOn(made.pod);
    tasks.stop(made.pod);
    if (task !== undefined) killed(made.name, task);
    this.leaveSoon(made);
  }

  private leaveSoon(made: ExploredJob): void {
    this.land.time.later(500 + this.land.random() * 1_000, () => {
      if (this.jobs.get(made.name) !== made) return;
      this.jobs.delete(made.name);
      this.nodes.remove(made.uid);
    });
  }

  /** A new version: what was read before does not change. */
  private write(made: ExploredJob, metadata: NonNullable<V1Job['metadata']>, status?: V1Job['status']): void {
    const { job } = made;
    const resourceVersion = String(++this.versions);
    made.job = {
      ...job,
      metadata: { ...job.metadata, ...metadata, resourceVersion },
      ...{ status: { ...job.status, ...status } },
    };
  }
}
