// Jobs made from one suspended CronJob as a target. Each ends by itself, or is drained by one TERM. Knows no CI service.

import pLimit from 'p-limit';
import type { CircleCiGroup, CronJobTarget } from '../../core/config/config.ts';
import type { KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import type { V1CronJob, V1Job } from '../../core/clients/kubernetes/types.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Hindrance } from '../../core/hindrance.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Machine } from '../../core/runner.ts';
import { freeSlots, isMadeFrom, jobFrom } from './cron-job-manifest.ts';
import { createdAt, phaseOf } from '../../core/job-machine.ts';
import type { NamespacePods } from './namespace-pods.ts';
import { hindranceToDraining } from './one-term.ts';
import type { PoolTarget, TargetView } from './target.ts';
import type { Together } from '../../core/together.ts';

export interface CronJobPoolOptions {
  readonly group: Pick<CircleCiGroup, 'name'>;
  readonly place: Pick<CronJobTarget, 'namespace' | 'name'>;
  readonly client: KubernetesClient;
  /** Every Job of the namespace, shared by the groups in it. */
  readonly jobs: Together<readonly V1Job[]>;
  readonly pods: NamespacePods;
  readonly clock: Clock;
  /** Whether runners are to be drained, so that it is told what hinders that; false if left out. */
  readonly scaleIn?: boolean | undefined;
  /** Told a sentence when something is odd but not wrong. */
  readonly warn: (text: string) => void;
}

/** Creations under way at a time. */
const atATime = 8;

function isTaken(error: unknown): boolean {
  return error instanceof ServiceError && error.status === 409;
}

export class CronJobPool implements PoolTarget {
  readonly description: string;
  private readonly options: CronJobPoolOptions;
  /** Names and uids that the decision knows of. Names are picked by it and not by a later look: see `slotName`. */
  private known: ReadonlyMap<string, string | undefined> = new Map();
  /** Whether a Job was ever seen ready; by uid. Only those that were seen before they ended. */
  private readonly worked = new Map<string, boolean>();
  /** Uids of Jobs that a fresh look has shown to be made from another, less patient template. */
  private readonly undrainable = new Set<string>();
  private readonly told = new Set<string>();

  constructor(options: CronJobPoolOptions) {
    this.options = options;
    this.description = `Jobs of CronJob ${this.path}`;
  }

  async observe(): Promise<TargetView> {
    const { jobs, clock } = this.options;
    const observedAt = clock.now();
    const cronJob = await this.template();
    const own = (await jobs.ask(this.path)).filter((job) => isMadeFrom(job, cronJob));
    this.known = new Map(own.map(({ metadata }) => [metadata?.name ?? '', metadata?.uid]));
    const scalesIn = hindranceIn(cronJob) === undefined;
    const machines = own.map((job) => ({
      ...this.machineOf(job),
      drainable: scalesIn && this.mayDrain(job),
    }));
    this.forgetAllBut(machines);
    return { observedAt, machines };
  }

  explain(machines: readonly Machine[]): Promise<ReadonlyMap<string, Hindrance>> {
    return this.options.pods.explain(machines);
  }

  async order(machines: number, made: (machineId: string) => void): Promise<void> {
    const cronJob = await this.template();
    const names = freeSlots(cronJob.metadata?.name ?? '', this.known);
    let failure: unknown;
    const one = async (): Promise<void> => {
      if (failure !== undefined) return;
      await this.create(cronJob, names).then(made, (error: unknown) => (failure ??= error));
    };
    const limit = pLimit(atATime);
    await Promise.all(Array.from({ length: machines }, () => limit(one)));
    if (failure !== undefined) throw failure as Error;
  }

  /**
   * Deletes the Job that was decided on, once: its pod gets one TERM. One that is going, has ended or was replaced by another
   * of its name meanwhile is left alone.
   */
  async drain(machineId: string): Promise<'done' | 'kept'> {
    const { client, place } = this.options;
    const uid = this.known.get(machineId);
    const job = await client.getJob(place.namespace, machineId);
    if (uid === undefined || job?.metadata?.uid !== uid) return 'kept';
    if (hindranceToDraining(job.spec?.template.spec) !== undefined) this.undrainable.add(uid);
    if (!isOpen(job) || this.undrainable.has(uid)) return 'kept';
    await client.deleteJob(place.namespace, machineId, { uid });
    return 'done';
  }

