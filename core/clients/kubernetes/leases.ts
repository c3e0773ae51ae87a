// Leases, on which replicas agree who acts. Reads and writes them; who holds one is decided elsewhere.

import { acceptObject, unlessMissing } from './answer.ts';
import type { Caller } from './call.ts';
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
  metadata: {
    namespace?: string;
    name?: string;
    resourceVersion?: string;
    annotations?: Record<string, string>;
  };
  spec?: null | {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

const callsAnnotation = 'runner-autoscaler/bitbucket-calls';

/** Milliseconds since the epoch; undefined for what is no time. */
function timeOf(written: unknown): number | undefined {
  const time = typeof written === 'string' ? Date.parse(written) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

/** An API server counts in 32 bits and refuses more. */
const mostTransitions = 2 ** 31 - 1;

function transitionsOf(written: unknown): number {
  const isCount = Number.isInteger(written) && Number(written) >= 0 && Number(written) < mostTransitions;
  return isCount ? Number(written) : 0;
}

function callsOf({ annotations }: WrittenLease['metadata']): Pick<Lease, 'calls'> {
  const calls = annotations?.[callsAnnotation];
  return calls === undefined ? {} : { calls };
}

/** Takes whatever another hand may have written: a lease that could not be read could not be taken over either. */
function fromCluster({ metadata, spec }: WrittenLease): Lease {
  const { holderIdentity, leaseDurationSeconds } = spec ?? {};
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    resourceVersion: metadata.resourceVersion,
    holder: typeof holderIdentity === 'string' ? holderIdentity : '',
    durationSeconds: Number.isFinite(leaseDurationSeconds) ? leaseDurationSeconds : undefined,
    acquiredAt: timeOf(spec?.acquireTime),
    renewedAt: timeOf(spec?.renewTime),
    transitions: transitionsOf(spec?.leaseTransitions),
    ...callsOf(metadata),
  };
}

function toCluster(lease: Lease): WrittenLease {
  const { namespace, name, resourceVersion, calls } = lease;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      ...{ namespace, name },
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(calls === undefined || calls === '' ? {} : { annotations: { [callsAnnotation]: calls } }),
    },
    spec: {
      holderIdentity: lease.holder,
      ...(lease.durationSeconds === undefined ? {} : { leaseDurationSeconds: lease.durationSeconds }),
      ...(lease.acquiredAt === undefined ? {} : { acquireTime: microTime(lease.acquiredAt) }),
      ...(lease.renewedAt === undefined ? {} : { renewTime: microTime(lease.renewedAt) }),
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
