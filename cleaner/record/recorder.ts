// Tells everything of a sweep to all who keep a record of it: metrics, status, log. It decides nothing.

import type { Logger } from '../../core/process/logger.ts';
import type { CircleCiRecorder } from '../circleci/sweep.ts';
import { Journal } from './journal.ts';
import type { CleanerMetrics } from './metrics.ts';
import type { StatusRecord } from './status.ts';

export interface Records {
  readonly metrics: CleanerMetrics;
  readonly record: StatusRecord;
  readonly logger: Logger;
  /** Something could not be seen, so that the sweep is not complete. */
  readonly incomplete: () => void;
}

/** For the groups of every CI service. */
export interface CleanerRecorder extends CircleCiRecorder {
  /** Forgets groups that are no longer swept. */
  keepOnly(groups: ReadonlySet<string>): void;
  /** Says nothing of any group any more: the replica that leads does. */
  standDown(): void;
}

export function recorderOf({ metrics, record, logger, incomplete }: Records): CleanerRecorder {
  const journal = new Journal(logger);
  const all = [metrics, record, journal] as const;
  return {
    judged(group, findings, at) {
      for (const each of all) each.judged(group, findings, at);
    },
    held(group, because, cause) {
      incomplete();
      for (const each of all) each.held(group, because, cause);
    },
    removed(group, removal, at) {
      for (const each of all) each.removed(group, removal, at);
    },
    unsearched: incomplete,
    keepOnly(groups) {
      for (const each of all) each.keepOnly(groups);
    },
    standDown() {
      metrics.standDown();
      record.keepOnly(new Set());
      journal.keepOnly(new Set());
    },
  };
}
