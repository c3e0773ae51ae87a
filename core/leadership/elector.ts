// Holds a Lease so that of many replicas one acts (P10). Says whether this one may, at any instant; it starts and stops nothing else.

import type { LeaseCalls } from '../clients/kubernetes/leases.ts';
import type { Lease } from '../clients/kubernetes/types.ts';
import { messageOf, ServiceError } from '../errors.ts';
import type { Clock } from '../process/clock.ts';
import type { Ending } from '../process/ending.ts';
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
  /** Of the program: from its beginning on the lease is renewed, and not taken any more. */
  readonly ending?: Ending | undefined;
}

/** A successor takes over at most this long after the last renewal, and one look later. */
export const durationSeconds = 10;
/** Without a confirmed renewal for this long a leader stops acting: well before a successor may begin. */
export const renewDeadlineMs = 7_000;
/** Between two looks at the lease. */
export const lookEveryMs = 2_000;
/** At the end: how long a look under way is waited for, and how long giving the lease up may take. */
const lastLookMs = 1_000;
const giveUpMs = 2_000;

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
  private isStopped = false;

  constructor(options: ElectorOptions) {
    this.options = options;
  }

  /** Whether this replica may act right now. Ask directly before each change. */
  isLeading(): boolean {
    if (this.confirmedAt === undefined || this.isStopped) return false;
    return this.options.steady.now() - this.confirmedAt < renewDeadlineMs;
  }

  start(): void {
    const step = async (): Promise<number> => {
      await this.look();
      this.announce();
      return lookEveryMs;
    };
    this.loop = startLoop({ clock: this.options.steady, step });
  }

  /**
   * Gives the lease up, so that a successor need not wait; where the API server does not answer in time, the lease runs out.
   * Nothing may be under way any more that needs it.
   */
  async stop(): Promise<void> {
    await this.atMost(lastLookMs, this.loop?.stop());
    const held = this.isLeading() ? this.sighting?.lease : undefined;
    // A look that is still under way finds this: it takes nothing, and what it renews is not believed.
    this.isStopped = true;
    this.confirmedAt = undefined;
    this.announce();
    if (held === undefined) return;
    const given = { ...held, holder: '', renewedAt: this.options.clock.now() };
    await this.atMost(
      giveUpMs,
      this.options.leases.replaceLease(given).catch(() => undefined),
    );
  }

  private async atMost(ms: number, act: Promise<unknown> | undefined): Promise<void> {
    const done = new AbortController();
    const over = this.options.steady.sleep(ms, done.signal);
    await Promise.race([act, over]).finally(() => done.abort());
  }

  private async look(): Promise<void> {
    const { trouble, steady, identity } = this.options;
    try {
      if (this.confirmedAt === undefined || this.sighting === undefined) await this.read();
      const sighting = this.sighting ?? { lease: undefined, unchangedSince: steady.now() };
      const move = nextMove(sighting, identity, steady.now());
      if (this.isStopped) return;
      if (move === 'wait' || this.mayNot(move)) this.confirmedAt = undefined;
      else await this.write(sighting.lease, move === 'renew');
    } catch (error) {
      // The next look reads the lease afresh: what was sent may have arrived.
      this.sighting = isConflict(error) ? undefined : this.sighting;
      if (isConflict(error)) await this.read().catch(() => undefined);
      else trouble(messageOf(error));
    }
  }

  /** Whoever is about to end takes no lease; its own it keeps until its work has ended. */
  private mayNot(move: 'create' | 'take' | 'renew'): boolean {
    return move !== 'renew' && this.options.ending?.stopping.aborted === true;
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
