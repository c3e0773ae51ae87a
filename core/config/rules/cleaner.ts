// When the cleaner sweeps: a schedule and a time zone that exist. Pure.

import { validate } from 'node-cron';
import { errorAt, type Draft, type Finding } from '../finding.ts';

/** No field counts further. The library writes every number of a range out before it looks at the bounds: 0-99999999 takes minutes. */
const tooLargeForAField = /\d{3}/;

export function scheduleIsACronExpression({ cleaner }: Draft): Finding[] {
  const { schedule } = cleaner;
  if (schedule === undefined || (!tooLargeForAField.test(schedule) && validate(schedule))) return [];
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
