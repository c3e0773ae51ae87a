// Reads the Status object with which the API server says no. What is not one (a proxy's page) is not quoted nor believed.

/** The parts of a Kubernetes Status that we rely on. */
export interface Status {
  readonly message: string;
  /** A word of the API machinery, such as `NotFound`, `AlreadyExists` or `Conflict`. */
  readonly reason: string;
  /** The plural of what it is about, such as `jobs`. */
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly retryAfterSeconds: number | undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The answer's Status, or undefined when the answer is anything else. */
export function readStatus(text: string): Status | undefined {
  const body = record(parse(text));
  if (body['kind'] !== 'Status') return undefined;
  const details = record(body['details']);
  const retry = details['retryAfterSeconds'];
  return {
    message: string(body['message']) ?? '',
    reason: string(body['reason']) ?? '',
    kind: string(details['kind']),
    name: string(details['name']),
    retryAfterSeconds: typeof retry === 'number' ? retry : undefined,
  };
}
