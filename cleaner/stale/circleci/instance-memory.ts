// What is remembered of the instances of a group from pass to pass. A value; losing it only delays a removal. Pure.

import type { Marks } from '../marks.ts';
import { presenceOf, type Presence } from './presence.ts';
import type { InstanceSighting } from './subject.ts';

/** Times are milliseconds since the epoch. */
export interface KnownInstance {
  /** When it was first seen in service. */
  readonly since: number;
  readonly presence: Presence;
}

export interface InstanceMemory {
  readonly stale: Marks;
  /** Those in service, by id. */
  readonly known: ReadonlyMap<string, KnownInstance>;
}

export const emptyInstanceMemory: InstanceMemory = { stale: new Map(), known: new Map() };

/** CircleCI stops listing a runner that is gone: what was known of it once stays so. */
function recall(seen: Presence, before: Presence | undefined): Presence {
  const isListed = seen.kind === 'registered' || seen.kind === 'elsewhere';
  if (isListed || before === undefined) return seen;
  return before.kind === 'registered' || before.kind === 'elsewhere' ? before : seen;
}

/** The instances in service as they are now known, by id. */
export function recognise(
  sighting: InstanceSighting,
  { known }: InstanceMemory,
  now: number,
): ReadonlyMap<string, KnownInstance> {
  const inService = sighting.instances.filter((instance) => instance.inService);
  return new Map(
    inService.map(({ id }): [string, KnownInstance] => {
      const before = known.get(id);
      const since = before?.since ?? now;
      return [id, { since, presence: recall(presenceOf(id, since, sighting, now), before?.presence) }];
    }),
  );
}
