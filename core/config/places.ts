// Finds where in a YAML document a path was written, through aliases and merge keys. Reads no values.

import { isAlias, isMap, isScalar, isSeq, visit, type Document, type Node, type Pair } from 'yaml';
import type { Path } from './path.ts';

interface Step {
  /** What stands at this step; a key of a mapping, if it is one. */
  readonly key?: Node | undefined;
  readonly value: Node | undefined;
}

export function keyText(key: unknown): string {
  return isScalar(key) ? (key.source ?? String(key.value)) : String(key);
}

function follow(node: unknown, doc: Document): Node | undefined {
  return isAlias(node) ? node.resolve(doc) : ((node ?? undefined) as Node | undefined);
}

/** The mappings that a merge key (`<<`) brings in. */
function mergedInto(map: Node, doc: Document): Node[] {
  const merges = isMap(map) ? map.items.filter(({ key }) => keyText(key) === '<<') : [];
  return merges.flatMap(({ value }) => {
    const source = follow(value, doc);
    const sources = isSeq(source) ? source.items.map((item) => follow(item, doc)) : [source];
    return sources.filter((node) => node !== undefined);
  });
}

function findPair(map: Node, key: string, doc: Document): Pair | undefined {
  if (!isMap(map)) return undefined;
  const own = map.items.find((pair) => keyText(pair.key) === key);
  if (own !== undefined) return own;
  for (const source of mergedInto(map, doc)) {
    const found = findPair(source, key, doc);
    if (found !== undefined) return found;
  }
  return undefined;
}

function stepInto(node: Node, segment: string | number, doc: Document): Step | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(segment)] as Node | undefined;
    return value === undefined ? undefined : { value };
  }
  const pair = findPair(node, String(segment), doc);
  return pair === undefined ? undefined : { key: pair.key as Node, value: pair.value as Node | undefined };
}

/** `key:` with nothing behind it has no value to point at. */
function isUnwritten(node: Node | undefined): boolean {
  return !node || (isScalar(node) && node.value === null && (node.source ?? '') === '');
}

/** Offset in the text of the key or the value at `path`, or else of the deepest thing around it that was written. */
export function offsetOf(doc: Document, path: Path, at: 'key' | 'value'): number {
  let reached: Step = { value: doc.contents ?? undefined };
  for (const [depth, segment] of path.entries()) {
    const node = follow(reached.value, doc);
    const next = node && stepInto(node, segment, doc);
    if (next === undefined) return offsetOfStep(reached, depth === 0 ? 'value' : 'key');
    reached = next;
  }
  return offsetOfStep(reached, at);
}

function offsetOfStep({ key, value }: Step, at: 'key' | 'value'): number {
  const node = key !== undefined && (at === 'key' || isUnwritten(value)) ? key : value;
  return node?.range?.[0] ?? 0;
}

function segmentOf(node: unknown, child: unknown): Path {
  if (isSeq(node)) return [node.items.indexOf(child)];
  const key = (node as Partial<Pair>).key;
  return key === undefined || key === null ? [] : [keyText(key)];
}

/** The path of the key that starts at `offset`; empty if none does. */
export function pathOfKeyAt(doc: Document, offset: number): Path {
  let found: Path = [];
  visit(doc, {
    Pair(_index, pair, ancestors) {
      if ((pair.key as Node | null)?.range?.[0] !== offset) return undefined;
      const chain: unknown[] = [...ancestors, pair];
      found = chain.flatMap((node, depth) => segmentOf(node, chain[depth + 1]));
      return visit.BREAK;
    },
  });
  return found;
}

/** Where the first alias stands whose anchor was not set before it; 0 if all can be followed. */
export function offsetOfLooseAlias(doc: Document): number {
  let offset = 0;
  visit(doc, {
    Alias(_index, alias) {
      if (alias.resolve(doc) !== undefined) return undefined;
      offset = alias.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}
