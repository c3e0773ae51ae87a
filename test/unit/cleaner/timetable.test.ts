// When the cleaner sweeps: by interval and by cron, in time that the test moves.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startRounds } from '../../../cleaner/rounds.ts';
import { nextAppointment } from '../../../cleaner/timetable.ts';
import type { CleanerConfig } from '../../../core/config/config.ts';
import { manualClock } from '../../fakes/clock.ts';

const minute = 60_000;
const base = {
  ...{ enabled: true, intervalMs: minute, timeZone: 'UTC', offlineGraceMs: 0, busyOfflineGraceMs: 0 },
  ...{ unhealthyGraceMs: 0, orphanGraceMs: 0, drainedGraceMs: 0, brakeShare: 0.5, brakeMinimum: 5 },
} satisfies CleanerConfig;

function at(text: string): number {
  return Date.parse(text);
}

/** When sweeps begin, within so many minutes. */
async function sweeps(settings: CleanerConfig, from: string, minutes: number): Promise<string[]> {
  const clock = manualClock(at(from));
  const began: string[] = [];
  const sweep = (): Promise<void> => {
    began.push(new Date(clock.now()).toISOString().slice(5, 19));
    return Promise.resolve();
  };
  const rounds = startRounds({ clock, settings: () => settings, sweep });
  await clock.advance(minutes * minute);
  await rounds.stop();
  return began;
}

describe('sweeps by interval', () => {
  test('begin at once and then at whole multiples', async () => {
    const began = await sweeps(base, '2026-03-01T10:00:10Z', 3);
    assert.deepEqual(began, ['03-01T10:00:10', '03-01T10:01:00', '03-01T10:02:00', '03-01T10:03:00']);
  });

  test('may be further apart than the longest nap', async () => {
    const began = await sweeps({ ...base, intervalMs: 5 * minute }, '2026-03-01T10:00:00Z', 11);
    assert.deepEqual(began, ['03-01T10:00:00', '03-01T10:05:00', '03-01T10:10:00']);
  });

  test('do not happen while the cleaner is switched off', async () => {
    assert.deepEqual(await sweeps({ ...base, enabled: false }, '2026-03-01T10:00:00Z', 5), []);
  });
});

describe('sweeps by cron', () => {
  test('happen when the expression says so and not before', async () => {
    const began = await sweeps({ ...base, schedule: '*/5 * * * *' }, '2026-03-01T10:01:30Z', 10);
    assert.deepEqual(began, ['03-01T10:05:00', '03-01T10:10:00']);
  });

  test('know six fields, with seconds', async () => {
    const began = await sweeps({ ...base, schedule: '*/20 * * * * *' }, '2026-03-01T10:00:05Z', 1);
    assert.deepEqual(began, ['03-01T10:00:20', '03-01T10:00:40', '03-01T10:01:00']);
  });

  test('are read in their time zone', () => {
    const settings = { ...base, schedule: '0 3 * * *', timeZone: 'Europe/Rome' };
    const due = at('2026-07-01T01:00:00Z');
    assert.deepEqual(nextAppointment(settings, 0, due - 30_000), { at: due, sweep: true });
    assert.equal(nextAppointment({ ...settings, timeZone: 'UTC' }, 0, due - 30_000).sweep, false);
  });
});
