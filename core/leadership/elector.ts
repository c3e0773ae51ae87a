// Holds a Lease so that of many replicas one acts (P10). Says whether this one may, at any instant; it starts and stops nothing else.

import type { LeaseCalls } from '../clients/kubernetes/leases.ts';
import type { Lease } from '../clients/kubernetes/types.ts';
import { messageOf, ServiceError } from '../errors.ts';
import type { Clock } from '../process/clock.ts';
import type { Ending } from '../process/ending.ts';
import { startLoop, type Loop } from '../process/loop.ts';
import { concernsAbout, type Concern } from './doubt.ts';
import { Sight } from './sight.ts';
import type { Standing } from './standby.ts';
import { durationSeconds, nextMove, releasedSeconds, type Sighting } from './judge.ts';

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
  /** Called when this replica begins or ends to lead, and when it finds that another one leads. */
  readonly changed: (standing: Standing) => void;
  /**
   * Told when the lease cannot be read or written, or looks as if another program wrote it: each cause once, and again
   * only when a look was good in between.
   */
  readonly trouble: (message: string) => void;
  /** Told at the first look after that in which all was well. */
  readonly recovered?: (() => void) | undefined;
  /** Of the program: from its beginning on the lease is renewed, and not taken any more. */
  readonly ending?: Ending | undefined;
}

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

function concernOf(error: unknown): Concern {
  const text = `the lease cannot be read or renewed: ${messageOf(error)}`;
  if (!(error instanceof ServiceError)) return { cause: text, text };
  return { cause: [error.operation, error.failure, error.status].join(' '), text };
}

export class Elector {
  private readonly options: ElectorOptions;
  private readonly sight: Sight;
  /** What is wrong as of the last look. */
  private concerns: readonly Concern[] = [];
  private readonly toldCauses = new Set<string>();
  /** When the renewal that was last confirmed was sent; undefined while another leads. Steady clock. */
  private confirmedAt: number | undefined;
  /** As it was told last. */
  private told: Standing | undefined;
  /** When the latest look that got an answer began; steady clock. */
  private lookedAt: number | undefined;
  private loop: Loop | undefined;
  private isStopped = false;

  constructor(options: ElectorOptions) {
    this.options = options;
    this.sight = new Sight(options.identity);
  }

  /** Whether this replica may act right now. Ask directly before each change. */
  isLeading(): boolean {
    if (this.confirmedAt === undefined || this.isStopped) return false;
    return this.options.steady.now() - this.confirmedAt < renewDeadlineMs;
  }

  /** Who leads, as far as this replica knows at this instant. */
  standing(): Standing {
    if (this.isLeading()) return { state: 'leading', leader: this.options.identity };
    const because = this.doubt();
    if (because !== undefined) return { state: 'unknown', because };
    return { state: 'standing-by', leader: this.sight.current?.lease?.holder ?? '' };
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
    const held = this.isLeading() ? this.sight.current?.lease : undefined;
    // A look that is still under way finds this: it takes nothing, and what it renews is not believed.
    this.isStopped = true;
    this.confirmedAt = undefined;
    this.announce();
    if (held === undefined) return;
    const renewedAt = this.options.clock.now();
    const given = { ...held, holder: '', durationSeconds: releasedSeconds, renewedAt };
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
    const beganAt = this.options.steady.now();
    try {
      this.tell(await this.move());
      this.lookedAt = beganAt;
    } catch (error) {
      this.sight.failed(isConflict(error) ? 'lease-has-changed' : 'no-answer', this.isLeading());
      // The next look reads the lease afresh: what was sent may have arrived.
      if (isConflict(error)) await this.read().catch(() => undefined);
      else this.tell([concernOf(error)]);
    }
  }

  /** A replica that is about to end takes no lease; it keeps its own until its work has ended. */
  private mayNot(move: 'create' | 'take' | 'renew'): boolean {
    return move !== 'renew' && this.options.ending?.stopping.aborted === true;
  }

  private async move(): Promise<readonly Concern[]> {
    const { steady, identity, clock } = this.options;
    const known = this.confirmedAt === undefined ? undefined : this.sight.current;
    const sighting = known ?? (await this.read());
    const { lease } = sighting;
    const move = nextMove(sighting, identity, steady.now());
    if (this.isStopped) return this.concerns;
    if (move !== 'wait' && !this.mayNot(move)) {
      await this.write(lease, move === 'renew');
      return [];
    }
    this.confirmedAt = undefined;
    return lease === undefined ? [] : concernsAbout(lease, identity, clock.now());
  }

  private tell(concerns: readonly Concern[]): void {
    this.concerns = concerns;
    if (concerns.length === 0 && this.toldCauses.size > 0) this.options.recovered?.();
    if (concerns.length === 0) this.toldCauses.clear();
    for (const { cause, text } of concerns) {
      if (this.toldCauses.has(cause)) continue;
      this.toldCauses.add(cause);
      this.options.trouble(text);
    }
  }

  private async read(): Promise<Sighting> {
    const { leases, namespace, name, steady, identity } = this.options;
    const lease = await leases.getLease(namespace, name);
    if (lease?.holder !== identity) this.confirmedAt = undefined;
    return this.sight.read(lease, steady.now());
  }

  private async write(lease: Lease | undefined, renewal: boolean): Promise<void> {
    const { leases, clock, steady, namespace, name, identity } = this.options;
    const sentAt = steady.now();
    const now = clock.now();
    this.sight.sending(now);
    const wanted: Lease = {
      ...{ namespace, name, durationSeconds, holder: identity, renewedAt: now },
      resourceVersion: lease?.resourceVersion,
      acquiredAt: renewal ? (lease?.acquiredAt ?? now) : now,
      transitions: (lease?.transitions ?? 0) + (lease === undefined || renewal ? 0 : 1),
    };
    const written = await (lease === undefined ? leases.createLease(wanted) : leases.replaceLease(wanted));
    this.sight.wrote(written, steady.now());
    this.confirmedAt = sentAt;
  }

  /** Why it cannot be said that another replica leads; undefined if one does. */
  private doubt(): string | undefined {
    if (this.isStopped) return 'this replica ends, and has given the lease up';
    if (this.concerns.length > 0) return this.concerns.map(({ text }) => text).join(' ');
    if (this.lookedAt === undefined) return 'the lease was not read yet';
    const silentMs = this.options.steady.now() - this.lookedAt;
    if (silentMs > durationSeconds * 1000)
      return `the API server has not answered about the lease for ${Math.round(silentMs / 1000)} s`;
    const holder = this.sight.current?.lease?.holder ?? '';
    if (holder === '') return 'nobody holds the lease';
    return holder === this.options.identity ? 'this replica has not renewed its lease in time' : undefined;
  }

  private announce(): void {
    const standing = this.standing();
    // That nothing is known is told as trouble.
    if (standing.state === 'unknown' && this.told?.state !== 'leading') return;
    if (standing.state === this.told?.state && standing.leader === this.told.leader) return;
    this.told = standing;
    this.options.changed(standing);
  }
}
