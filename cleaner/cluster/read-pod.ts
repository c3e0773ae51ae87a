// How a pod reads to the cleaner: whether it is stuck, and on what. Pure.

import type { V1Pod } from '../../core/clients/kubernetes/types.ts';
import type { PodTrouble, SeenPod } from '../stale/subject.ts';

/** The kubelet's words for a container that it can't even start. */
const imageWords = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

const crashWords = new Set([
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

function troubleOf(word: string): PodTrouble | undefined {
  if (imageWords.has(word)) return 'image-pull';
  return crashWords.has(word) ? 'crash-loop' : undefined;
}

/** What its containers wait for, sidecars included. */
function waitingWords({ status }: V1Pod): string[] {
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return containers.flatMap(({ state }) => state?.waiting?.reason ?? []);
}

function isUnschedulable({ status }: V1Pod): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: value, reason }) =>
      type === 'PodScheduled' && value === 'False' && reason === 'Unschedulable',
  );
}

export function readPod(pod: V1Pod): SeenPod {
  const word = waitingWords(pod).find((candidate) => troubleOf(candidate) !== undefined) ?? '';
  const at = pod.metadata?.creationTimestamp;
  const createdAt = at === undefined ? 0 : new Date(at).getTime();
  if (isUnschedulable(pod)) return { createdAt, trouble: 'unschedulable', word: 'Unschedulable' };
  return { createdAt, trouble: troubleOf(word), word };
}

/** The newest one of a Job is the one that tries now. */
export function newest(pods: readonly SeenPod[]): SeenPod | undefined {
  return [...pods].sort((left, right) => right.createdAt - left.createdAt)[0];
}
