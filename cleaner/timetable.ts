// When the next sweep is due: after an interval, or by a cron expression in a time zone. Waits for nothing.

import { createTask, type ScheduledTask } from 'node-cron';
import type { CleanerConfig } from '../core/config/config.ts';
import { nextDue } from '../core/process/loop.ts';

/** Milliseconds since the epoch. */
export interface Appointment {
  readonly at: number;
  /** False: nothing is due within the look-ahead; ask again then. */
  readonly sweep: boolean;
}

const lookAheadSeconds = 60;

function byCron(expression: string, timezone: string, now: number): Appointment {
  // It never starts: it is only asked. The library keeps every task until it is destroyed.
  const task = createTask(expression, () => undefined, { timezone });
  try {
    return firstMatch(task, now);
  } finally {
    void task.destroy();
  }
}

function firstMatch(task: Pick<ScheduledTask, 'match'>, now: number): Appointment {
  const second = Math.floor(now / 1000);
  for (let ahead = 1; ahead <= lookAheadSeconds; ahead += 1) {
    const at = (second + ahead) * 1000;
    if (task.match(new Date(at))) return { at, sweep: true };
  }
  return { at: (second + lookAheadSeconds) * 1000, sweep: false };
}

/** @param began when the sweep before began, or the moment now if there was none; milliseconds since the epoch */
export function nextAppointment(
  { schedule, timeZone, intervalMs }: CleanerConfig,
  began: number,
  now: number,
): Appointment {
  if (schedule !== undefined) return byCron(schedule, timeZone, now);
  return { at: Math.max(now, nextDue(began, intervalMs)), sweep: true };
}
