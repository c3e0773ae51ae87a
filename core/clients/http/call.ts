// The words of the HTTP plumbing: what a client asks for and what comes back. Types only.

/** A request as plain data, so that sending it again needs no copy of a used-up stream. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** An answer that was read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What a request is for, and how it may be treated. */
export interface Call {
  /** A stable word such as `list-runners`; a metric's label. */
  readonly operation: string;
  /** What it concerns, for messages: `workspace acme`. */
  readonly about: string;
  /** True if sending it twice does no harm. Only then is it tried again after a failure. */
  readonly repeatable: boolean;
  /** True for a call that changes something at the service; a replica that does not lead sends none. */
  readonly changes?: boolean;
  /** True for a call that completes something begun, or undoes it: it is still sent when the program is told to end. */
  readonly completes?: boolean;
  /** May use the part of the API budget that is kept for taking capacity back. */
  readonly essential?: boolean;
  /** The body of a good answer holds a secret: no message may quote it. */
  readonly confidential?: boolean;
  /** What to do if no usable answer came, as a sentence, where the usual one does not fit. */
  readonly ifLost?: string;
  readonly authorization?: Authorization;
}

/** Where the `Authorization` header of a call comes from. */
export interface Authorization {
  /** @throws ServiceError if a token has to be fetched and cannot be. */
  header(): Promise<string>;
  /** A new header after the given one was answered with 401; absent, or undefined, where there is nothing to renew. */
  renew?(rejected: string): Promise<string | undefined>;
}

/** Reported once for every request that was sent: its HTTP status, or `network`, `timeout` or `malformed` (too large); and how long it took. */
export interface CallReport<Service extends string = string> {
  readonly service: Service;
  readonly operation: string;
  readonly status: number | string;
  readonly ms: number;
}
