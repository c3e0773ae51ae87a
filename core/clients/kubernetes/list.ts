// Reads a whole list, page by page. A list that cannot be read to its end is an error, never a shorter list.

import { acceptList } from './answer.ts';
import type { CallOptions, Caller } from './call.ts';
import { KubernetesError } from './failure.ts';
import type { Kind, Target } from './target.ts';

const pageSize = 500;

/** What the SDK's list methods take. */
export interface ListQuery {
  namespace: string;
  labelSelector: string;
  limit: number;
  _continue?: string;
}

/** A list of one kind in one namespace; an empty selector takes everything. */
export interface ListRequest<A> {
  readonly operation: string;
  readonly kind: Kind;
  readonly namespace: string;
  readonly selector: string;
  readonly send: (query: ListQuery, options: CallOptions) => Promise<A>;
}

type Listed = { metadata?: { name?: string; managedFields?: unknown } };
type ListAnswer<T> = { kind?: string; metadata?: { _continue?: string }; items: T[] };

async function pages<T extends Listed>(caller: Caller, request: ListRequest<ListAnswer<T>>): Promise<T[]> {
  const { operation, kind, namespace, selector } = request;
  const target: Target = { operation, verb: 'list', kind, namespace };
  const found: T[] = [];
  const seen = new Set<string>();
  let query: ListQuery = { namespace, labelSelector: selector, limit: pageSize };
  for (;;) {
    const current = query;
    const page = await caller.read({
      target,
      send: (options) => request.send(current, options),
      accept: acceptList<T>(kind),
    });
    found.push(...page.items);
    if (page.next === undefined) return found;
    if (seen.has(page.next)) throw endless(target);
    seen.add(page.next);
    query = { ...query, _continue: page.next };
  }
}

function endless({ operation, kind, namespace }: Target): KubernetesError {
  const text = `list ${kind}s in ${namespace ?? ''}: the API server gives the same page again and again. Check for a proxy in between.`;
  return new KubernetesError(text, { operation, failure: 'malformed', status: 200 });
}

/** Every object that the selector takes. A list that expires while it is read (410) is read from its start once more. */
export async function listAll<T extends Listed>(
  caller: Caller,
  request: ListRequest<ListAnswer<T>>,
): Promise<T[]> {
  try {
    return await pages(caller, request);
  } catch (error) {
    if (error instanceof KubernetesError && error.status === 410) return pages(caller, request);
    throw error;
  }
}
