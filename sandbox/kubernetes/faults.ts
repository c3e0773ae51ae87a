// Faults that a test or the sandbox orders: which call they hit and what happens to it. No HTTP in here.

/** A call that the double received. */
export interface ReceivedCall {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** An answer of one's own; without a body a Status with this message, reason and wait. */
export interface FaultyAnswer {
  readonly status: number;
  readonly message?: string | undefined;
  readonly reason?: string | undefined;
  /** Sent as the `Retry-After` header. */
  readonly retryAfterSeconds?: number | undefined;
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
}

/**
 * `reset-before` breaks the connection without doing anything, `reset-after` does it and then loses the answer,
 * `html` is a login page with status 200, `truncated` half an answer, `hang` none until the double closes.
 */
export type Fault = FaultyAnswer | 'reset-before' | 'reset-after' | 'html' | 'truncated' | 'hang';

export interface FaultOrder {
  /** All that are given must match; a string is a whole path. */
  readonly match: {
    readonly method?: string | undefined;
    readonly path?: string | RegExp | undefined;
    readonly when?: ((call: ReceivedCall) => boolean) | undefined;
  };
  readonly with: Fault;
  /** How many calls it hits; 1 if left out. */
  readonly times?: number | undefined;
}

function matches({ match }: FaultOrder, call: ReceivedCall): boolean {
  const { method, path, when } = match;
  if (method !== undefined && method !== call.method) return false;
  if (typeof path === 'string' && path !== call.path) return false;
  if (path instanceof RegExp && !path.test(call.path)) return false;
  return when?.(call) ?? true;
}

export interface Faults {
  order(fault: FaultOrder): void;
  /** The fault for this call, used up by asking. */
  take(call: ReceivedCall): Fault | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  let orders: { order: FaultOrder; left: number }[] = [];
  return {
    order: (order) => void orders.push({ order, left: order.times ?? 1 }),
    take(call) {
      const hit = orders.find(({ order }) => matches(order, call));
      if (hit === undefined) return undefined;
      hit.left -= 1;
      orders = orders.filter(({ left }) => left > 0);
      return hit.order.with;
    },
    clear: () => void (orders = []),
  };
}
