// Makes the pod of a Job, the defaults of a Job, and a pod's status in each phase. Values in, values out.

import type { PodPhase } from './job-status.ts';
import { isRecord, timestamp, type KubeObject, type Metadata } from './objects.ts';

type Template = { metadata?: Partial<Metadata>; spec?: Record<string, unknown> };

/** The Job as the API server keeps it: defaults filled in, its selector and the labels that it gives its pods. */
export function withJobDefaults(job: KubeObject): KubeObject {
  const { uid, name } = job.metadata;
  const template = (isRecord(job.spec?.['template']) ? job.spec['template'] : {}) as Template;
  const ownLabels = { 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': name };
  const labels = { ...template.metadata?.labels, ...ownLabels, 'controller-uid': uid, 'job-name': name };
  const spec = {
    ...{ parallelism: 1, completions: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false },
    ...{ podReplacementPolicy: 'TerminatingOrFailed', manualSelector: undefined },
    ...job.spec,
    selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
    template: { ...template, metadata: { ...template.metadata, labels } },
  };
  const given = job.metadata.labels ?? {};
  const metadata = { ...job.metadata, labels: Object.keys(given).length > 0 ? given : labels };
  return { ...job, metadata, spec, status: {} };
}

/** A Pending pod from the Job's template. `suffix` follows the Job's name. */
export function podOf(job: KubeObject, suffix: string): KubeObject {
  const { name, namespace = '', uid } = job.metadata;
  const template = job.spec?.['template'] as Template;
  const owner = {
    apiVersion: job.apiVersion,
    kind: 'Job',
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name: `${name.slice(0, 57)}-${suffix}`, generateName: `${name}-`, namespace },
      ...{ labels: template.metadata?.labels ?? {}, annotations: template.metadata?.annotations ?? {} },
      ...{ ownerReferences: [owner], uid: '', resourceVersion: '', creationTimestamp: '' },
    },
    spec: template.spec ?? {},
    status: { phase: 'Pending', qosClass: 'Burstable' },
  };
}

/** What a kubelet or the scheduler says of a pod. */
export interface PodNews {
  /** Such as `Evicted`, `ImagePullBackOff` or `Unschedulable`. */
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

function containerState(phase: PodPhase, { reason, message, now }: PodNews): Record<string, unknown> {
  const at = timestamp(now);
  if (phase === 'Pending') return { waiting: { reason: reason ?? 'ContainerCreating', message } };
  if (phase === 'Running') return { running: { startedAt: at } };
  const [exitCode, usual] = phase === 'Succeeded' ? [0, 'Completed'] : [1, 'Error'];
  return { terminated: { exitCode, reason: reason ?? usual, finishedAt: at } };
}

/** As the scheduler leaves a pod that fits on no node: nothing of its containers is known. */
function unscheduledStatus(message: string | undefined): Record<string, unknown> {
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
  return { phase: 'Pending', qosClass: 'Burstable', conditions: [condition] };
}

export function podStatus(pod: KubeObject, phase: PodPhase, news: PodNews): Record<string, unknown> {
  const { reason, message, now } = news;
  if (phase === 'Pending' && reason === 'Unschedulable') return unscheduledStatus(message);
  const running = phase === 'Running';
  const containers = (pod.spec?.['containers'] ?? []) as { name: string; image: string }[];
  return {
    ...{ phase, qosClass: 'Burstable', startTime: pod.status?.['startTime'] ?? timestamp(now) },
    ...(reason === undefined || phase !== 'Failed' ? {} : { reason }),
    conditions: [
      { type: 'PodScheduled', status: 'True' },
      { type: 'Ready', status: running ? 'True' : 'False' },
    ],
    containerStatuses: containers.map(({ name, image }) => ({
      ...{ name, image, imageID: '', ready: running, restartCount: 0 },
      state: containerState(phase, news),
    })),
  };
}
