// Checks what the API server answered before anybody relies on it. An answer in doubt is malformed, never empty.

import { KubernetesError, MalformedAnswer } from './failure.ts';
import type { Kind, Target } from './target.ts';

interface ObjectLike {
  kind?: string;
  metadata?: { name?: string; managedFields?: unknown };
}

interface ListLike<T> {
  kind?: string;
  metadata?: { _continue?: string };
  items: T[];
}

/** One object of the kind and name that were asked for. */
export function acceptObject<T extends ObjectLike>(target: Target): (answer: T) => T {
  return (answer) => {
    if (answer.kind !== target.kind) throw new MalformedAnswer(`it is not a ${target.kind}`);
    const name = answer.metadata?.name;
    if (typeof name !== 'string' || name === '') throw new MalformedAnswer('it has no name');
    if (target.name !== undefined && name !== target.name) throw new MalformedAnswer('it has another name');
    return answer;
  };
}

/** One page: its items, and the token of the next page if there is one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** Drops managedFields, which are most of an object's size and read by nobody here. */
export function acceptList<T extends ObjectLike>(kind: Kind): (answer: ListLike<T>) => Page<T> {
  return (answer) => {
    if (answer.kind !== `${kind}List`) throw new MalformedAnswer(`it is not a ${kind}List`);
    if (!Array.isArray(answer.items)) throw new MalformedAnswer('the list has no items');
    if (answer.metadata === undefined || answer.metadata === null) {
      throw new MalformedAnswer('the list does not say whether it is complete');
    }
    for (const { metadata } of answer.items) {
      if (typeof metadata?.name !== 'string') throw new MalformedAnswer('an item has no name');
      delete metadata.managedFields;
    }
    return { items: answer.items, next: answer.metadata._continue || undefined };
  };
}

/** A deletion is answered by a Status or by the object as it was. */
export function acceptDeletion(kind: Kind): (answer: { kind?: string }) => 'deleted' {
  return (answer) => {
    if (answer.kind === 'Status' || answer.kind === kind) return 'deleted';
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
