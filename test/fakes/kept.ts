// Counts what an object keeps: the entries of every map, set, list and record that can be reached from it, private ones too.

function partsOf(value: object): readonly unknown[] {
  if (value instanceof Map) return [...value.keys(), ...value.values()] as unknown[];
  if (value instanceof Set) return [...value] as unknown[];
  return Object.values(value);
}

function sizeOf(value: object): number {
  return value instanceof Map || value instanceof Set ? value.size : Object.keys(value).length;
}

/** Each object counts once, however many ways lead to it. */
export function entriesKept(root: unknown): number {
  const seen = new Set<unknown>();
  const open: unknown[] = [root];
  let entries = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    entries += sizeOf(next);
    open.push(...partsOf(next).filter((part) => typeof part === 'object' && part !== null));
  }
  return entries;
}
