// Sweeps again and again until it is told to stop, one sweep at a time. It does not know what a sweep does.

import type { CleanerConfig } from '../core/config/config.ts';
import type { Clock } from '../core/process/clock.ts';
import { nextAppointment } from './timetable.ts';

export interface RoundsOptions {
  readonly clock: Clock;
  /** Asked anew before each wait, so that a settings change takes effect. */
  readonly settings: () => CleanerConfig;
  /** It must not throw. */
  readonly sweep: () => Promise<void>;
}

export interface Rounds {
  /** No further sweep begins; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** So that a change of the settings is not waited for longer than this. */
const longestNapMs = 60_000;

/** False if the wait ended for another reason than that a sweep is due. */
async function waitForTurn(
  { clock, settings }: RoundsOptions,
  began: number,
  signal: AbortSignal,
): Promise<boolean> {
  const now = clock.now();
  const { at, sweep } = nextAppointment(settings(), began, now);
  const wait = Math.min(at - now, longestNapMs);
  await clock.sleep(wait, signal);
  return sweep && now + wait >= at;
}

async function run(options: RoundsOptions, signal: AbortSignal): Promise<void> {
  let began = options.clock.now();
  // By interval at once, as a loop begins; by cron only when it says so.
  let isTurn = options.settings().schedule === undefined;
  while (!signal.aborted) {
    if (isTurn) {
      began = options.clock.now();
      if (options.settings().enabled) await options.sweep();
    }
    isTurn = await waitForTurn(options, began, signal);
  }
}

export function startRounds(options: RoundsOptions): Rounds {
  const abort = new AbortController();
  const ended = run(options, abort.signal);
  return {
    stop(): Promise<void> {
      abort.abort();
      return ended;
    },
  };
}
