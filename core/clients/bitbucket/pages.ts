// Reads all pages of a list of runners, or throws: a list that misses a page is not a list (P3).

import type { Call, HttpAnswer } from '../http/call.ts';
import { asFields, asList, asText } from '../http/shape.ts';
import { readRunner, type ObservedRunner } from './runner.ts';
import { agent, readGood, type Session } from './session.ts';

/** A hundred runners a workspace are allowed; this is far beyond it. */
const mostPages = 50;

interface Page {
  readonly runners: readonly ObservedRunner[];
  readonly next: string | undefined;
  /** How many runners there are on all pages, if it says. */
  readonly size: number;
}

/**
 * Follows `next`; a page's own `pagelen` may be the number of runners on it, so that nothing can be counted with it.
 * @throws ServiceError `malformed` also for a runner or page that comes twice, a `next` without end or to another
 * origin, and fewer runners than the last page says there are
 */
export async function readAllPages(
  session: Session,
  call: Call,
  first: HttpAnswer,
): Promise<{ readonly runners: readonly ObservedRunner[]; readonly pages: number }> {
  const found = new Map<string, ObservedRunner>();
  const visited = new Set<string>();
  let answer = first;
  for (let number = 1; ; number += 1) {
    const reject = (what: string): Error => malformedPage(session, call, { answer, number, what });
    const page = readGood(session, answer, { call, read: readPage });
    for (const each of page.runners) {
      if (found.has(each.runner.id)) throw reject(`runner ${each.runner.id} was listed already`);
      found.set(each.runner.id, each);
    }
    if (page.next === undefined) {
      if (found.size < page.size) throw reject(`there are ${page.size} runners, but only ${found.size} came`);
      return { runners: [...found.values()], pages: number };
    }
    const flaw = flawOfNext(session, page.next, visited);
    if (flaw !== undefined) throw reject(flaw);
    if (number === mostPages) throw reject(`there is still a next page after ${mostPages}`);
    visited.add(page.next);
    answer = await session.transport.send({ method: 'GET', url: page.next, headers: agent }, call);
  }
}

function readPage(body: unknown): Page {
  const fields = asFields(body, 'the page');
  const { next, size } = fields;
  return {
    runners: asList(fields['values'], 'values').map((value, index) => readRunner(value, `values[${index}]`)),
    next: next === undefined || next === null ? undefined : asText(next, 'next'),
    size: typeof size === 'number' ? size : 0,
  };
}

function flawOfNext(session: Session, next: string, visited: ReadonlySet<string>): string | undefined {
  if (!URL.canParse(next)) return 'its next page has no valid URL';
  const { origin } = new URL(next);
  if (origin !== session.origin) {
    return `its next page is at ${origin}, not at ${session.origin}, and credentials are sent nowhere else`;
  }
  return visited.has(next) ? 'its next page was read already' : undefined;
}

function malformedPage(
  session: Session,
  call: Call,
  { answer, number, what }: { answer: HttpAnswer; number: number; what: string },
): Error {
  return session.transport.fault(call, {
    failure: 'malformed',
    what: `page ${number}: ${what}`,
    status: answer.status,
    next: 'No runner was taken from this list. If it lasts, check BITBUCKET_API_URL.',
  });
}
