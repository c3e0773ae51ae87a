// What the programs did in a cell, as their recorders are told it. It hands everything on to the real records.

import { Journal as CleanerJournal } from '../../cleaner/record/journal.ts';
import { StatusRecord, type SweepStatus } from '../../cleaner/record/status.ts';
import type { CircleCiRecorder } from '../../cleaner/circleci/sweep.ts';
import type { ActionResult } from '../../controller/apply/apply.ts';
import type { Recorder } from '../../controller/reconcile.ts';
import type { Events } from '../../controller/record/events.ts';
import { Journal } from '../../controller/record/journal.ts';
import type { ControllerMetrics } from '../../controller/record/metrics.ts';
import { GroupRecord, type GroupIdentity, type GroupStatus } from '../../controller/record/status.ts';
import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../core/process/logger.ts';

export interface Witnessed {
  /** Looks that failed, and why in the programs' words. */
  readonly held: string[];
  /** Actions that failed, likewise. */
  readonly failed: string[];
  /** A look failed, and something was to be done all the same (P3). */
  readonly blind: string[];
  /** By the cleaner, as its verdicts name it. */
  readonly removed: Set<string>;
}

export interface Records {
  readonly logger: Logger;
  readonly metrics: ControllerMetrics;
  readonly events: Events;
  /** Told the stack of each error that a person might see. */
  readonly error: (text: string) => void;
}

export class Witness {
  readonly seen: Witnessed = { held: [], failed: [], blind: [], removed: new Set() };
  private readonly records: Records;
  private readonly groups: GroupRecord[] = [];
  private readonly swept = new StatusRecord();
  private readonly failing = new Set<string>();
  private failingSweeps = new Set<string>();
  private readonly journal: Journal;

  constructor(records: Records) {
    this.records = records;
    this.journal = new Journal(records.logger);
  }

  /** Groups and places whose latest look by either program failed. */
  lastLookFailed(): ReadonlySet<string> {
    return new Set([...this.failing, ...[...this.failingSweeps].map((name) => `the sweep of ${name}`)]);
  }

  statuses(): readonly GroupStatus[] {
    return this.groups.map((record) => record.status());
  }

  cleanerStatus(now: number): SweepStatus {
    return this.swept.status(now, true);
  }

  sweepBegins(): void {
    this.failingSweeps = new Set();
  }

  recorderFor(identity: GroupIdentity): Recorder {
    const { seen, failing, journal } = this;
    const { metrics, events } = this.records;
    const record = new GroupRecord(identity);
    this.groups.push(record);
    return {
      decided: (decision, observation) => {
        metrics.decided(decision, observation, identity.max);
        record.decided(decision, observation);
        journal.decided(decision, observation);
        events.decided(decision);
        if (observation.ok) return void failing.delete(decision.group);
        failing.add(decision.group);
        seen.held.push(decision.because);
        if (decision.actions.length > 0) seen.blind.push(`${decision.group} acted though its look failed`);
      },
      applied: (decision, results) => {
        metrics.applied(decision, results);
        journal.applied(decision, results);
        events.applied(decision, results);
        this.noteFailures(results);
      },
      unfinished: (group, error) => {
        journal.unfinished(group, error);
        seen.failed.push(messageOf(error));
      },
    };
  }

  /** For both of the cleaner's sweeps. */
  sweepRecorder(): CircleCiRecorder {
    const { seen, swept } = this;
    const all = [new CleanerJournal(this.records.logger), swept] as const;
    return {
      judged(group, findings, at) {
        for (const each of all) each.judged(group, findings, at);
      },
      held: (group, because, cause) => {
        for (const each of all) each.held(group, because, cause);
        this.failingSweeps.add(group);
        seen.held.push(because);
      },
      removed: (group, removal, at) => {
        for (const each of all) each.removed(group, removal, at);
        const { outcome, verdict } = removal;
        if (outcome === 'failed') seen.failed.push(messageOf(removal.error));
        if (outcome === 'removed') seen.removed.add(verdict.id);
        const isBlind = this.failingSweeps.has(group) && (outcome === 'removed' || outcome === 'disabled');
        if (isBlind) seen.blind.push(`the cleaner ${outcome} ${verdict.id} though its look failed`);
      },
      unsearched: (place, because) => {
        this.failingSweeps.add(place);
        seen.held.push(because);
      },
    };
  }

  private noteFailures(results: readonly ActionResult[]): void {
    for (const { outcome, error } of results) {
      if (outcome !== 'failed') continue;
      this.seen.failed.push(messageOf(error));
      this.records.error(error instanceof Error ? (error.stack ?? '') : messageOf(error));
    }
  }
}
