// The kinds that the Kubernetes double serves and the shape in which it keeps their objects. No behaviour.

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface Metadata {
  name: string;
  namespace?: string;
  generateName?: string;
  uid: string;
  resourceVersion: string;
  /** RFC 3339 in whole seconds, as the API server writes it. */
  creationTimestamp: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  [field: string]: unknown;
}

export interface Resource {
  readonly kind: string;
  readonly plural: string;
  readonly group: string;
  readonly namespaced: boolean;
  readonly hasStatus: boolean;
}

const resource = (kind: string, plural: string, group = '', rest: Partial<Resource> = {}): Resource => ({
  ...{ kind, plural, group, namespaced: true, hasStatus: false },
  ...rest,
});

export const resources: readonly Resource[] = [
  resource('Job', 'jobs', 'batch', { hasStatus: true }),
  resource('CronJob', 'cronjobs', 'batch', { hasStatus: true }),
  resource('Secret', 'secrets'),
  resource('Pod', 'pods', '', { hasStatus: true }),
  resource('Event', 'events'),
  resource('Namespace', 'namespaces', '', { namespaced: false, hasStatus: true }),
  resource('Lease', 'leases', 'coordination.k8s.io'),
];

export function resourceOf(kind: string): Resource {
  const found = resources.find((candidate) => candidate.kind === kind);
  if (found === undefined) throw new RangeError(`the Kubernetes double does not serve ${kind}`);
  return found;
}

export function apiVersionOf({ group }: Resource): string {
  return group === '' ? 'v1' : `${group}/v1`;
}

/** `jobs.batch` or `secrets`, as the API server's messages have it. */
export function qualified({ plural, group }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** `Job.batch` or `Secret`. */
export function qualifiedKind({ kind, group }: Resource): string {
  return group === '' ? kind : `${kind}.${group}`;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Milliseconds since the epoch to the API server's form. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
