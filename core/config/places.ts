// Finds where in a YAML document a path was written, through aliases and merge keys. Reads no values.

import { isAlias, isScalar, isSeq, type Node } from 'yaml';
import type { Path } from './path.ts';
import type { WrittenValues } from './values.ts';

interface Step {
  /** What stands at this step; a key of a mapping, if it is one. */
  readonly key?: Node | undefined;
  readonly value: Node | undefined;
}

function follow(node: Node | undefined, { targets }: WrittenValues): Node | undefined {
  return isAlias(node) ? targets.get(node) : node;
}

function stepInto(node: Node, segment: string | number, { pairs }: WrittenValues): Step | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(segment)] as Node | undefined;
    return value === undefined ? undefined : { value };
  }
  const pair = pairs.get(node)?.get(String(segment));
  return pair === undefined ? undefined : { key: pair.key as Node, value: pair.value as Node | undefined };
}

/** `key:` with nothing behind it has no value to point at. */
function isUnwritten(node: Node | undefined): boolean {
  return !node || (isScalar(node) && node.value === null && (node.source ?? '') === '');
}

/** Offset in the text of the key or the value at `path`, or else of the deepest thing around it that was written. */
export function offsetOf(written: WrittenValues, path: Path, at: 'key' | 'value'): number {
  let reached: Step = { value: written.root ?? undefined };
  for (const [depth, segment] of path.entries()) {
    const node = follow(reached.value, written);
    const next = node && stepInto(node, segment, written);
    if (next === undefined) return offsetOfStep(reached, depth === 0 ? 'value' : 'key');
    reached = next;
  }
  return offsetOfStep(reached, at);
}

function offsetOfStep({ key, value }: Step, at: 'key' | 'value'): number {
  const node = key !== undefined && (at === 'key' || isUnwritten(value)) ? key : value;
  return node?.range?.[0] ?? 0;
}
