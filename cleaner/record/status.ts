// What the cleaner's /status shows: each group's last pass, and the latest removals. Kept in memory, bounded.

import type { Standing } from '../../core/leadership/standby.ts';
import { readyIfAnyWorks } from '../../core/process/readiness.ts';
import type { Readiness } from '../../core/process/server.ts';
import type { FileState } from '../../core/process/settings-record.ts';
import type { Kind, Removal } from '../removal.ts';
import type { Findings } from '../stale/findings.ts';
import type { Verdict } from '../stale/verdict.ts';

export interface SweptGroup {
  readonly name: string;
  /** ISO 8601; null before the first complete look. */
  readonly observedAt: string | null;
  readonly stale: readonly Verdict[];
  /** Why nothing of the group is removed at present; null if nothing keeps the sweep. */
  readonly hold: string | null;
}

export interface ShownRemoval extends Verdict {
  readonly at: string;
  readonly group: string;
  readonly removed: readonly Kind[];
}

/** What the cleaner knows of its sweeps. */
export interface SweepStatus {
  readonly now: string;
  readonly enabled: boolean;
  /** When the last sweep ended; null before the first. */
  readonly sweptAt: string | null;
  readonly groups: readonly SweptGroup[];
  /** Newest first. */
  readonly removals: readonly ShownRemoval[];
}

/** What `/status` answers. */
export interface CleanerStatus extends SweepStatus {
  /** Who leads, as far as this process knows. */
  readonly leadership: Standing;
  /** Whether the config file is in force as it is now. */
  readonly settings: { readonly config: FileState };
}

const mostRemovals = 100;

function iso(at: number): string {
  return new Date(at).toISOString();
}

export class StatusRecord {
  private readonly groups = new Map<string, SweptGroup>();
  private removals: readonly ShownRemoval[] = [];
  private sweptAt: number | undefined;

  judged(name: string, { stale, brake }: Findings, at: number): void {
    this.groups.set(name, { name, observedAt: iso(at), stale, hold: brake?.because ?? null });
  }

  held(name: string, because: string): void {
    const before = this.groups.get(name);
    this.groups.set(name, {
      name,
      observedAt: before?.observedAt ?? null,
      stale: before?.stale ?? [],
      hold: because,
    });
  }

  removed(group: string, removal: Removal, at: number): void {
    if (removal.outcome !== 'removed') return;
    const shown = { ...removal.verdict, at: iso(at), group, removed: removal.kinds };
    this.removals = [shown, ...this.removals].slice(0, mostRemovals);
  }

  swept(at: number): void {
    this.sweptAt = at;
  }

  /** Milliseconds since the epoch; undefined before the first sweep has ended. */
  lastSweepAt(): number | undefined {
    return this.sweptAt;
  }

  /** @param longestMs how old the latest look at a group may be */
  readiness(now: number, longestMs: number): Readiness {
    if (this.isSince(this.sweptAt, now - longestMs)) return { ready: true, reasons: [] };
    if (this.groups.size === 0) return { ready: false, reasons: ['no sweep has ended yet'] };
    const old = [...this.groups.values()].filter(
      ({ observedAt }) =>
        !this.isSince(observedAt === null ? undefined : Date.parse(observedAt), now - longestMs),
    );
    const reasons = old.map(
      ({ name, observedAt }) => `group ${name} was last looked at: ${observedAt ?? 'never'}`,
    );
    return readyIfAnyWorks(this.groups.size - old.length, reasons);
  }

  private isSince(at: number | undefined, earliest: number): boolean {
    return at !== undefined && at >= earliest;
  }

  /** Forgets groups that are no longer swept. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.groups.keys()) if (!names.has(name)) this.groups.delete(name);
  }

  status(now: number, enabled: boolean): SweepStatus {
    const sweptAt = this.sweptAt === undefined ? null : iso(this.sweptAt);
    return { now: iso(now), enabled, sweptAt, groups: [...this.groups.values()], removals: this.removals };
  }
}
