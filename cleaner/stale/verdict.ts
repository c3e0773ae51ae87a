// What is said of something stale: a stable word, and a sentence with the numbers. Plain data.

/**
 * A metric label, and what tests assert. `runner-exempt` would be stale, but somebody asked to keep it; `at-min-size` too,
 * but AWS would replace it.
 */
export type Reason =
  | 'offline'
  | 'unhealthy'
  | 'never-online'
  | 'drained'
  | 'busy-offline-too-long'
  | 'registration-without-job'
  | 'job-without-registration'
  | 'secret-without-owner'
  | 'job-failed'
  | 'job-finished'
  | 'pod-image-pull'
  | 'pod-crash-loop'
  | 'pod-unschedulable'
  | 'never-registered'
  | 'lost-contact'
  | 'at-min-size'
  | 'runner-exempt';

export interface Verdict {
  /** The runner's id at Bitbucket; for CircleCI the name of the Job, or the instance's id. */
  readonly id: string;
  readonly reason: Reason;
  /** A sentence with the numbers. */
  readonly because: string;
  /** Since when it has been so, as ISO 8601; left out where that was not seen. */
  readonly since?: string | undefined;
}

/** One kind of trouble: since when, and how long it is left alone. Milliseconds. */
export interface Ailment {
  readonly reason: Exclude<Reason, 'runner-exempt' | 'at-min-size'>;
  /** Such as `offline for`. */
  readonly what: string;
  readonly sinceMs: number;
  readonly graceMs: number;
}

export function sinceOf({ sinceMs }: Ailment): string {
  return new Date(sinceMs).toISOString();
}

/** Whole seconds, as the configuration is written. */
export function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

/** Whether it has lasted longer than its grace. */
export function isOver({ sinceMs, graceMs }: Ailment, now: number): boolean {
  return now - sinceMs >= graceMs;
}

export function sentence({ what, sinceMs, graceMs }: Ailment, now: number): string {
  return `${what} ${seconds(now - sinceMs)}, allowed are ${seconds(graceMs)}`;
}
