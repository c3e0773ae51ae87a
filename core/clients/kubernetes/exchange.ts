// What is kept of one HTTP request, for errors and metrics. It sends nothing.

/** What is known of one request after it ended, however it ended. */
export interface Exchange {
  readonly limitMs: number;
  sent: boolean;
  timedOut: boolean;
  /** Undefined until the answer was read to its end, or to our limit. */
  status: number | undefined;
  retryAfter: string | undefined;
  text: string;
}

export function newExchange(limitMs: number): Exchange {
  return { limitMs, sent: false, timedOut: false, status: undefined, retryAfter: undefined, text: '' };
}
