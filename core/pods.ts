// What is the same in every reading of a pod: its containers, and its age. Pure.

import type { V1ContainerStatus, V1Pod } from './clients/kubernetes/types.ts';

/** Sidecars and init containers included. */
export function allContainersOf({ status }: V1Pod): readonly V1ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** Milliseconds since the epoch; 0 for one that does not tell. */
export function bornAt({ metadata }: V1Pod): number {
  return metadata?.creationTimestamp === undefined ? 0 : new Date(metadata.creationTimestamp).getTime();
}

/** The newest one of a Job is the one that tries now. */
export function newestFirst(pods: readonly V1Pod[]): readonly V1Pod[] {
  return [...pods].sort((left, right) => bornAt(right) - bornAt(left));
}
