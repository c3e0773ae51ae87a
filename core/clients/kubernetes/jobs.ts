// Jobs and CronJobs: what carries runners. Knows the API's calls, not what a runner is.

import { acceptDeletion, acceptObject, unlessMissing } from './answer.ts';
import type { Caller } from './call.ts';
import { creationQuery } from './creation.ts';
import { listAll } from './list.ts';
import type { Target } from './target.ts';
import type { CreateOptions, V1CronJob, V1Job } from './types.ts';

/** A Job without its spec, which is most of its size and read by nobody who lists. */
export type ListedJob = Omit<V1Job, 'spec'>;

export interface JobCalls {
  listJobs(namespace: string, labelSelector: string): Promise<ListedJob[]>;
  getJob(namespace: string, name: string): Promise<V1Job | undefined>;
  createJob(namespace: string, job: V1Job, options?: CreateOptions): Promise<V1Job>;
  /**
   * In the foreground, so the Job is there until its pods are gone. A missing Job is success. With a uid only that
   * very Job is deleted; another of the same name is left alone and gives status 409.
   */
  deleteJob(namespace: string, name: string, options?: { uid?: string | undefined }): Promise<void>;
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
        keep: ({ metadata = {}, status = {} }: V1Job): ListedJob => ({ metadata, status }),
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
      });
    },
    async deleteJob(namespace, name, { uid } = {}) {
      const target: Target = { operation: 'delete-job', verb: 'delete', kind: 'Job', namespace, name };
      const preconditions = uid === undefined ? {} : { preconditions: { uid } };
      const body = { propagationPolicy: 'Foreground', ...preconditions };
      await unlessMissing(name, () => caller.write({ target, body, accept: acceptDeletion('Job') }));
    },
  };
}
