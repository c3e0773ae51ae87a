// What one replica knows of the lease from its own reads and writes, and until when another may act. It makes no call.

import type { Lease } from '../clients/kubernetes/types.ts';
import { durationSeconds, type Sighting } from './judge.ts';

/** Times are milliseconds of the replica's steady clock. */
export class Sight {
  private readonly me: string;
  private latest: Sighting | undefined;
  private othersUntil: number | undefined;
  /** Whether another held the lease when it was last read, or may have come to hold it unseen since. */
  private otherMayHold = false;
  /** The renewal that was last sent, by which the lease is known again when the answer was lost. */
  private sentRenewal: number | undefined;

  constructor(me: string) {
    this.me = me;
  }

  /** Undefined if the lease has to be read first. */
  get current(): Sighting | undefined {
    return this.latest && { ...this.latest, othersUntil: this.othersUntil };
  }

  read(lease: Lease | undefined, now: number): Sighting {
    const same = lease !== undefined && lease.resourceVersion === this.latest?.lease?.resourceVersion;
    if (!same && this.mayBeOthers(lease)) this.othersUntil = now + durationSeconds * 1000;
    this.otherMayHold = this.isOthers(lease);
    this.latest = { lease, unchangedSince: same ? (this.latest?.unchangedSince ?? now) : now };
    return { ...this.latest, othersUntil: this.othersUntil };
  }

  sending(renewedAt: number): void {
    this.sentRenewal = renewedAt;
  }

  wrote(lease: Lease, now: number): void {
    this.latest = { lease, unchangedSince: now };
    this.othersUntil = undefined;
    this.otherMayHold = false;
  }

  /** A call failed. While this replica leads, no other took the lease by the rules; otherwise one may have. */
  failed(how: 'lease-has-changed' | 'no-answer', isLeading: boolean): void {
    const hasLooked = this.latest !== undefined || this.sentRenewal !== undefined;
    this.otherMayHold ||= hasLooked && !isLeading;
    if (how === 'lease-has-changed') this.latest = undefined;
  }

  private isOthers(lease: Lease | undefined): boolean {
    return lease !== undefined && lease.holder !== '' && lease.holder !== this.me;
  }

  /** Renewals may have gone unseen, so what a foreign hand did to another's lease counts from when it is seen. */
  private mayBeOthers(lease: Lease | undefined): boolean {
    const isAsSent = lease?.holder === this.me && lease.renewedAt === this.sentRenewal;
    return this.isOthers(lease) || (this.otherMayHold && !isAsSent);
  }
}
