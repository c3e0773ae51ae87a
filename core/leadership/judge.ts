// What a replica does about the lease, given what it saw. Pure: two replicas' clocks are never compared, only how long one
// replica saw no change.

import type { Lease } from '../clients/kubernetes/types.ts';

/** The lease as one replica saw it. */
export interface Sighting {
  /** Undefined if there is none. */
  readonly lease: Lease | undefined;
  /** When this version of it was first seen, by the replica's own steady clock. Milliseconds. */
  readonly unchangedSince: number;
}

export type Move = 'create' | 'take' | 'renew' | 'wait';

/**
 * A lease is taken when it was given up, or when its holder did not renew it for its whole duration as this replica
 * saw it. That is later than by any clock that runs true, never earlier.
 */
export function nextMove({ lease, unchangedSince }: Sighting, me: string, now: number): Move {
  if (lease === undefined) return 'create';
  if (lease.holder === me) return 'renew';
  if (lease.holder === '') return 'take';
  return now - unchangedSince >= lease.durationSeconds * 1000 ? 'take' : 'wait';
}
