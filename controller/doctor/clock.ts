// Compares our clock with that of a server by its Date header. Cool-downs and graces compare its times with ours.

import { fine, problem, warning, type Finding } from './finding.ts';

const noticeable = 30_000;
/** From here on a young runner may look old enough to be given up. */
const harmful = 300_000;

/** @param date the header, in whole seconds; @param now milliseconds since the epoch, by our clock */
export function judgeClock(who: string, date: string | null, now: number): Finding {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) {
    return warning('clock', `${who} does not tell its time`, 'Compare the clocks by hand (`date -u`).');
  }
  const skew = Math.round((now - theirs) / 1000);
  const sentence = `our clock is ${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'ahead of'} that of ${who}`;
  if (Math.abs(now - theirs) < noticeable) return fine('clock', sentence);
  const fix = 'Let the node take its time from a time server (chrony, systemd-timesyncd).';
  return Math.abs(now - theirs) < harmful ? warning('clock', sentence, fix) : problem('clock', sentence, fix);
}
