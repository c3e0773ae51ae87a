// What keeps a pod from running, in one reading for both programs: the cluster's words sorted into kinds. Pure.

import type { V1Pod } from './clients/kubernetes/types.ts';
import { allContainersOf } from './pods.ts';

/** What keeps a pod from running. */
export type PodTrouble = 'image-pull' | 'crash-loop' | 'unschedulable';

export interface FoundTrouble {
  readonly trouble: PodTrouble;
  /** The cluster's own word for it, such as `ImagePullBackOff`. */
  readonly word: string;
  /** The cluster's own sentence. */
  readonly message: string | undefined;
}

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

function kindOf(word: string): PodTrouble | undefined {
  if (imageWords.has(word)) return 'image-pull';
  return crashWords.has(word) ? 'crash-loop' : undefined;
}

function unschedulable({ status }: V1Pod): FoundTrouble | undefined {
  const found = (status?.conditions ?? []).find(
    ({ type, status: value, reason }) =>
      type === 'PodScheduled' && value === 'False' && reason === 'Unschedulable',
  );
  return found && { trouble: 'unschedulable', word: 'Unschedulable', message: found.message };
}

/** The first of its containers, sidecars included, that waits for something that won't come by itself. */
function stuck(pod: V1Pod): FoundTrouble | undefined {
  for (const { state } of allContainersOf(pod)) {
    const { reason: word = '', message } = state?.waiting ?? {};
    const trouble = kindOf(word);
    if (trouble !== undefined) return { trouble, word, message };
  }
  return undefined;
}

/** Undefined for one that runs, that has ended, or that is still on its way. */
export function troubleOf(pod: V1Pod): FoundTrouble | undefined {
  return unschedulable(pod) ?? stuck(pod);
}
