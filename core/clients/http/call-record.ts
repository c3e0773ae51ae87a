// The calls of the last hour by the minute, as numbers and as a short text that one process hands to the next. It sends nothing.

import type { Clock } from '../../process/clock.ts';

const minuteMs = 60_000;
const hourMinutes = 60;
/** A text that claims more than this in a minute is not from this program. */
const mostInAMinute = 1_000_000;

/** Calls by what they were for: looks, or changes and the last looks before them. */
export interface Spent {
  readonly looks: number;
  readonly changes: number;
}

/** Of one process. A call counts until its whole minute is more than an hour ago, so never shorter than an hour. */
export class CallRecord {
  private readonly clock: Clock;
  /** Minutes since the epoch. */
  private readonly minutes = new Map<number, Spent>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  add(purpose: keyof Spent): void {
    this.count(this.now(), { looks: 0, changes: 0, [purpose]: 1 });
  }

  spent(): Spent {
    let [looks, changes] = [0, 0];
    for (const [, minute] of this.recent()) {
      looks += minute.looks;
      changes += minute.changes;
    }
    return { looks, changes };
  }

  /** When so many of the calls will count no longer, in milliseconds since the epoch; undefined if there are not so many. */
  backAt(calls: number): number | undefined {
    let back = 0;
    for (const [minute, { looks, changes }] of this.recent()) {
      back += looks + changes;
      if (back >= calls) return (minute + 1 + hourMinutes) * minuteMs;
    }
    return undefined;
  }

  /** `MINUTE:LOOKS/CHANGES`, joined by commas; minutes since the epoch. */
  text(): string {
    return this.recent()
      .map(([minute, { looks, changes }]) => `${minute}:${looks}/${changes}`)
      .join(',');
  }

  /**
   * Adds what an earlier process wrote by `text`. Each process begins with what the one before it wrote, so that of a minute that both
   * know the higher number has both. What is no such text is ignored: anybody may have written it.
   */
  take(text: string): void {
    for (const written of text.split(',').slice(0, hourMinutes + 2)) {
      const [, minute = NaN, looks = 0, changes = 0] = (
        /^(\d{1,9}):(\d{1,7})\/(\d{1,7})$/.exec(written) ?? []
      ).map(Number);
      // The clock of the process before may run ahead a little.
      if (Number.isNaN(minute) || minute > this.now() + 1) continue;
      const known = this.minutes.get(minute) ?? { looks: 0, changes: 0 };
      this.minutes.set(minute, {
        looks: Math.max(known.looks, Math.min(looks, mostInAMinute)),
        changes: Math.max(known.changes, Math.min(changes, mostInAMinute)),
      });
    }
  }

  private count(minute: number, { looks, changes }: Spent): void {
    const before = this.minutes.get(minute) ?? { looks: 0, changes: 0 };
    this.minutes.set(minute, { looks: before.looks + looks, changes: before.changes + changes });
  }

  private now(): number {
    return Math.floor(this.clock.now() / minuteMs);
  }

  /** Oldest first; forgets the others. */
  private recent(): readonly (readonly [number, Spent])[] {
    const now = this.now();
    for (const [minute, spent] of this.minutes) {
      if (minute >= now - hourMinutes && minute <= now + 1) continue;
      this.minutes.delete(minute);
      // Counted by a clock that has been set back since: it counts for an hour from now.
      if (minute > now) this.count(now, spent);
    }
    return [...this.minutes].sort(([left], [right]) => left - right);
  }
}
