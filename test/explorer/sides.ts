// The clients of both programs over the explored world, without any fault: what network.ts breaks. It decides nothing.

import type { BitbucketClient } from '../../core/clients/bitbucket/client.ts';
import type { KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import type { Lease, V1Secret } from '../../core/clients/kubernetes/types.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Runner } from '../../core/runner.ts';
import type { ShownRunner } from '../../simulate/registrations.ts';
import { scope, type World } from './world.ts';

/** What a call does at the moment when it takes effect. */
export type Effects<Client> = {
  readonly [Name in keyof Client]?: Client[Name] extends (...args: infer Args) => Promise<infer Answer>
    ? (...args: Args) => Answer
    : never;
};

export function refuse(service: string, operation: string, status: number): ServiceError {
  return new ServiceError(`${service} ${operation}: HTTP ${status}`, {
    ...{ service, operation, failure: 'status', status },
  });
}

function observed({ id, name, labels, status, step, createdAt, updatedAt }: ShownRunner): Runner {
  return {
    ...{ id, name, labels: [...labels].sort(), cordoned: false, createdAt, updatedAt },
    status: status.toLowerCase() as Runner['status'],
    busyness: step ? 'busy' : 'idle',
  };
}

export function bitbucketEffects({ service }: World): Effects<BitbucketClient> {
  return {
    listRunners: () => service.list(scope).map(observed),
    getRunner(_scope, id) {
      const shown = service.find(scope, id);
      return shown && observed(shown);
    },
    createRunner(_scope, { name, labels }) {
      const made = service.register({ scope, name, labels });
      if (made === 'limit') throw refuse('bitbucket', 'create-runner', 400);
      return { runnerId: made.id, oauthClientId: 'client-id', oauthClientSecret: 'client-secret' };
    },
    setDisabled(_scope, id, disabled) {
      if (!service.setDisabled(scope, id, disabled)) throw refuse('bitbucket', 'set-disabled', 404);
    },
    deleteRunner: (_scope, id) => void service.deregister(scope, id),
  };
}

/** `key`, `key=value` and `key in (value)`, joined by commas. */
function matcher(selector: string): (labels: Readonly<Record<string, string>> | undefined) => boolean {
  const parts = selector.split(/,(?![^(]*\))/).map((part) => {
    const [, key = '', several, one] = /^([^ =]+)(?: in \((.*)\)|=(.*))?$/.exec(part) ?? [];
    const values = several?.split(',') ?? (one === undefined ? undefined : [one]);
    return { key, values };
  });
  return (labels = {}) =>
    parts.every(({ key, values }) => values?.includes(labels[key] ?? '') ?? key in labels);
}

export function select<T extends { metadata?: { labels?: Record<string, string> } }>(
  all: Iterable<T>,
  selector: string,
): T[] {
  if (selector === '') return [...all];
  const matches = matcher(selector);
  return [...all].filter(({ metadata }) => matches(metadata?.labels));
}

type SecretEffects = Pick<
  Effects<KubernetesClient>,
  'listSecrets' | 'createSecret' | 'deleteSecret' | 'ownSecret'
>;

function secretEffects(world: World): SecretEffects {
  const { secrets } = world;
  return {
    listSecrets: (_namespace, selector) => select(secrets.values(), selector),
    createSecret(_namespace, secret, options): V1Secret {
      const metadata = { ...secret.metadata, creationTimestamp: new Date(world.now) };
      const name = metadata.name ?? '';
      if (secrets.has(name)) throw refuse('kubernetes', 'create-secret', 409);
      if (options?.rehearse !== true) secrets.set(name, { ...secret, metadata });
      return secret;
    },
    deleteSecret: (_namespace, name) => void secrets.delete(name),
    ownSecret(_namespace, name, owner) {
      const secret = secrets.get(name);
      if (secret === undefined) return 'missing';
      secrets.set(name, { ...secret, metadata: { ...secret.metadata, ownerReferences: [owner] } });
      return 'owned';
    },
  };
}

export function kubernetesEffects(world: World): Effects<KubernetesClient> {
  return {
    ...secretEffects(world),
    // Copies: an answer does not change when the object does.
    listJobs: (_namespace, selector) => select(world.jobs.values(), selector).map((job) => ({ ...job })),
    getJob(_namespace, name) {
      const job = world.jobs.get(name);
      return job && { ...job };
    },
    createJob(_namespace, job, options) {
      if (world.jobs.has(job.metadata?.name ?? '')) throw refuse('kubernetes', 'create-job', 409);
      return options?.rehearse === true ? job : world.createJob(job);
    },
    deleteJob(_namespace, name, { uid } = {}) {
      const there = world.jobs.get(name);
      if (uid !== undefined && there !== undefined && there.metadata?.uid !== uid) {
        throw refuse('kubernetes', 'delete-job', 409);
      }
      world.dropJob(name);
    },
    listPods: (_namespace, selector) => select(world.pods(), selector),
    listEvents: () => [],
    createNamespace: () => 'existed',
  };
}

/** One lease, guarded by its version as in Kubernetes. */
export function leaseEffects(): Effects<Pick<KubernetesClient, 'getLease' | 'createLease' | 'replaceLease'>> {
  let kept: Lease | undefined;
  let version = 0;
  const keep = (lease: Lease): Lease => (kept = { ...lease, resourceVersion: String(++version) });
  return {
    getLease: () => kept,
    createLease(lease) {
      if (kept !== undefined) throw refuse('kubernetes', 'create-lease', 409);
      return keep(lease);
    },
    replaceLease(lease) {
      if (kept?.resourceVersion !== lease.resourceVersion) throw refuse('kubernetes', 'replace-lease', 409);
      return keep(lease);
    },
  };
}
