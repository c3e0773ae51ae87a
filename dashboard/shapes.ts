// SVG path data for values that hold until the next one. Sent to the browser as source: no module state, no imports of values.

/** A corner of a path, in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line that stays level until the next point, then jumps; empty for no points. */
export function stepLine(points: readonly Point[]): string {
  return points.map(({ x, y }, index) => (index === 0 ? `M${x} ${y}` : `H${x}V${y}`)).join('');
}

/** The area between two such lines with the same x. */
export function stepArea(upper: readonly Point[], lower: readonly Point[]): string {
  const last = lower.at(-1);
  if (last === undefined) return '';
  const back = lower.slice(0, -1).reverse();
  return `${stepLine(upper)}V${last.y}${back.map(({ x, y }) => `V${y}H${x}`).join('')}Z`;
}

/** Sums from the bottom: for each layer, its lower and upper values, one of each for each row. */
export function stackLayers<Key extends string>(
  rows: readonly Readonly<Record<Key, number>>[],
  keys: readonly Key[],
): { key: Key; lower: number[]; upper: number[] }[] {
  let lower = rows.map(() => 0);
  return keys.map((key) => {
    const upper = rows.map((row, index) => (lower[index] ?? 0) + row[key]);
    const layer = { key, lower, upper };
    lower = upper;
    return layer;
  });
}
