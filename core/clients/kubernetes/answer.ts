// Checks what the API server answered before anybody relies on it. An answer in doubt is malformed, never empty.

import { reviveDates } from './dates.ts';
import { KubernetesError, MalformedAnswer } from './failure.ts';
import type { Content } from './request.ts';
import type { Kind, Target } from './target.ts';

interface ObjectLike {
  kind?: string;
  metadata?: { name?: string; managedFields?: unknown };
  status?: unknown;
}

interface ListLike<T> {
  kind?: string;
  metadata?: { continue?: string } | null;
  items?: (T | null)[];
}

/** Drops managedFields, which are most of an object's size and read by nobody here. */
function tidied<T extends ObjectLike>(object: T): T {
  delete object.metadata?.managedFields;
  reviveDates(object);
  return object;
}

type Parts = Content['parts'];

/** What the API server calls an object of which only the metadata was asked for. */
const metadataKind = 'PartialObjectMetadata';

/** One object of the kind and name that were asked for. */
export function acceptObject<T extends ObjectLike>(target: Target, parts?: Parts): (answer: unknown) => T {
  const kind = parts === 'metadata' ? metadataKind : target.kind;
  return (answer) => {
    const object = answer as T | null;
    if (object?.kind !== kind) throw new MalformedAnswer(`it is not a ${kind}`);
    const name = object.metadata?.name;
    if (typeof name !== 'string' || name === '') throw new MalformedAnswer('it has no name');
    if (target.name !== undefined && name !== target.name) throw new MalformedAnswer('it has another name');
    return tidied(object);
  };
}

/** One page: its items, and the token of the next page if there is one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

function acceptItem<T extends ObjectLike>(item: T | null): T {
  if (typeof item?.metadata?.name !== 'string') throw new MalformedAnswer('an item has no name');
  return tidied(item);
}

export function acceptList<T extends ObjectLike>(kind: Kind, parts?: Parts): (answer: unknown) => Page<T> {
  const listKind = `${parts === 'metadata' ? metadataKind : kind}List`;
  return (answer) => {
    const list = answer as ListLike<T> | null;
    if (list?.kind !== listKind) throw new MalformedAnswer(`it is not a ${listKind}`);
    if (!Array.isArray(list.items)) throw new MalformedAnswer('the list has no items');
    if (list.metadata === undefined || list.metadata === null) {
      throw new MalformedAnswer('the list does not say whether it is complete');
    }
    return { items: list.items.map(acceptItem), next: list.metadata.continue || undefined };
  };
}

/** A deletion is answered by a Status or by the object as it was. */
export function acceptDeletion(kind: Kind): (answer: unknown) => 'deleted' {
  return (answer) => {
    const object = answer as ObjectLike | null;
    if (object?.kind === 'Status' || object?.kind === kind || object?.kind === metadataKind) return 'deleted';
    throw new MalformedAnswer(`it is neither a Status nor a ${kind}`);
  };
}

/** The API server itself said that this very object does not exist; a proxy's 404 does not count. */
function saysMissing(error: unknown, name: string): boolean {
  return (
    error instanceof KubernetesError &&
    error.status === 404 &&
    error.reason === 'NotFound' &&
    error.about.name === name &&
    error.about.kind !== 'namespaces'
  );
}

/** Undefined when the API server itself says that the object does not exist. */
export async function unlessMissing<T>(name: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (saysMissing(error, name)) return undefined;
    throw error;
  }
}
