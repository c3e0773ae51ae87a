// What is kept of one HTTP request, for errors and metrics. It sends nothing.

/** What is known of one request after it ended, however it ended. */
export interface Exchange {
  readonly limitMs: number;
  /** Called right before it is sent. @throws if it must not be sent any more, as getting credentials took its time */
  readonly beforeSending: () => void;
  sent: boolean;
  timedOut: boolean;
  /** Undefined until the answer was read to its end, or to our limit. */
  status: number | undefined;
  retryAfter: string | undefined;
  text: string;
}

export function newExchange(given: Pick<Exchange, 'limitMs' | 'beforeSending'>): Exchange {
  return { ...given, sent: false, timedOut: false, status: undefined, retryAfter: undefined, text: '' };
}
