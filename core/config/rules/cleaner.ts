// When the cleaner sweeps: a schedule and a time zone that exist. Pure.

import { validate } from 'node-cron';
import { errorAt, type Draft, type Finding } from '../finding.ts';

export function scheduleIsACronExpression({ cleaner }: Draft): Finding[] {
  if (cleaner.schedule === undefined || validate(cleaner.schedule)) return [];
  const message = 'expected a cron expression of five fields (or six, with seconds) such as "*/5 * * * *"';
  return [errorAt(['cleaner', 'schedule'], message)];
}

function exists(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

export function timeZoneExists({ cleaner }: Draft): Finding[] {
  if (cleaner.time_zone === undefined || exists(cleaner.time_zone)) return [];
  return [errorAt(['cleaner', 'time_zone'], 'expected an IANA time zone such as Europe/Rome or UTC')];
}
