// Bitbucket's limit of calls in a rolling hour, for each credential. Time is an argument.

import { errorAnswer, type Answer } from './answer.ts';

export interface RateLimitOptions {
  readonly perHour: number;
  /** Whether a refusal says `Retry-After`; Bitbucket does not promise one. */
  readonly saysRetryAfter: boolean;
}

const hourMs = 3_600_000;

export class RateLimit {
  private readonly options: RateLimitOptions;
  private readonly spent = new Map<string, number[]>();

  constructor(options: RateLimitOptions) {
    this.options = options;
  }

  /** Counts a call, or gives the refusal. A refused call is not counted. */
  spend(credential: string, now: number): Answer | undefined {
    const calls = (this.spent.get(credential) ?? []).filter((at) => at > now - hourMs);
    this.spent.set(credential, calls);
    if (calls.length < this.options.perHour) {
      calls.push(now);
      return undefined;
    }
    const refusal = errorAnswer(429, 'Rate limit for this resource has been exceeded');
    if (!this.options.saysRetryAfter) return refusal;
    const waitMs = (calls[0] ?? now) + hourMs - now;
    return { ...refusal, headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) } };
  }
}
