// Completes a template's Job: whose it is, and that it never runs twice at a time. The pod is completed elsewhere.
import type { V1Job } from '../../core/clients/kubernetes/types.ts';
import { InternalError } from '../../core/errors.ts';
import { completePod } from './complete-pod.ts';
import type { RunnerIdentity } from './identity.ts';
import { createdAtAnnotation, jobName } from '../../core/job-names.ts';
import type { JobTemplate } from './job-template.ts';
import { customerLabel, defaultCustomer, runnerLabels } from './runner-labels.ts';

/** Restarts of a failed pod before the Job is given up; Kubernetes' own default, written out. */
const defaultBackoffLimit = 6;
/** Long enough to read the logs of a runner that ended, short enough that ended Jobs do not pile up. Seconds. */
const defaultTtlSeconds = 600;

/**
 * One pod at a time: two pods of one registration would fight over its state (Bitbucket answers 409 "Simultaneous state
 * updates"), so a replacement waits until the pod before it has ended (`podReplacementPolicy: Failed`).
 */
export function completeJob(written: V1Job, input: RunnerIdentity, template: JobTemplate): V1Job {
  const { metadata, spec } = written;
  if (spec === undefined) throw new InternalError('A template without a Job spec got past the check.');
  const labels = metadata?.labels;
  const customer =
    labels?.[customerLabel] ?? spec.template.metadata?.labels?.[customerLabel] ?? defaultCustomer;
  return {
    ...written,
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...metadata,
      name: jobName(input.runnerId),
      namespace: input.group.namespace,
      labels: runnerLabels(labels, input, customer),
      annotations: {
        ...metadata?.annotations,
        [createdAtAnnotation]: new Date(input.createdAtMs).toISOString(),
      },
    },
    spec: {
      backoffLimit: defaultBackoffLimit,
      ttlSecondsAfterFinished: defaultTtlSeconds,
      ...spec,
      parallelism: 1,
      completions: 1,
      podReplacementPolicy: 'Failed',
      template: completePod(spec.template, input, { template, customer }),
    },
  };
}
