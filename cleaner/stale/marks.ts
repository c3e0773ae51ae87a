// What was stale in the passes before. A value that is passed in and returned; losing it only delays a removal. Pure.

import type { Verdict } from './verdict.ts';

/** Runner id → since when every pass found it so, in milliseconds since the epoch. */
export type Marks = ReadonlyMap<string, number>;

/** Keeps the marks of what is still there, and adds new ones. What recovered in between starts anew. */
export function remark(before: Marks, ids: readonly string[], now: number): Marks {
  return new Map(ids.map((id) => [id, before.get(id) ?? now]));
}

/** What may go now: found stale in an earlier pass as well, and not to be kept. */
export function due(before: Marks, verdicts: readonly Verdict[], now: number): readonly Verdict[] {
  return verdicts.filter(({ id, reason }) => reason !== 'runner-exempt' && (before.get(id) ?? now) < now);
}
