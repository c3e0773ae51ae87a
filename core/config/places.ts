// Finds where in a YAML document a path was written, through aliases and merge keys. Reads no values.

import { isAlias, isMap, isScalar, isSeq, Scalar, visit, type Document, type Node, type Pair } from 'yaml';
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

export interface LooseAlias {
  readonly offset: number;
  readonly name: string;
}

/** Puts nothing in the place of each alias whose anchor was not set before it, so that the rest can be read. */
export function takeLooseAliases(doc: Document): readonly LooseAlias[] {
  const loose: LooseAlias[] = [];
  visit(doc, {
    Alias(_index, alias) {
      if (alias.resolve(doc) !== undefined) return undefined;
      loose.push({ offset: alias.range?.[0] ?? 0, name: alias.source });
      return new Scalar(null);
    },
  });
  return loose;
}

interface Part {
  /** `groups[1]`, or a key of the top. */
  readonly name: string;
  readonly offset: number;
}

function partsOf(doc: Document): readonly Part[] {
  if (!isMap(doc.contents)) return [];
  return doc.contents.items.flatMap(({ key, value }): Part[] => {
    const name = keyText(key);
    const offset = (key as Node).range?.[0] ?? 0;
    const items = name === 'groups' && isSeq(value) ? value.items : [];
    const inner = items.map((item, index) => ({
      name: `groups[${index}]`,
      offset: (item as Node | null)?.range?.[0] ?? offset,
    }));
    return [{ name, offset }, ...inner];
  });
}

/**
 * Which parts mean what they seem to say in a text that is broken at these offsets: not the last one that begins before a break, or
 * on its line, as the reader may have lost its end there. With no break, all.
 */
export function readableParts(
  doc: Document,
  breaks: readonly number[],
  lineOf: (offset: number) => number,
): (path: Path) => boolean {
  if (breaks.length === 0) return () => true;
  const parts = partsOf(doc);
  const lost = new Set(
    breaks.flatMap((offset) => [
      parts.findLast((part) => part.offset <= offset)?.name,
      parts.findLast((part) => lineOf(part.offset) <= lineOf(offset))?.name,
    ]),
  );
  return ([section, index]) => {
    if (section === undefined || (section === 'groups' && index === undefined)) return false;
    return !lost.has(section === 'groups' ? `groups[${index}]` : String(section));
  };
}
