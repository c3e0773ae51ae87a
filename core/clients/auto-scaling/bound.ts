// Ends the reading of an answer of AWS that is too large to be one, or that does not come to its end. It looks at no content.

import { pipeline, Readable, Transform, type TransformCallback } from 'node:stream';
import type { AutoScalingClient } from './commands.ts';
import { UnusableAnswer } from './group.ts';

/** Some 10,000 instances with their groups. What is parsed takes several times its size in memory, and a pod of ours has little. */
const largestAnswerBytes = 10_000_000;
const tooLarge = 'the answer is larger than 10 MB, and was not read to its end';

/** The SDK bounds the time until an answer begins; one that trickles would last for ever. */
function tooSlow(limitMs: number): Error {
  const error = new Error(`the answer was not complete within ${limitMs} ms`);
  error.name = 'TimeoutError';
  return error;
}

function bounded(body: Readable, limitMs: number): Readable {
  let size = 0;
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback): void {
      size += chunk.length;
      if (size > largestAnswerBytes) done(new UnusableAnswer(tooLarge));
      else done(null, chunk);
    },
  });
  const timer = setTimeout(() => bound.destroy(tooSlow(limitMs)), limitMs);
  // Ends the connection as well; who reads `bound` is told of every failure.
  return pipeline(body, bound, () => clearTimeout(timer));
}

/**
 * Right behind the connection, before anything of the answer is kept.
 * @param limitMs real milliseconds from the beginning of an answer to its end
 */
export function boundAnswers({ middlewareStack }: AutoScalingClient, limitMs: number): void {
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body?: unknown };
      if (response.body instanceof Readable) response.body = bounded(response.body, limitMs);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'boundAnswers' },
  );
}

/** Calls `ask` before each attempt, when its credentials are there: getting them may take long, and the SDK repeats reads by its own rules. */
export function askBeforeSending({ middlewareStack }: AutoScalingClient, ask: () => void): void {
  middlewareStack.add(
    (next) => (args) => {
      ask();
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'askBeforeSending' },
  );
}
