// Holds a Lease so that of many replicas one acts (P10). Says whether this one may, at any instant; it starts and stops nothing else.

import type { LeaseCalls } from '../clients/kubernetes/leases.ts';
import type { Lease } from '../clients/kubernetes/types.ts';
import { messageOf, ServiceError } from '../errors.ts';
import type { Clock } from '../process/clock.ts';
import { startLoop, type Loop } from '../process/loop.ts';
import { nextMove, type Sighting } from './judge.ts';

export interface ElectorOptions {
  readonly leases: LeaseCalls;
  readonly namespace: string;
  readonly name: string;
  /** Unique to this replica: the pod's name. */
  readonly identity: string;
  /** The wall clock, for the times that are written into the lease. */
  readonly clock: Clock;
  /** A clock that never jumps, for deadlines; a process that was stopped and wakes finds that its time is over. */
  readonly steady: Clock;
  /** Called when this replica begins or ends to lead. */
  readonly changed: (leading: boolean) => void;
  /** Told when the lease could not be read or written, in words. */
  readonly trouble: (message: string) => void;
}

/** A successor takes over at most this long after the last renewal, and one look later. */
export const durationSeconds = 10;
/** Without a confirmed renewal for this long a leader stops acting: well before a successor may begin. */
export const renewDeadlineMs = 7_000;
/** Between two looks at the lease. */
export const lookEveryMs = 2_000;

function isConflict(error: unknown): boolean {
  return error instanceof ServiceError && error.status === 409;
}

export class Elector {
  private readonly options: ElectorOptions;
  private sighting: Sighting | undefined;
  /** When the renewal that was last confirmed was sent; undefined while another leads. Steady clock. */
  private confirmedAt: number | undefined;
  private wasLeading = false;
  private loop: Loop | undefined;

  constructor(options: ElectorOptions) {
    this.options = options;
  }

  /** Whether this replica may act right now. Ask directly before each change. */
  isLeading(): boolean {
    return this.confirmedAt !== undefined && this.options.steady.now() - this.confirmedAt < renewDeadlineMs;
  }

  start(): void {
    const step = async (): Promise<number> => {
      await this.look();
      this.announce();
      return lookEveryMs;
    };
    this.loop = startLoop({ clock: this.options.steady, step });
  }

  /** Gives the lease up, so that a successor need not wait. */
  async stop(): Promise<void> {
    await this.loop?.stop();
    const held = this.isLeading() ? this.sighting?.lease : undefined;
    this.confirmedAt = undefined;
    this.announce();
    if (held === undefined) return;
    await this.options.leases
      .replaceLease({ ...held, holder: '', renewedAt: this.options.clock.now() })
      .catch(() => undefined);
  }

  private async look(): Promise<void> {
    const { trouble, steady, identity } = this.options;
    try {
      if (this.confirmedAt === undefined || this.sighting === undefined) await this.read();
      const sighting = this.sighting ?? { lease: undefined, unchangedSince: steady.now() };
      const move = nextMove(sighting, identity, steady.now());
      if (move === 'wait') this.confirmedAt = undefined;
      else await this.write(sighting.lease, move === 'renew');
    } catch (error) {
      // The next look reads the lease afresh: what was sent may have arrived.
      this.sighting = isConflict(error) ? undefined : this.sighting;
      if (isConflict(error)) await this.read().catch(() => undefined);
      else trouble(messageOf(error));
    }
  }

  private async read(): Promise<void> {
    const { leases, namespace, name, steady, identity } = this.options;
    const lease = await leases.getLease(namespace, name);
    const same = lease !== undefined && lease.resourceVersion === this.sighting?.lease?.resourceVersion;
    this.sighting = { lease, unchangedSince: same ? (this.sighting?.unchangedSince ?? 0) : steady.now() };
    if (lease?.holder !== identity) this.confirmedAt = undefined;
  }

  private async write(lease: Lease | undefined, renewal: boolean): Promise<void> {
    const { leases, clock, steady, namespace, name, identity } = this.options;
    const sentAt = steady.now();
    const now = clock.now();
    const wanted: Lease = {
      ...{ namespace, name, durationSeconds, holder: identity, renewedAt: now },
      resourceVersion: lease?.resourceVersion,
      acquiredAt: renewal ? (lease?.acquiredAt ?? now) : now,
      transitions: (lease?.transitions ?? 0) + (lease === undefined || renewal ? 0 : 1),
    };
    const written = await (lease === undefined ? leases.createLease(wanted) : leases.replaceLease(wanted));
    this.sighting = { lease: written, unchangedSince: steady.now() };
    this.confirmedAt = sentAt;
  }

  private announce(): void {
    const leading = this.isLeading();
    if (leading === this.wasLeading) return;
    this.wasLeading = leading;
    this.options.changed(leading);
  }
}
