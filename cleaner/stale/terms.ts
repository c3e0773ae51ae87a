// How long each kind of trouble is left alone. Plain data from the configuration.

import type { Config } from '../../core/config/config.ts';

/** Milliseconds, but for the brake. */
export interface Terms {
  readonly startTimeoutMs: number;
  readonly offlineGraceMs: number;
  readonly busyOfflineGraceMs: number;
  readonly unhealthyGraceMs: number;
  readonly orphanGraceMs: number;
  readonly drainedGraceMs: number;
  /** Share of a group, 0 to 1. */
  readonly brakeShare: number;
  readonly brakeMinimum: number;
}

export function termsOf({ cleaner, constants }: Pick<Config, 'cleaner' | 'constants'>): Terms {
  return {
    startTimeoutMs: constants.startTimeoutMs,
    offlineGraceMs: cleaner.offlineGraceMs,
    busyOfflineGraceMs: cleaner.busyOfflineGraceMs,
    unhealthyGraceMs: cleaner.unhealthyGraceMs,
    orphanGraceMs: cleaner.orphanGraceMs,
    drainedGraceMs: cleaner.drainedGraceMs,
    brakeShare: cleaner.brakeShare,
    brakeMinimum: cleaner.brakeMinimum,
  };
}
