// Makes the ServiceErrors of an HTTP client, in one form and without secrets. It decides nothing.

import { ServiceError, type ServiceFailure } from '../../errors.ts';
import type { Call, HttpAnswer } from './call.ts';
import { excerpt, vendorMessage } from './excerpt.ts';
import type { Mask } from './mask.ts';

export interface FaultDetails {
  readonly failure: ServiceFailure;
  /** What happened, without a full stop. */
  readonly what: string;
  /** What to do next, as a sentence. */
  readonly next?: string;
  readonly answer?: HttpAnswer;
  /** Where there is a status but no body worth quoting. */
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** `answer` is quoted if given: the vendor's own sentence, or the beginning of the body. */
export type Fault = (call: Call, details: FaultDetails) => ServiceError;

export function createFault(service: string, mask: Mask): Fault {
  return (call, { failure, what, next, answer, status, retryAfterMs, cause }) => {
    const quoted = answer === undefined ? '' : quote(call, answer, mask);
    const text = `${service} ${call.operation}, ${call.about}: ${mask.apply(what)}${quoted}.`;
    return new ServiceError(next === undefined ? text : `${text} ${next}`, {
      service,
      operation: call.operation,
      failure,
      status: answer?.status ?? status,
      retryAfterMs,
      cause,
    });
  };
}

function quote(call: Call, answer: HttpAnswer, mask: Mask): string {
  if (call.confidential === true && answer.status < 300) return ' (body withheld, it may hold a secret)';
  const text = mask.apply(answer.text);
  const said = vendorMessage(text);
  return said === undefined ? `; it sent ${excerpt(text)}` : `; it said ${excerpt(mask.apply(said))}`;
}
