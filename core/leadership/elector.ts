// Holds a Lease so that of many replicas one acts (P10). Says whether this one may, at any instant; it starts and stops nothing else.

import type { LeaseCalls } from '../clients/kubernetes/leases.ts';
import type { Lease } from '../clients/kubernetes/types.ts';
import { messageOf, ServiceError } from '../errors.ts';
import type { Clock } from '../process/clock.ts';
import type { Ending } from '../process/ending.ts';
import { startLoop, type Loop } from '../process/loop.ts';
import { concernsAbout, type Concern } from './doubt.ts';
import { Sight } from './sight.ts';
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
  /** Called when this replica begins or ends to lead. */
  readonly changed: (leading: boolean) => void;
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
  private readonly told = new Set<string>();
  /** When the renewal that was last confirmed was sent; undefined while another leads. Steady clock. */
  private confirmedAt: number | undefined;
  private wasLeading = false;
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

  /** What is wrong with the lease as of the last look, in words. */
  problems(): readonly string[] {
    return this.concerns.map(({ text }) => text);
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
    try {
      this.tell(await this.move());
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
    if (concerns.length === 0 && this.told.size > 0) this.options.recovered?.();
    if (concerns.length === 0) this.told.clear();
    for (const { cause, text } of concerns) {
      if (this.told.has(cause)) continue;
      this.told.add(cause);
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

  private announce(): void {
    const leading = this.isLeading();
    if (leading === this.wasLeading) return;
    this.wasLeading = leading;
    this.options.changed(leading);
  }
}
