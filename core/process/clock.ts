// The only place that reads the machine's clock or waits. Everything else is handed a Clock.

/** Time as the programs see it. Milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Resolves after `ms` of this clock, or at once when the signal aborts; it never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const longestTimer = 2 ** 31 - 1;

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

/**
 * How much faster a clock runs while it makes up for having been set forward, and how much slower after it was set back.
 * Faster only a little, as waits then end early; slower a lot, as they only end late.
 */
const hurry = 0.25;
const linger = 0.75;

/**
 * Follows the wall clock, but never by a jump: setting it an hour forward must not end a wait of a minute at once, nor
 * setting it back make an old list look new. An hour forward is made up for in four hours, an hour back in 80 minutes; a
 * restart takes the wall clock as it is.
 * @param wall milliseconds since the epoch
 * @param steady milliseconds since some moment, never set
 */
export function evenTime(wall: () => number, steady: () => number): () => number {
  let shown = wall();
  let readAt = steady();
  return () => {
    const at = steady();
    const elapsed = at - readAt;
    readAt = at;
    shown += elapsed;
    shown += Math.min(Math.max(wall() - shown, -linger * elapsed), hurry * elapsed);
    return Math.round(shown);
  };
}

export const systemClock: Clock = { now: evenTime(Date.now, () => performance.now()), sleep: wait };

/** Runs a number of times faster than the machine's clock. The speed may change while programs wait; 0 stops it. */
export class AdjustableClock implements Clock {
  private readonly steady: () => number;
  private readonly sleepers = new Set<() => void>();
  private shown: number;
  private readAt: number;
  private speed: number;

  /** @param steady real milliseconds since some moment, never set */
  constructor(speed: number, startedAt: number, steady: () => number = () => performance.now()) {
    this.speed = speed;
    this.shown = startedAt;
    this.steady = steady;
    this.readAt = steady();
  }

  now(): number {
    return Math.round(this.exactly());
  }

  setSpeed(speed: number): void {
    this.shown = this.exactly();
    this.readAt = this.steady();
    this.speed = speed;
    for (const planAnew of this.sleepers) planAnew();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const until = this.exactly() + ms;
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const done = (): void => {
        clearTimeout(timer);
        this.sleepers.delete(plan);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const plan = (): void => {
        clearTimeout(timer);
        const left = until - this.exactly();
        // Never at once: a loop that waits for nothing must let others have their turn.
        if (left <= 0) timer = setTimeout(done);
        else if (this.speed > 0) timer = setTimeout(plan, Math.min(left / this.speed, longestTimer));
      };
      if (signal?.aborted === true) return resolve();
      this.sleepers.add(plan);
      signal?.addEventListener('abort', done, { once: true });
      plan();
    });
  }

  private exactly(): number {
    return this.shown + (this.steady() - this.readAt) * this.speed;
  }
}

/** A clock that starts at the present and runs `speed` times faster than the machine's. */
export function fasterClock(speed: number, startedAt = Date.now()): AdjustableClock {
  return new AdjustableClock(speed, startedAt);
}

/** Milliseconds since some moment, never set back or forth; for deadlines within one process, not for dates. */
export const steadyClock: Clock = { now: () => performance.now(), sleep: wait };
