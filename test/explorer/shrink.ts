// Shortens a list to the fewest entries with which something still holds (Zeller's ddmin). Pure but for what it is handed.

/**
 * @param fails whether a shorter list still shows it; asked again and again
 * @returns a list of which no single entry can be left out
 */
export async function shrink<T>(
  whole: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let kept = whole;
  for (let parts = 2; kept.length > 0;) {
    const shorter = await firstShorter(kept, parts, fails);
    if (shorter !== undefined) {
      kept = shorter;
      parts = Math.max(2, parts - 1);
    } else {
      if (parts >= kept.length) return kept;
      parts = Math.min(kept.length, parts * 2);
    }
  }
  return kept;
}

async function firstShorter<T>(
  kept: readonly T[],
  parts: number,
  fails: (part: readonly T[]) => Promise<boolean>,
): Promise<readonly T[] | undefined> {
  const size = Math.ceil(kept.length / parts);
  for (let from = 0; from < kept.length; from += size) {
    const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
    if (await fails(rest)) return rest;
  }
  return undefined;
}
