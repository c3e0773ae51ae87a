// What a replica does about the lease, given what it saw. Pure: two replicas' clocks are never compared, only how long one
// replica saw no change.

import type { Lease } from '../clients/kubernetes/types.ts';

/** The duration that replicas write. A leader stops acting before it is over, even if another program wrote a longer duration into the lease. */
export const durationSeconds = 10;
/** The longest that a lease without a change is believed, even if it gives a longer duration. */
export const longestBelievedSeconds = 60;
/** What a replica that gives the lease up writes as its duration, as client-go does. */
export const releasedSeconds = 1;

/** The lease as one replica saw it. */
export interface Sighting {
  /** Undefined if there is none. */
  readonly lease: Lease | undefined;
  /** When this version of it was first seen, by the replica's own steady clock. Milliseconds. */
  readonly unchangedSince: number;
  /** Until when another replica may act, as it was seen to hold the lease; undefined if none was seen. Same clock. */
  readonly othersUntil?: number | undefined;
}

export type Move = 'create' | 'take' | 'renew' | 'wait';

/**
 * How long a lease is believed that does not change: what it says, within bounds. Less than what replicas write would let
 * two act at once, more or nothing at all would keep all of them from acting for ever.
 */
export function believedMs({ durationSeconds: said = longestBelievedSeconds }: Lease): number {
  return Math.min(Math.max(said, durationSeconds), longestBelievedSeconds) * 1000;
}

/**
 * A lease is taken when it was given up, or when its holder did not renew it for as long as it is believed, as this replica
 * saw it. That is later than by any clock that runs true, never earlier. One that a foreign hand deleted, cleared or gave
 * to this replica is taken when the holder that was seen before has stopped acting.
 */
export function nextMove({ lease, unchangedSince, othersUntil }: Sighting, me: string, now: number): Move {
  const mayOthersAct = othersUntil !== undefined && now < othersUntil;
  if (lease === undefined) return mayOthersAct ? 'wait' : 'create';
  if (lease.holder === me) return mayOthersAct ? 'wait' : 'renew';
  if (lease.holder === '') return mayOthersAct && lease.durationSeconds !== releasedSeconds ? 'wait' : 'take';
  return now - unchangedSince >= believedMs(lease) ? 'take' : 'wait';
}
