// Turns the text of an answer into a value, or into the error that says why it cannot be. It sends nothing.

import type { Call, HttpAnswer } from './call.ts';
import type { Fault } from './fault.ts';
import { ShapeError } from './shape.ts';

/**
 * Parses JSON and reads it with guards.
 * @throws ServiceError `malformed` for a text that is not JSON, an empty one, or one of another shape
 */
export function understand<T>(
  answer: HttpAnswer,
  { call, fault, read }: { call: Call; fault: Fault; read: (body: unknown) => T },
): T {
  const malformed = (what: string): Error =>
    fault(call, {
      failure: 'malformed',
      what: `HTTP ${answer.status}, but ${what}`,
      answer,
      next:
        call.ifLost ?? 'Nothing was concluded from it. Check that no proxy or login page answers instead.',
    });
  let body: unknown;
  try {
    body = JSON.parse(answer.text);
  } catch {
    // The parser's own message quotes the text, secrets included.
    throw malformed(answer.text.trim() === '' ? 'the body is empty' : 'the body is not JSON');
  }
  try {
    return read(body);
  } catch (error) {
    if (error instanceof ShapeError) throw malformed(error.message);
    throw error;
  }
}
