// Leases, on which replicas agree who acts. Reads and writes them; who holds one is decided elsewhere.

import { acceptObject, unlessMissing } from './answer.ts';
import type { Caller } from './call.ts';
import { MalformedAnswer } from './failure.ts';
import type { Target } from './target.ts';
import type { Lease } from './types.ts';

export interface LeaseCalls {
  getLease(namespace: string, name: string): Promise<Lease | undefined>;
  /** Status 409 when somebody else was first. */
  createLease(lease: Lease): Promise<Lease>;
  /** Guarded by `resourceVersion`: status 409 when the lease changed since it was read. */
  replaceLease(lease: Lease): Promise<Lease>;
}

/** coordination.k8s.io/v1 as it is sent; its times are text with microseconds. */
interface WrittenLease {
  apiVersion: string;
  kind: string;
  metadata: { namespace?: string; name?: string; resourceVersion?: string };
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

/** Milliseconds since the epoch. */
function timeOf(written: string | undefined, field: string): number {
  const time = Date.parse(String(written));
  if (Number.isNaN(time)) throw new MalformedAnswer(`its ${field} is not a time`);
  return time;
}

function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

function fromCluster({ metadata, spec }: WrittenLease): Lease {
  if (spec?.leaseDurationSeconds === undefined) throw new MalformedAnswer('it has no duration');
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    resourceVersion: metadata.resourceVersion,
    holder: spec.holderIdentity ?? '',
    durationSeconds: spec.leaseDurationSeconds,
    acquiredAt: timeOf(spec.acquireTime, 'acquireTime'),
    renewedAt: timeOf(spec.renewTime, 'renewTime'),
    transitions: spec.leaseTransitions ?? 0,
  };
}

function toCluster(lease: Lease): WrittenLease {
  const { namespace, name, resourceVersion } = lease;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace, name, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    spec: {
      holderIdentity: lease.holder,
      leaseDurationSeconds: lease.durationSeconds,
      acquireTime: microTime(lease.acquiredAt),
      renewTime: microTime(lease.renewedAt),
      leaseTransitions: lease.transitions,
    },
  };
}

export function leaseCalls(caller: Caller): LeaseCalls {
  const check = (target: Target) => {
    const accept = acceptObject<WrittenLease>(target);
    return (answer: unknown): Lease => fromCluster(accept(answer));
  };
  return {
    getLease(namespace, name) {
      const target: Target = { operation: 'get-lease', verb: 'get', kind: 'Lease', namespace, name };
      return unlessMissing(name, () => caller.read({ target, accept: check(target) }));
    },
    createLease(lease) {
      const { namespace, name } = lease;
      const target: Target = { operation: 'create-lease', verb: 'create', kind: 'Lease', namespace, name };
      return caller.write({ target, body: toCluster(lease), accept: check(target) });
    },
    replaceLease(lease) {
      const { namespace, name } = lease;
      const target: Target = { operation: 'replace-lease', verb: 'update', kind: 'Lease', namespace, name };
      return caller.write({ target, body: toCluster(lease), accept: check(target) });
    },
  };
}
