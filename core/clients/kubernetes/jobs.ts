// Jobs and CronJobs: what carries runners. Knows the API's calls, not what a runner is.

import { acceptDeletion, acceptObject, unlessMissing } from './answer.ts';
import type { Caller } from './call.ts';
import { creationQuery } from './creation.ts';
import { listAll } from './list.ts';
import type { Target } from './target.ts';
import type { ChangeOptions, CreateOptions, V1CronJob, V1Job } from './types.ts';

/** A Job without its spec, which is most of its size; what who lists reads of it stands beside. */
export interface ListedJob extends Omit<V1Job, 'spec'> {
  /** Seconds after its end when the cluster removes it; undefined if it does not. */
  readonly ttlSecondsAfterFinished?: number | undefined;
}

/** The Job that is meant, and what else a deletion may be asked for. */
export interface DeletionGuard extends ChangeOptions {
  readonly uid?: string | undefined;
  /** As it was seen: any change since, be it of its status, forbids the deletion. */
  readonly resourceVersion?: string | undefined;
}

function listed({ metadata = {}, status = {}, spec }: V1Job): ListedJob {
  const { ttlSecondsAfterFinished } = spec ?? {};
  return { metadata, status, ...(ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished }) };
}

export interface JobCalls {
  listJobs(namespace: string, labelSelector: string): Promise<ListedJob[]>;
  getJob(namespace: string, name: string): Promise<V1Job | undefined>;
  createJob(namespace: string, job: V1Job, options?: CreateOptions): Promise<V1Job>;
  /**
   * In the foreground, so the Job is there until its pods are gone. A missing Job is success. With a guard only that
   * very Job is deleted; another of the same name, or a later version, is left alone and gives status 409.
   */
  deleteJob(namespace: string, name: string, guard?: DeletionGuard): Promise<void>;
  getCronJob(namespace: string, name: string): Promise<V1CronJob | undefined>;
  listCronJobs(namespace: string, labelSelector: string): Promise<V1CronJob[]>;
}

export function jobCalls(caller: Caller): JobCalls {
  return { ...reads(caller), ...writes(caller) };
}

function reads(caller: Caller): Omit<JobCalls, 'createJob' | 'deleteJob'> {
  return {
    listJobs: (namespace, selector) =>
      listAll(caller, {
        ...{ operation: 'list-jobs', kind: 'Job', namespace, selector },
        keep: listed,
      }),
    listCronJobs: (namespace, selector) =>
      listAll(caller, {
        ...{ operation: 'list-cron-jobs', kind: 'CronJob', namespace, selector },
        keep: (cronJob: V1CronJob) => cronJob,
      }),
    getJob(namespace, name) {
      const target: Target = { operation: 'get-job', verb: 'get', kind: 'Job', namespace, name };
      return unlessMissing(name, () => caller.read({ target, accept: acceptObject<V1Job>(target) }));
    },
    getCronJob(namespace, name) {
      const target: Target = { operation: 'get-cron-job', verb: 'get', kind: 'CronJob', namespace, name };
      return unlessMissing(name, () => caller.read({ target, accept: acceptObject<V1CronJob>(target) }));
    },
  };
}

function writes(caller: Caller): Pick<JobCalls, 'createJob' | 'deleteJob'> {
  return {
    createJob(namespace, job, options = {}) {
      const name = job.metadata?.name;
      const target: Target = { operation: 'create-job', verb: 'create', kind: 'Job', namespace, name };
      const body = { apiVersion: 'batch/v1', kind: 'Job', ...job };
      return caller.write({
        target,
        query: creationQuery(options),
        body,
        accept: acceptObject<V1Job>(target),
        completes: options.completes,
      });
    },
    async deleteJob(namespace, name, { uid, resourceVersion, completes } = {}) {
      const target: Target = { operation: 'delete-job', verb: 'delete', kind: 'Job', namespace, name };
      const isGuarded = uid !== undefined || resourceVersion !== undefined;
      const preconditions = isGuarded ? { preconditions: { uid, resourceVersion } } : {};
      const body = { propagationPolicy: 'Foreground', ...preconditions };
      await unlessMissing(name, () =>
        caller.write({ target, body, accept: acceptDeletion('Job'), completes }),
      );
    },
  };
}
