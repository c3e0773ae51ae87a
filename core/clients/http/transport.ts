// Sends calls for a vendor's client: budget, throttle, authorization, timeout, retry. It knows no vendor and reads no body.

import pLimit from 'p-limit';
import { StoppingError } from '../../errors.ts';
import type { MayChange } from '../../leadership/guard.ts';
import type { Clock } from '../../process/clock.ts';
import type { ProxyRules } from '../../process/proxy.ts';
import { neverEnding, requireSendable, type Ending } from '../../process/ending.ts';
import { createAgents } from '../way-out/agents.ts';
import { createAttempt, kindOf, type Outcome } from './attempt.ts';
import { backoffMs, mostAttempts } from './backoff.ts';
import { createBudget, type BudgetView } from './budget.ts';
import type { CallRecord } from './call-record.ts';
import type { Call, CallReport, HttpAnswer, HttpRequest } from './call.ts';
import { createFault, type Fault } from './fault.ts';
import type { Mask } from './mask.ts';
import { createThrottle } from './throttle.ts';

export interface TransportOptions {
  readonly service: string;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly callsPerHour: number;
  /** The calls of this process so far; none, if left out. */
  readonly record?: CallRecord | undefined;
  /** Real milliseconds for one attempt. */
  readonly timeoutMs: number;
  readonly mask: Mask;
  readonly onCall: (report: CallReport) => void;
  /** Every request goes directly, if left out. */
  readonly proxies?: ProxyRules | undefined;
  /** Whether this process may change something right now; always, if left out. */
  readonly mayChange?: MayChange | undefined;
  /** Of the program; never, if left out. */
  readonly ending?: Ending | undefined;
}

export interface Transport {
  /**
   * The answer, whatever its status, but for 429 and 5xx, which are failures. Repeatable calls are tried up to three
   * times; a 429 is waited for if it asks for a minute or less.
   * @throws ServiceError with failure `network`, `timeout`, `status`, `malformed` or `refused-locally`; StoppingError
   */
  send(request: HttpRequest, call: Call): Promise<HttpAnswer>;
  readonly budget: BudgetView;
  readonly fault: Fault;
}

const mostAtOnce = 8;

export function createTransport(options: TransportOptions): Transport {
  const { clock, random, ending = neverEnding } = options;
  const fault = createFault(options.service, options.mask);
  const budget = createBudget(options.callsPerHour, clock, options.record);
  const agents = createAgents(options);
  const throttle = createThrottle(clock);
  const attempt = createAttempt({ ...options, ending, agents, fault, budget, throttle });
  // Only what is on the wire holds a place: one that waits for its next attempt must not keep others from learning.
  const limit = pLimit(mostAtOnce);

  async function attemptAuthorized(request: HttpRequest, call: Call): Promise<Outcome> {
    // Before a token is fetched for it.
    requireSendable(ending, kindOf(call));
    const { authorization } = call;
    const header = await authorization?.header();
    const outcome = await limit(() => attempt(withHeader(request, header), call));
    if (outcome.answer?.status !== 401 || header === undefined) return outcome;
    const renewed = await authorization?.renew?.(header);
    return renewed === undefined ? outcome : limit(() => attempt(withHeader(request, renewed), call));
  }

  async function send(request: HttpRequest, call: Call): Promise<HttpAnswer> {
    for (let made = 1; ; made += 1) {
      const { answer, setback } = await attemptAuthorized(request, call);
      if (answer !== undefined) return answer;
      const { stopping } = ending;
      if (!setback.again || !call.repeatable || made === mostAttempts || stopping.aborted)
        throw setback.error;
      await clock.sleep(setback.notBeforeMs + backoffMs(made, random), stopping);
      if (stopping.aborted) throw new StoppingError();
    }
  }

  return { send, budget, fault };
}

function withHeader(request: HttpRequest, authorization: string | undefined): HttpRequest {
  return authorization === undefined
    ? request
    : { ...request, headers: { ...request.headers, authorization } };
}
