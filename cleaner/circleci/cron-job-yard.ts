// The Jobs that we made from one CronJob: looked at, and removed one by one after a last look. CircleCI is not asked.

import type { Clients } from '../../core/clients/clients.ts';
import type { CronJobTarget } from '../../core/config/config.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { RequireWanted } from '../permission.ts';
import type { Removal } from '../removal.ts';
import { passJobs } from '../stale/circleci/job-pass.ts';
import type { Findings } from '../stale/findings.ts';
import type { Marks } from '../stale/marks.ts';
import type { Terms } from '../stale/terms.ts';
import type { Verdict } from '../stale/verdict.ts';
import { isOurs, readRunnerJob } from './read-job.ts';
import { jobNameLabel, type Reads } from './reads.ts';
import type { Yard } from './yard.ts';

export interface CronJobYardOptions {
  readonly place: Pick<CronJobTarget, 'namespace' | 'name'>;
  readonly clients: Pick<Clients, 'kubernetes'>;
  readonly clock: Clock;
}

export class CronJobYard implements Yard {
  readonly atATime = 4;
  private readonly options: CronJobYardOptions;
  private marks: Marks = new Map();

  constructor(options: CronJobYardOptions) {
    this.options = options;
  }

  async look(reads: Reads, terms: Terms): Promise<Findings> {
    const { place, clock } = this.options;
    const { jobs, pods } = await reads.jobs(place.namespace);
    const own = jobs.filter((job) => isOurs(job, place.name)).map((job) => readRunnerJob(job, pods));
    const passed = passJobs(own, terms, this.marks, clock.now());
    this.marks = passed.marks;
    return passed;
  }

  /**
   * The Job before its pods: whatever the cluster writes on it from then on, such as that its pod is ready, forbids the
   * deletion, and so does a mark to keep it.
   */
  async remove(marked: Verdict, terms: Terms, requireWanted: RequireWanted): Promise<Removal> {
    const { place, clients, clock } = this.options;
    const { namespace } = place;
    const client = clients.kubernetes();
    const kept: Removal = { outcome: 'kept', verdict: marked };
    const job = await client.getJob(namespace, marked.id);
    if (job === undefined || !isOurs(job, place.name)) return kept;
    const pods = await client.listPods(namespace, `${jobNameLabel}=${marked.id}`);
    const { metadata, spec } = job;
    const { ttlSecondsAfterFinished } = spec ?? {};
    const seen = readRunnerJob({ ...job, ttlSecondsAfterFinished }, pods);
    const [verdict] = passJobs([seen], terms, this.marks, clock.now()).due;
    if (verdict === undefined) return kept;
    requireWanted();
    const guard = { uid: metadata?.uid, resourceVersion: metadata?.resourceVersion };
    try {
      await client.deleteJob(namespace, marked.id, guard);
    } catch (error) {
      if (error instanceof ServiceError && error.status === 409) return kept;
      throw error;
    }
    return { outcome: 'removed', verdict, kinds: ['job'] };
  }
}
