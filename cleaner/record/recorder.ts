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
export function recorderOf({ metrics, record, logger, incomplete }: Records): CircleCiRecorder {
  const all = [metrics, record, new Journal(logger)] as const;
  return {
    judged(group, findings, at) {
      for (const each of all) each.judged(group, findings, at);
    },
    held(group, because) {
      incomplete();
      for (const each of all) each.held(group, because);
    },
    removed(group, removal, at) {
      for (const each of all) each.removed(group, removal, at);
    },
    unsearched: incomplete,
  };
}
