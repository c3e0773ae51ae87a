// One attempt at a call: asks budget and throttle, sends, reports, and says whether another attempt makes sense.

import { StoppingError, type ServiceError } from '../../errors.ts';
import { standbyError, type MayChange } from '../../leadership/guard.ts';
import type { Clock } from '../../process/clock.ts';
import type { Agents } from '../way-out/agents.ts';
import { trustAdvice } from '../way-out/trust.ts';
import { ProxyError } from '../way-out/tunnel.ts';
import { bounded, requireSendable, type CallKind, type Ending } from '../../process/ending.ts';
import type { Budget, Purpose } from './budget.ts';
import type { Call, CallReport, HttpAnswer, HttpRequest } from './call.ts';
import { exchange, RedirectError, TooLargeError } from './exchange.ts';
import type { Fault } from './fault.ts';
import { rateLimitResetMs, rateLimitSpentMs } from './rate-limit.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { Throttle } from './throttle.ts';

export interface Setback {
  readonly error: ServiceError;
  /** Whether a repeatable call should be sent again, and the milliseconds the service asked us to wait before. */
  readonly again: boolean;
  readonly notBeforeMs: number;
}

export type Outcome =
  | { readonly answer: HttpAnswer; readonly setback?: undefined }
  | { readonly answer?: undefined; readonly setback: Setback };

export interface AttemptParts {
  readonly service: string;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly ending: Ending;
  readonly fault: Fault;
  readonly agents: Agents;
  readonly budget: Budget;
  readonly throttle: Throttle;
  readonly onCall: (report: CallReport) => void;
  /** Whether this process may change something right now; always, if left out. */
  readonly mayChange?: MayChange | undefined;
}

/** A longer wait than this is the caller's to make: it has other things to do meanwhile. */
const longestWaitMs = 60_000;

const afterward =
  'It is tried again at the next look; if it lasts, check the network and the status page of the service.';

export function kindOf({ completes, changes }: Call): CallKind {
  if (completes === true) return 'completion';
  return changes === true ? 'change' : 'read';
}

/** The attempt throws a StoppingError if the program's end does not let it be sent, or be waited for. */
export function createAttempt(parts: AttemptParts): (request: HttpRequest, call: Call) => Promise<Outcome> {
  const { clock, ending, timeoutMs } = parts;
  return async (request, call) => {
    const kind = kindOf(call);
    requireSendable(ending, kind);
    const refused = standby(call, parts) ?? refuse(call, parts);
    if (refused !== undefined) return { setback: refused };
    const startedAt = clock.now();
    const sent = bounded({ limitMs: timeoutMs, ending, kind }, (signal) =>
      exchange(request, { agents: parts.agents, signal }),
    );
    const outcome = await sent.then(
      (answer) => judge(call, answer, parts),
      (error: unknown) => {
        if (error instanceof StoppingError) throw error;
        return { setback: broken(call, hostOf(request), error, parts) };
      },
    );
    const { service, onCall } = parts;
    onCall({ service, operation: call.operation, status: statusOf(outcome), ms: clock.now() - startedAt });
    return outcome;
  };
}

function judge(call: Call, answer: HttpAnswer, parts: AttemptParts): Outcome {
  if (answer.status === 429) return { setback: tooMany(call, answer, parts) };
  parts.throttle.calm();
  const spentMs = rateLimitSpentMs(answer.headers, parts.clock.now());
  if (spentMs !== undefined) parts.throttle.spent(spentMs);
  return answer.status >= 500 ? { setback: unavailable(call, answer, parts) } : { answer };
}

function statusOf({ answer, setback }: Outcome): number | string {
  return answer?.status ?? setback?.error.status ?? setback?.error.failure ?? 'network';
}

/** A replica that does not lead sends no change, not even the repetition of one that it began. */
function standby(call: Call, { mayChange = () => true, service }: AttemptParts): Setback | undefined {
  if (call.changes !== true || mayChange()) return undefined;
  return { error: standbyError(service, call.operation), again: false, notBeforeMs: 0 };
}