  /** The next free name; one that somebody else has filled for this CronJob meanwhile counts as made. */
  private async create(cronJob: V1CronJob, names: Generator<string, never>): Promise<string> {
    const { client, group, place, clock } = this.options;
    for (;;) {
      const name = names.next().value;
      const job = jobFrom({ cronJob, name, groupName: group.name, createdAtMs: clock.now() });
      try {
        await client.createJob(place.namespace, job);
        return name;
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
      const there = await client.getJob(place.namespace, name);
      if (there !== undefined && isMadeFrom(there, cronJob) && isOpen(there)) return name;
    }
  }

  /** The CronJob as it is now. @throws ServiceError also if there is none */
  private async template(): Promise<V1CronJob> {
    const { client, place } = this.options;
    const cronJob = await client.getCronJob(place.namespace, place.name);
    if (cronJob === undefined) {
      const text = `kubernetes get-cron-job: there is no CronJob ${this.path}. Create it, or correct cron_job in the configuration.`;
      throw new ServiceError(text, { ...about, status: 404 });
    }
    // Its Jobs may be set free before it goes, so that they would be ordered again.
    if (cronJob.metadata?.deletionTimestamp !== undefined) {
      const text = `kubernetes get-cron-job: the CronJob ${this.path} is being deleted, so nothing is made from it.`;
      throw new ServiceError(text, { ...about, status: 404 });
    }
    const pods = cronJob.spec?.jobTemplate.spec?.parallelism ?? 1;
    if (pods > 1) {
      const text =
        `kubernetes get-cron-job: parallelism is ${pods} in the Job template of the CronJob ${this.path}, so each Job would be ` +
        `${pods} runners and max would not hold. Set spec.jobTemplate.spec.parallelism to 1, and completions too.`;
      throw new ServiceError(text, { ...about, failure: 'malformed' });
    }
    this.warnOfOddities(cronJob);
    return cronJob;
  }

  private warnOfOddities(cronJob: V1CronJob): void {
    const oddities = odditiesOf(cronJob, this.options.scaleIn === true);
    const texts = oddities.map((oddity) => `CronJob ${this.path} ${oddity}`);
    for (const text of texts) if (!this.told.has(text)) this.options.warn(text);
    this.told.clear();
    for (const text of texts) this.told.add(text);
  }

  /**
   * A ready pod counts as a runner: its name at the CI service is the template's business. A Job that was seen waiting and
   * then failed, but never ready, has never worked.
   */
  private machineOf(job: V1Job): Machine {
    const phase = phaseOf(job);
    const { name: id = '', uid = '' } = job.metadata ?? {};
    if (phase === 'pending' && !this.worked.has(uid)) this.worked.set(uid, false);
    if (phase === 'running') this.worked.set(uid, true);
    const isFailedStart = phase === 'failed' && this.worked.get(uid) === false;
    const serves = phase === 'running' ? true : isFailedStart ? false : undefined;
    return { id, uid, runnerId: undefined, createdAt: createdAt(job), phase, serves };
  }

  private mayDrain({ metadata }: Pick<V1Job, 'metadata'>): boolean {
    return metadata?.uid !== undefined && !this.undrainable.has(metadata.uid);
  }

  private forgetAllBut(machines: readonly Machine[]): void {
    const there = new Set(machines.map(({ uid }) => uid));
    for (const uid of this.worked.keys()) if (!there.has(uid)) this.worked.delete(uid);
    for (const uid of this.undrainable) if (!there.has(uid)) this.undrainable.delete(uid);
  }

  private get path(): string {
    const { namespace, name } = this.options.place;
    return `${namespace}/${name}`;
  }
}

const about = { service: 'kubernetes', operation: 'get-cron-job', failure: 'status' } as const;

function hindranceIn({ spec }: V1CronJob): string | undefined {
  return hindranceToDraining(spec?.jobTemplate.spec?.template.spec);
}

function odditiesOf(cronJob: V1CronJob, scaleIn: boolean): string[] {
  const awake =
    'is not suspended, so its schedule starts runners that nobody asked for; set spec.suspend: true';
  const hindrance = scaleIn ? hindranceIn(cronJob) : undefined;
  return [
    ...(cronJob.spec?.suspend === true ? [] : [awake]),
    ...(hindrance === undefined ? [] : [`hinders scale_in, so that its runners stay: ${hindrance}`]),
  ];
}

function isOpen(job: V1Job): boolean {
  const phase = phaseOf(job);
  return phase === 'pending' || phase === 'running';
}
