// Jobs and CronJobs: what carries runners. Knows the API's calls, not what a runner is.

import type { BatchV1Api, V1CronJob, V1Job } from '@kubernetes/client-node';
import { acceptDeletion, acceptObject, unlessMissing } from './answer.ts';
import type { Caller } from './call.ts';
import { creationQuery, sendingAsIs } from './creation.ts';
import { listAll } from './list.ts';
import type { Target } from './target.ts';
import type { CreateOptions } from './types.ts';

export interface JobCalls {
  listJobs(namespace: string, labelSelector: string): Promise<V1Job[]>;
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

export function jobCalls(api: BatchV1Api, caller: Caller): JobCalls {
  return { ...reads(api, caller), ...writes(api, caller) };
}

function reads(api: BatchV1Api, caller: Caller): Omit<JobCalls, 'createJob' | 'deleteJob'> {
  const one = (namespace: string, name: string) => ({ verb: 'get', namespace, name }) as const;
  return {
    listJobs: (namespace, selector) =>
      listAll(caller, {
        ...{ operation: 'list-jobs', kind: 'Job', namespace, selector },
        send: (query, options) => api.listNamespacedJob(query, options),
      }),
    listCronJobs: (namespace, selector) =>
      listAll(caller, {
        ...{ operation: 'list-cron-jobs', kind: 'CronJob', namespace, selector },
        send: (query, options) => api.listNamespacedCronJob(query, options),
      }),
    getJob(namespace, name) {
      const target: Target = { operation: 'get-job', kind: 'Job', ...one(namespace, name) };
      const accept = acceptObject<V1Job>(target);
      const send = api.readNamespacedJob.bind(api, { namespace, name });
      return unlessMissing(name, () => caller.read({ target, send, accept }));
    },
    getCronJob(namespace, name) {
      const target: Target = { operation: 'get-cron-job', kind: 'CronJob', ...one(namespace, name) };
      const accept = acceptObject<V1CronJob>(target);
      const send = api.readNamespacedCronJob.bind(api, { namespace, name });
      return unlessMissing(name, () => caller.read({ target, send, accept }));
    },
  };
}

function writes(api: BatchV1Api, caller: Caller): Pick<JobCalls, 'createJob' | 'deleteJob'> {
  return {
    createJob(namespace, job, options = {}) {
      const name = job.metadata?.name;
      const target: Target = { operation: 'create-job', verb: 'create', kind: 'Job', namespace, name };
      const written = { apiVersion: 'batch/v1', kind: 'Job', ...job };
      return caller.write({
        target,
        send: (call) =>
          api.createNamespacedJob(
            { namespace, body: {}, ...creationQuery(options) },
            sendingAsIs(written, call),
          ),
        accept: acceptObject<V1Job>(target),
      });
    },
    async deleteJob(namespace, name, { uid } = {}) {
      const target: Target = { operation: 'delete-job', verb: 'delete', kind: 'Job', namespace, name };
      const preconditions = uid === undefined ? {} : { preconditions: { uid } };
      const body = { propagationPolicy: 'Foreground', ...preconditions };
      const send = api.deleteNamespacedJob.bind(api, { namespace, name, body });
      await unlessMissing(name, () => caller.write({ target, send, accept: acceptDeletion('Job') }));
    },
  };
}
