// How a pod reads to the cleaner: whether it is stuck, and on what. Pure.

import type { V1Pod } from '../../core/clients/kubernetes/types.ts';
import { troubleOf } from '../../core/pod-trouble.ts';
import { allContainersOf, bornAt } from '../../core/pods.ts';
import type { SeenPod } from '../stale/subject.ts';

/** Pending says so, and no container shows the contrary. */
function mayHaveRun(pod: V1Pod): boolean {
  if (pod.status?.phase !== 'Pending') return true;
  return allContainersOf(pod).some(
    ({ state, lastState }) =>
      state?.running !== undefined || state?.terminated !== undefined || lastState?.terminated !== undefined,
  );
}

export function readPod(pod: V1Pod): SeenPod {
  const found = troubleOf(pod);
  return {
    ...{ createdAt: bornAt(pod), mayHaveRun: mayHaveRun(pod) },
    ...{ trouble: found?.trouble, word: found?.word ?? '' },
  };
}

/** The newest one of a Job is the one that tries now; an older one may have run. */
export function newest(pods: readonly SeenPod[]): SeenPod | undefined {
  const [first] = [...pods].sort((left, right) => right.createdAt - left.createdAt);
  return first && { ...first, mayHaveRun: pods.some((pod) => pod.mayHaveRun) };
}
