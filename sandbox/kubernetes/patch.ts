// JSON merge patch (RFC 7396) and JSON patch (RFC 6902, without move and copy). Never changes what it is given.

import { isRecord } from './objects.ts';
import { badRequest, Refusal } from './refusals.ts';

export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

function failed({ op, path }: Operation): Refusal {
  return new Refusal(
    422,
    'Invalid',
    `the server rejected our request: ${op} operation does not apply: ${path}`,
  );
}

/** The container that a path ends in, and its last key. */
function locate(root: unknown, operation: Operation): [Record<string, unknown> | unknown[], string] {
  const keys = operation.path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop() ?? '';
  let place: unknown = root;
  for (const key of keys) place = (place as Record<string, unknown> | undefined)?.[key];
  if (!isRecord(place) && !Array.isArray(place)) throw failed(operation);
  return [place as Record<string, unknown> | unknown[], last];
}

function applyToArray(place: unknown[], key: string, { op, value }: Operation): void {
  const index = key === '-' ? place.length : Number(key);
  if (op === 'add') place.splice(index, 0, value);
  else if (op === 'remove') place.splice(index, 1);
  else place[index] = value;
}

function apply(root: unknown, operation: Operation): void {
  const [place, key] = locate(root, operation);
  const { op, value } = operation;
  const current = (place as Record<string, unknown>)[key];
  if (op !== 'add' && current === undefined) throw failed(operation);
  if (op === 'test') {
    if (JSON.stringify(current) !== JSON.stringify(value)) throw failed(operation);
  } else if (Array.isArray(place)) {
    applyToArray(place, key, operation);
  } else if (op === 'remove') {
    delete place[key];
  } else {
    place[key] = value;
  }
}

export function jsonPatch(target: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations))
    throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  const root = structuredClone(target);
  for (const operation of operations as Operation[]) apply(root, operation);
  return root;
}
