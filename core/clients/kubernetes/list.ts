// Reads a whole list, page by page. A list that cannot be read to its end is an error, never a shorter list.

import { acceptList, type Page } from './answer.ts';
import type { Caller } from './call.ts';
import { KubernetesError } from './failure.ts';
import type { Content } from './request.ts';
import type { Kind, Target } from './target.ts';

/** Small pages: what is thrown away of one is gone before the next is read, so a long list costs little memory. */
const pageSize = 50;
/** Far beyond any namespace; who gives more pages than this will never end. */
const mostPages = 1000;

/** A list of one kind; an empty selector takes everything. */
export interface ListRequest<T, K> {
  readonly operation: string;
  readonly kind: Kind;
  /** All namespaces, if left out. */
  readonly namespace?: string | undefined;
  readonly selector: string;
  /** By fields rather than labels; everything if left out. */
  readonly fields?: string | undefined;
  readonly parts?: Content['parts'];
  /** What is wanted of each object; the rest is thrown away page by page. */
  readonly keep: (object: T) => K;
}

async function pages<T extends object, K>(caller: Caller, request: ListRequest<T, K>): Promise<K[]> {
  const { operation, kind, namespace, selector, fields, parts, keep } = request;
  const target: Target = { operation, verb: 'list', kind, namespace };
  const acceptWhole = acceptList<T>(kind, parts);
  const accept = (answer: unknown): Page<K> => {
    const { items, next } = acceptWhole(answer);
    return { items: items.map(keep), next };
  };
  const found: K[] = [];
  const seen = new Set<string>();
  const labelSelector = selector === '' ? undefined : selector;
  let query: Content['query'] = { labelSelector, fieldSelector: fields, limit: pageSize };
  for (let page = 1; ; page += 1) {
    const { items, next }: Page<K> = await caller.read({ target, query, parts, accept });
    found.push(...items);
    if (next === undefined) return found;
    if (seen.has(next)) throw endless(target, 'the same page again and again');
    if (page === mostPages) throw endless(target, `a next page even after ${mostPages}`);
    seen.add(next);
    query = { ...query, continue: next };
  }
}

function endless({ operation, kind, namespace }: Target, what: string): KubernetesError {
  const text = `list ${kind}s in ${namespace ?? 'all namespaces'}: the API server gives ${what}. Check for a proxy in between.`;
  return new KubernetesError(text, { operation, failure: 'malformed', status: 200 });
}

/** All that the selector takes. A list that expires while it is read (410) is read from its start once more. */
export async function listAll<T extends object, K>(caller: Caller, request: ListRequest<T, K>): Promise<K[]> {
  try {
    return await pages(caller, request);
  } catch (error) {
    if (error instanceof KubernetesError && error.status === 410) return pages(caller, request);
    throw error;
  }
}
