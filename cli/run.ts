// Runs the controller or the cleaner until it is told to end, and makes sure that the process then ends, even if something hangs.

import { readLogLevel, readPod } from '../core/environment.ts';
import { StoppingError } from '../core/errors.ts';
import { findReplica } from '../core/leadership/replica.ts';
import { systemClock } from '../core/process/clock.ts';
import { Shutdown } from '../core/process/ending.ts';
import { createLogger, flushed } from '../core/process/logger.ts';
import { leave } from './leave.ts';
import { untilTold } from './signals.ts';

/** Kubernetes kills a process 30 s after it was told, unless told otherwise; we promise 10 s. */
const lastResortMs = 9_000;
const flushMs = 500;

/** What still hangs then is a bug of ours, or an operating system that does not answer. */
function endAnyway(name: string): void {
  const text =
    'not everything ended in time, so the process ends anyway; if it held the lease, that expires by itself';
  createLogger({ name, clock: systemClock }).error(text);
  leave(0);
}

/** Outside of a cluster there is no lease, so another controller or cleaner of the same runners is not noticed. */
export function warnIfAlone(name: string): void {
  const { env } = process;
  if (readPod(env).place !== 'elsewhere' || findReplica(env).kind !== 'none') return;
  const text =
    'no leader election takes place, as this is no pod (POD_NAME and POD_NAMESPACE are not set): make sure that no other one acts on the same runners';
  createLogger({ name, level: readLogLevel(env), clock: systemClock }).warn(text);
}

/**
 * @param start is handed the ending, which may begin while it still starts
 * @throws what `start` throws
 */
export async function runUntilTold(
  name: string,
  start: (ending: Shutdown) => Promise<{ stop(): Promise<void> }>,
): Promise<never> {
  const ending = new Shutdown();
  const told = untilTold().then(() => {
    setTimeout(() => endAnyway(name), lastResortMs).unref();
    ending.begin();
  });
  // Who could not start has nothing under way that would be given time.
  const program = await start(ending).catch((error: unknown) => {
    ending.done();
    if (error instanceof StoppingError) leave(0);
    throw error;
  });
  await told;
  await program.stop();
  await flushed(flushMs);
  // Not by itself: what was given up, such as a request of an SDK, may keep the process for long.
  leave(0);
}
