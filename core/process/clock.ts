// The only place that reads the machine's clock or waits. Everything else is handed a Clock.

/** Time as the programs see it. Milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Resolves after `ms` of this clock, or at once when the signal aborts; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const longestTimer = 2 ** 31 - 1;

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(Math.max(ms, 0), longestTimer));
    signal?.addEventListener('abort', done, { once: true });
  });
}

export const systemClock: Clock = { now: () => Date.now(), sleep: wait };

/** A clock that starts at the present and runs `speed` times faster than the machine's. */
export function fasterClock(speed: number, startedAt = Date.now()): Clock {
  const origin = performance.now();
  return {
    now: () => Math.round(startedAt + (performance.now() - origin) * speed),
    sleep: (ms, signal) => wait(ms / speed, signal),
  };
}

/** Milliseconds since some moment, never set back or forth; for deadlines within one process, not for dates. */
export const steadyClock: Clock = { now: () => performance.now(), sleep: wait };
