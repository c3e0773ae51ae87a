// What was stale in the passes before. A value that is passed in and returned; losing it only delays a removal. Pure.

import type { Subject } from './subject.ts';
import type { Verdict } from './verdict.ts';

/** What `markOf` says, or the runner's id → since when every pass found it so, in milliseconds since the epoch. */
export type Marks = ReadonlyMap<string, number>;

/**
 * A mark holds while the service shows the runner in one state. Whoever was offline, came back and was disabled is seen
 * anew: a step shows up to half a minute late, so that one look at the new state is not enough (promise P2).
 */
export function markOf({ id, runner }: Pick<Subject, 'id' | 'runner'>): string {
  return `${id} ${runner?.status ?? 'unknown to the service'}`;
}

/** Keeps the marks of what is still there, and adds new ones. What recovered in between starts anew. */
export function remark(before: Marks, ids: readonly string[], now: number): Marks {
  return new Map(ids.map((id) => [id, before.get(id) ?? now]));
}

/** What may go now: found stale in an earlier pass as well, and not to be kept. */
export function due(
  before: Marks,
  found: readonly { readonly verdict: Verdict; readonly mark: string }[],
  now: number,
): readonly Verdict[] {
  return found
    .filter(({ verdict, mark }) => verdict.reason !== 'runner-exempt' && (before.get(mark) ?? now) < now)
    .map(({ verdict }) => verdict);
}
