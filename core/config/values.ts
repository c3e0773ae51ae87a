// From the nodes of a YAML document to plain values, through aliases and merge keys, each node once. Keeps the way back to the nodes.

import { isAlias, isMap, isScalar, isSeq, Scalar } from 'yaml';
import type { Alias, Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import type { Path } from './path.ts';

/** A configuration needs six, a Job some twenty. */
export const mostNested = 100;
export const tooDeep = `more than ${mostNested} levels deep; nothing in this file needs so many`;
/** Values that aliases may stand for, all together: a file of a kilobyte could stand for millions. */
const mostRepeated = 100_000;

/** What a file says, and where. */
export interface WrittenValues {
  readonly value: unknown;
  readonly root: Node | null;
  /** The pair of each key of a mapping, merged ones too. */
  readonly pairs: ReadonlyMap<Node, ReadonlyMap<string, Pair>>;
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Alias, Node>;
  /** Keys that are there already, in the order of the text. */
  readonly twice: readonly { readonly path: Path; readonly offset: number }[];
  /** Aliases whose anchor was not set before them; their value is null. */
  readonly loose: readonly { readonly name: string; readonly offset: number }[];
}

/** Why the document can not be read as values, and where. */
export interface Unreadable {
  readonly message: string;
  readonly offset: number;
}

class UnreadableError extends Error {
  readonly offset: number;
  constructor(message: string, node: Node | null | undefined) {
    super(message);
    this.offset = node?.range?.[0] ?? 0;
  }
}

/** A value, with how many values it is made of when every alias is written out. */
interface Read {
  readonly value: unknown;
  readonly size: number;
}

interface Anchored {
  readonly node: Node;
  /** Undefined while it is being read. */
  read: Read | undefined;
}

type Values = Record<string, unknown>;

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.source === '<<' && (key.type ?? Scalar.PLAIN) === Scalar.PLAIN;
}

/** `__proto__` is a key like any other. */
function put(values: Values, key: string, value: unknown): void {
  Object.defineProperty(values, key, { value, writable: true, enumerable: true, configurable: true });
}

class Reader {
  readonly pairs = new Map<Node, Map<string, Pair>>();
  readonly targets = new Map<Alias, Node>();
  readonly twice: { path: Path; offset: number }[] = [];
  readonly loose: { name: string; offset: number }[] = [];
  /** The last one of each name so far; a name may be used again. */
  private readonly anchors = new Map<string, Anchored>();
  private readonly reads = new Map<Node, Read>();
  private readonly path: (string | number)[] = [];
  private repeated = 0;

  read(node: Node | null): Read {
    if (node === null) return { value: null, size: 1 };
    if (isAlias(node)) return this.follow(node);
    if (this.path.length > mostNested) {
      throw new UnreadableError(tooDeep, node);
    }
    const anchored: Anchored = { node, read: undefined };
    const { anchor } = node as Scalar;
    if (anchor !== undefined) this.anchors.set(anchor, anchored);
    anchored.read = this.content(node);
    return anchored.read;
  }

  private content(node: Node): Read {
    if (isMap(node)) return this.mapping(node);
    if (isSeq(node)) return this.list(node);
    return { value: isScalar(node) ? node.value : undefined, size: 1 };
  }

  private list({ items }: YAMLSeq): Read {
    let size = 1;
    const value = items.map((item, index) => {
      const read = this.at(index, item as Node | null);
      size += read.size;
      return read.value;
    });
    return { value, size };
  }

  private mapping(node: YAMLMap): Read {
    const values: Values = {};
    const pairs = new Map<string, Pair>();
    const merged: Node[] = [];
    this.pairs.set(node, pairs);
    let size = 1;
    for (const pair of node.items) {
      if (isMergeKey(pair.key)) {
        size += this.at('<<', pair.value as Node | null).size;
        for (const source of this.sourcesOf(pair.value as Node | null)) merged.push(source);
        continue;
      }
      const key = this.keyOf(pair);
      const { value, size: added } = this.at(key, pair.value as Node | null);
      if (pairs.has(key)) this.twice.push({ path: [...this.path, key], offset: offsetOfKey(pair) });
      else pairs.set(key, pair);
      put(values, key, value);
      size += added;
    }
    for (const source of merged) this.merge(source, values, pairs);
    const read = { value: values, size };
    this.reads.set(node, read);
    return read;
  }

  private keyOf({ key }: Pair): string {
    const node = isAlias(key) ? this.target(key)?.node : key;
    if (isScalar<string | number | boolean | null>(node)) return String(node.value ?? '');
    if (node === null || node === undefined) return '';
    throw new UnreadableError('a key must be a text, not a list or a mapping', key as Node);
  }

  private at(segment: string | number, node: Node | null): Read {
    this.path.push(segment);
    const read = this.read(node);
    this.path.pop();
    return read;
  }

  private follow(alias: Alias): Read {
    const target = this.target(alias);
    if (target === undefined) return { value: null, size: 1 };
    const { read } = target;
    if (read === undefined) {
      throw new UnreadableError(
        `an alias cannot be followed: *${alias.source} is used within the value that &${alias.source} names`,
        alias,
      );
    }
    this.repeated += read.size;
    if (this.repeated > mostRepeated) {
      const message = `the aliases of the file stand for more than ${mostRepeated} values; write fewer, or smaller ones`;
      throw new UnreadableError(message, alias);
    }
    return read;
  }

  private target(alias: Alias): Anchored | undefined {
    const found = this.anchors.get(alias.source);
    if (found === undefined) this.loose.push({ name: alias.source, offset: alias.range?.[0] ?? 0 });
    else this.targets.set(alias, found.node);
    return found;
  }

  /** Their aliases were followed, or told of, when the value of the merge key was read. */
  private sourcesOf(node: Node | null): Node[] {
    const source = isAlias(node) ? this.targets.get(node) : node;
    const all = isSeq(source) ? (source.items as Node[]) : [source];
    return all.flatMap((each) => {
      const map = isAlias(each) ? this.targets.get(each) : each;
      if (isMap(map)) return [map];
      if (map === undefined) return [];
      throw new UnreadableError(
        'an alias cannot be followed: Merge sources must be maps or map aliases',
        node,
      );
    });
  }

  /** What is written in a mapping itself wins, then the first source. */
  private merge(source: Node, values: Values, pairs: Map<string, Pair>): void {
    const from = this.reads.get(source)?.value as Values | undefined;
    if (from === undefined) throw new UnreadableError('a mapping cannot be merged into itself', source);
    for (const [key, pair] of this.pairs.get(source) ?? []) {
      if (pairs.has(key)) continue;
      pairs.set(key, pair);
      put(values, key, from[key]);
    }
  }
}

function offsetOfKey({ key }: Pair): number {
  return (key as Node | null)?.range?.[0] ?? 0;
}

export function readValues(doc: Document): WrittenValues | Unreadable {
  const reader = new Reader();
  const root = doc.contents;
  try {
    const { value } = reader.read(root);
    const { pairs, targets, twice, loose } = reader;
    return { value, root, pairs, targets, twice, loose };
  } catch (error) {
    if (error instanceof UnreadableError) return { message: error.message, offset: error.offset };
    throw error;
  }
}
