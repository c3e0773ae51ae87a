// What the double answers, and Bitbucket's error bodies. It must not know HTTP's machinery nor the world.

/** An answer before it is written: a status, a JSON body unless there is none, further headers. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as the handlers see it: everything decoded. */
export interface Request {
  readonly method: string;
  /** Decoded path segments. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** The `Authorization` header; empty if there is none. */
  readonly authorization: string;
  /** The body as text; empty if there is none. */
  readonly text: string;
}

/** Bitbucket's error shape: `{type, error: {message, detail?}}`. */
export function errorAnswer(status: number, message: string, detail?: string): Answer {
  const error = detail === undefined ? { message } : { message, detail };
  return { status, body: { type: 'error', error } };
}

export function badRequest(detail: string): Answer {
  return errorAnswer(400, 'Bad request', detail);
}

export function notFound(what: string): Answer {
  return errorAnswer(404, `${what} not found`);
}
