// What is kept of one HTTP request, for errors and metrics. It sends nothing.

/** What is known of one request after it ended, however it ended. */
export interface Exchange {
  /** Of the API server, with the port, for messages. */
  readonly host: string;
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

export function newExchange(given: Pick<Exchange, 'host' | 'limitMs' | 'beforeSending'>): Exchange {
  return { ...given, sent: false, timedOut: false, status: undefined, retryAfter: undefined, text: '' };
}
