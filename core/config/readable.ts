// Which parts of a YAML text mean what they seem to say, when the text is broken in places. Reads no values.

import { isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import type { Path } from './path.ts';

interface Part {
  /** `groups[1]`, or a key of the top. */
  readonly name: string;
  readonly offset: number;
}

/** In the order of the text. */
function partsOf(doc: Document): readonly Part[] {
  if (!isMap(doc.contents)) return [];
  return doc.contents.items.flatMap(({ key, value }): Part[] => {
    const name = isScalar(key) ? String(key.value) : '';
    const offset = (key as Node | null)?.range?.[0] ?? 0;
    const items = name === 'groups' && isSeq(value) ? value.items : [];
    const inner = items.map((item, index) => ({
      name: `groups[${index}]`,
      offset: (item as Node | null)?.range?.[0] ?? offset,
    }));
    return [{ name, offset }, ...inner];
  });
}

/** The last part for which `begins` holds; it holds for all before that, too. */
function lastOf(parts: readonly Part[], begins: (part: Part) => boolean): string | undefined {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const part = parts[middle];
    if (part !== undefined && begins(part)) low = middle + 1;
    else high = middle;
  }
  return parts[low - 1]?.name;
}

/**
 * @param breaks the offsets at which the text is broken
 * @returns whether a path stands in a readable part: not in the last one that begins before a break, or on its line, as the reader
 * may have lost its end there. With no break, all.
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
      lastOf(parts, (part) => part.offset <= offset),
      lastOf(parts, (part) => lineOf(part.offset) <= lineOf(offset)),
    ]),
  );
  return ([section, index]) => {
    if (section === undefined || (section === 'groups' && index === undefined)) return false;
    return !lost.has(section === 'groups' ? `groups[${index}]` : String(section));
  };
}
