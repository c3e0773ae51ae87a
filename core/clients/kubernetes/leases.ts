// Leases, on which replicas agree who acts. Reads and writes them; who holds one is decided elsewhere.

import { V1MicroTime, type CoordinationV1Api, type V1Lease } from '@kubernetes/client-node';
import { acceptObject, unlessMissing } from './answer.ts';
import type { Caller, CallOptions } from './call.ts';
import { sendingAsIs } from './creation.ts';
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

/** Milliseconds since the epoch. The SDK leaves a MicroTime as the string that came. */
function timeOf(written: unknown, field: string): number {
  const time = Date.parse(written instanceof Date ? written.toISOString() : String(written));
  if (Number.isNaN(time)) throw new MalformedAnswer(`its ${field} is not a time`);
  return time;
}

function fromCluster({ metadata, spec }: V1Lease): Lease {
  if (spec?.leaseDurationSeconds === undefined) throw new MalformedAnswer('it has no duration');
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    resourceVersion: metadata?.resourceVersion,
    holder: spec.holderIdentity ?? '',
    durationSeconds: spec.leaseDurationSeconds,
    acquiredAt: timeOf(spec.acquireTime, 'acquireTime'),
    renewedAt: timeOf(spec.renewTime, 'renewTime'),
    transitions: spec.leaseTransitions ?? 0,
  };
}

/** As the API server wants it: times with microseconds. */
function toCluster(lease: Lease): V1Lease {
  const { namespace, name, resourceVersion } = lease;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace, name, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    spec: {
      holderIdentity: lease.holder,
      leaseDurationSeconds: lease.durationSeconds,
      acquireTime: new V1MicroTime(lease.acquiredAt),
      renewTime: new V1MicroTime(lease.renewedAt),
      leaseTransitions: lease.transitions,
    },
  };
}

export function leaseCalls(api: CoordinationV1Api, caller: Caller): LeaseCalls {
  const check = (target: Target) => {
    const accept = acceptObject<V1Lease>(target);
    return (answer: V1Lease): Lease => fromCluster(accept(answer));
  };
  return {
    getLease(namespace, name) {
      const target: Target = { operation: 'get-lease', verb: 'get', kind: 'Lease', namespace, name };
      const send = api.readNamespacedLease.bind(api, { namespace, name });
      return unlessMissing(name, () => caller.read({ target, send, accept: check(target) }));
    },
    createLease(lease) {
      const { namespace, name } = lease;
      const target: Target = { operation: 'create-lease', verb: 'create', kind: 'Lease', namespace, name };
      const send = (call: CallOptions): Promise<V1Lease> =>
        api.createNamespacedLease({ namespace, body: {} }, sendingAsIs(toCluster(lease), call));
      return caller.write({ target, send, accept: check(target) });
    },
    replaceLease(lease) {
      const { namespace, name } = lease;
      const target: Target = { operation: 'replace-lease', verb: 'update', kind: 'Lease', namespace, name };
      const send = (call: CallOptions): Promise<V1Lease> =>
        api.replaceNamespacedLease({ namespace, name, body: {} }, sendingAsIs(toCluster(lease), call));
      return caller.write({ target, send, accept: check(target) });
    },
  };
}
