// What a call is about: its stable name for logs and metrics, its place in the API, and the words of RBAC for it. No HTTP.

/** All are of version v1. */
const resources = {
  Job: { resource: 'jobs', group: 'batch', namespaced: true },
  CronJob: { resource: 'cronjobs', group: 'batch', namespaced: true },
  Secret: { resource: 'secrets', group: '', namespaced: true },
  Pod: { resource: 'pods', group: '', namespaced: true },
  Node: { resource: 'nodes', group: '', namespaced: false },
  Event: { resource: 'events', group: '', namespaced: true },
  Namespace: { resource: 'namespaces', group: '', namespaced: false },
  Lease: { resource: 'leases', group: 'coordination.k8s.io', namespaced: true },
  SelfSubjectAccessReview: {
    resource: 'selfsubjectaccessreviews',
    group: 'authorization.k8s.io',
    namespaced: false,
  },
  SelfSubjectRulesReview: {
    resource: 'selfsubjectrulesreviews',
    group: 'authorization.k8s.io',
    namespaced: false,
  },
  /** Not an object of the API, but the server's own version. */
  Version: { resource: 'version', group: '', namespaced: false },
} as const;

export type Kind = keyof typeof resources;

export type Verb = 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete';

export interface Target {
  /** Such as `list-jobs`. */
  readonly operation: string;
  readonly verb: Verb;
  readonly kind: Kind;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** What must not appear in an error, whatever the server answers. */
  readonly secrets?: readonly string[] | undefined;
}

/** `list Jobs in runners`, `delete Job runners/runner-1`. */
export function describe({ verb, kind, namespace, name }: Target): string {
  if (kind === 'Version') return 'ask the API server for its version';
  if (kind === 'SelfSubjectAccessReview' || kind === 'SelfSubjectRulesReview')
    return 'ask the API server what this account may do';
  if (verb === 'list') return `list ${kind}s in ${namespace ?? 'all namespaces'}`;
  return [verb, kind, [namespace, name].filter(Boolean).join('/')].join(' ').trim();
}

/** Where objects of this kind are, such as `/apis/batch/v1/namespaces/runners/jobs`. */
export function collectionPath({ kind, namespace }: Target): string {
  if (kind === 'Version') return '';
  const { resource, group, namespaced } = resources[kind];
  const api = group === '' ? '/api/v1' : `/apis/${group}/v1`;
  return namespaced && namespace !== undefined
    ? `${api}/namespaces/${encodeURIComponent(namespace)}/${resource}`
    : `${api}/${resource}`;
}

/** The RBAC rule that allows the call, as a sentence to act on. */
export function missingRule({ verb, kind, namespace }: Target): string {
  const { resource, group, namespaced } = resources[kind];
  const role = namespaced ? `a Role in namespace ${namespace ?? '?'}` : 'a ClusterRole';
  return `allow verb "${verb}" on resource "${resource}" of apiGroup "${group}" in ${role} and bind it to this account`;
}
