// The calls that a leader has made, written on the lease that it renews anyway, so that its successor does not begin with a full hour's
// budget. A process that restarts again and again is its own successor.

import type { CallRecord } from '../clients/http/call-record.ts';
import type { LeaseCalls } from '../clients/kubernetes/leases.ts';

/** Whoever reads the lease knows what its holder has spent, also while it stands by. */
export function withCallRecord(leases: LeaseCalls, record: CallRecord): LeaseCalls {
  return {
    async getLease(namespace, name) {
      const lease = await leases.getLease(namespace, name);
      record.take(lease?.calls ?? '');
      return lease;
    },
    createLease: (lease) => leases.createLease({ ...lease, calls: record.text() }),
    replaceLease: (lease) => leases.replaceLease({ ...lease, calls: record.text() }),
  };
}