function purposeOf({ essential = false, changes = false }: Call): Purpose {
  return { essential, change: essential || changes };
}

function refuse(call: Call, { throttle, budget, fault }: AttemptParts): Setback | undefined {
  const closedMs = throttle.closedForMs();
  const waitMs = closedMs > 0 ? closedMs : budget.take(purposeOf(call));
  if (waitMs === 0) return undefined;
  const seconds = Math.ceil(waitMs / 1000);
  const what = closedMs > 0 ? 'the service asked us to wait' : 'the API calls of this hour are used up';
  const error = fault(call, {
    failure: 'refused-locally',
    what: `not sent, as ${what}, for another ${seconds} s`,
    next: 'Look less often, or share the load between credentials.',
    retryAfterMs: waitMs,
  });
  return { error, again: false, notBeforeMs: 0 };
}

function tooMany(call: Call, answer: HttpAnswer, { throttle, fault, clock }: AttemptParts): Setback {
  const now = clock.now();
  const asked =
    parseRetryAfter(answer.headers.get('retry-after'), now) ?? rateLimitResetMs(answer.headers, now);
  const waitMs = throttle.tooMany(asked);
  const error = fault(call, {
    failure: 'status',
    what: 'HTTP 429, too many requests',
    answer,
    next: `No call is sent for ${Math.ceil(waitMs / 1000)} s, then it goes on by itself. If it lasts, give this program a credential that nothing else uses, or look less often.`,
    retryAfterMs: waitMs,
  });
  return { error, again: asked !== undefined && waitMs <= longestWaitMs, notBeforeMs: waitMs };
}

function unavailable(call: Call, answer: HttpAnswer, { fault, clock }: AttemptParts): Setback {
  const asked = parseRetryAfter(answer.headers.get('retry-after'), clock.now());
  const error = fault(call, {
    failure: 'status',
    what: `HTTP ${answer.status}`,
    answer,
    next: call.ifLost ?? afterward,
    ...(asked === undefined ? {} : { retryAfterMs: asked }),
  });
  return { error, again: (asked ?? 0) <= longestWaitMs, notBeforeMs: asked ?? 0 };
}

function hostOf({ url }: HttpRequest): string {
  return URL.canParse(url) ? new URL(url).host : 'an invalid URL';
}

function broken(call: Call, host: string, error: unknown, { fault, timeoutMs }: AttemptParts): Setback {
  const final = { again: false, notBeforeMs: 0 };
  const usual = call.ifLost ?? afterward;
  if (error instanceof TooLargeError) {
    const what = 'the answer is larger than 10 MB, and was not read';
    return { ...final, error: fault(call, { failure: 'malformed', what, next: usual }) };
  }
  if (error instanceof RedirectError) {
    const next = 'Check the URL that is configured for this service.';
    const { message: what, status } = error;
    return { ...final, error: fault(call, { failure: 'status', what, status, next }) };
  }
  if (error instanceof ProxyError) {
    const { message, next, status } = error;
    const again = status === undefined || status >= 500;
    return { ...final, again, error: fault(call, { failure: 'network', what: message, next }) };
  }
  const timedOut = error instanceof Error && error.name === 'TimeoutError';
  const what = timedOut
    ? `no complete answer from ${host} within ${timeoutMs} ms`
    : `no answer from ${host} (${reasonOf(error)})`;
  const failure = timedOut ? 'timeout' : 'network';
  const next = trustAdvice(codeOf(error)) ?? usual;
  return { again: true, notBeforeMs: 0, error: fault(call, { failure, what, next, cause: error }) };
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}

/** The code only: a message of Node may hold what a header holds. */
function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ERR_INVALID_CHAR' || code === 'ERR_INVALID_HTTP_TOKEN')
    return 'the request could not be made; a line break or an unusual character in a credential does that';
  return typeof code === 'string' ? code : 'the connection failed';
}
