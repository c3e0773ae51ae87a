// The words of the Kubernetes client: the objects that it takes and gives. Types only: the SDK is neither loaded nor imported elsewhere.

import type { V1OwnerReference } from '@kubernetes/client-node';

export type {
  CoreV1Event,
  V1Container,
  V1ContainerStatus,
  V1CronJob,
  V1EnvVar,
  V1Job,
  V1JobCondition,
  V1JobSpec,
  V1JobStatus,
  V1JobTemplateSpec,
  V1Namespace,
  V1Node,
  V1ObjectMeta,
  V1OwnerReference,
  V1Pod,
  V1PodSpec,
  V1PodTemplateSpec,
  V1Secret,
  V1Taint,
  V1Toleration,
} from '@kubernetes/client-node';

/** Who takes an object along when it is deleted. */
export type Owner = Pick<V1OwnerReference, 'apiVersion' | 'kind' | 'name' | 'uid'>;

/** What a change may be asked for besides. */
export interface ChangeOptions {
  /** It completes something begun, or undoes it, so that it is still sent when the program is told to end. */
  readonly completes?: boolean | undefined;
}

/** What a creation may be asked for besides. */
export interface CreateOptions extends ChangeOptions {
  /** Go through admission and validation and keep nothing (`dryRun=All`). */
  readonly rehearse?: boolean | undefined;
  /** Refuse a field that the API server does not know; otherwise it drops such a field silently. */
  readonly strict?: boolean | undefined;
}

/** A claim on being the one that acts (coordination.k8s.io/v1). Times are milliseconds since the epoch. */
export interface Lease {
  readonly namespace: string;
  readonly name: string;
  /** Guards a replacement; absent before the lease is created. */
  readonly resourceVersion?: string | undefined;
  /** Empty when it was given up. */
  readonly holder: string;
  /** Undefined, as are the times, where another hand wrote a lease without them. */
  readonly durationSeconds: number | undefined;
  readonly acquiredAt: number | undefined;
  readonly renewedAt: number | undefined;
  /** How often it changed hands. */
  readonly transitions: number;
  /** The API calls of the last hour, as its holder counted them (`CallRecord.text`); left out where it wrote none. */
  readonly calls?: string | undefined;
}
