// The cleaner's section with every default filled in. Pure.

import type { CleanerConfig } from './config.ts';
import { cleanerDefaults as defaults } from './defaults.ts';
import type { PollingPlan } from './polling.ts';
import type { WrittenCleaner } from './written.generated.ts';

function graces(written: WrittenCleaner): Record<GraceKey, number> {
  const ms = (seconds: number): number => Math.round(seconds * 1000);
  return {
    offlineGraceMs: ms(written.offline_grace ?? defaults.offlineGrace),
    busyOfflineGraceMs: ms(written.busy_offline_grace ?? defaults.busyOfflineGrace),
    unhealthyGraceMs: ms(written.unhealthy_grace ?? defaults.unhealthyGrace),
    orphanGraceMs: ms(written.orphan_grace ?? defaults.orphanGrace),
    drainedGraceMs: ms(written.drained_grace ?? defaults.drainedGrace),
  };
}

type GraceKey = Extract<keyof CleanerConfig, `${string}GraceMs`>;

export function normaliseCleaner(written: WrittenCleaner, plan: PollingPlan): CleanerConfig {
  return {
    enabled: written.enabled ?? defaults.enabled,
    intervalMs: plan.cleanerMs,
    ...(written.schedule !== undefined && { schedule: written.schedule }),
    timeZone: written.time_zone ?? defaults.timeZone,
    ...graces(written),
    brakeShare: written.brake_share ?? defaults.brakeShare,
    brakeMinimum: written.brake_minimum ?? defaults.brakeMinimum,
  };
}
