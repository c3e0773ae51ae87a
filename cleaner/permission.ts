// Whether a removal may take its next step: asked before each, as a sweep may last minutes and an edit must not. It removes nothing.

import type { Config, Group } from '../core/config/config.ts';
import { StoppingError } from '../core/errors.ts';
import type { Ending } from '../core/process/ending.ts';

export interface PermissionParts {
  /** The one that is in force now. */
  readonly config: () => Config;
  /** Whether this process may change something right now; always, if left out. */
  readonly mayChange?: (() => boolean) | undefined;
  /** Of the program; never, if left out. */
  readonly ending?: Ending | undefined;
}

/**
 * False once the cleaner is switched off, this replica does not lead any more, or the program is told to end.
 * @param swept the groups that may be swept by the config in force
 */
export function maySweep<Swept extends Group>(
  { config, mayChange = () => true, ending }: PermissionParts,
  group: Swept,
  swept: (config: Config) => readonly Swept[],
): boolean {
  if (ending?.stopping.aborted === true || !mayChange()) return false;
  const now = config();
  if (!now.cleaner.enabled) return false;
  // One of that name with other labels, or in another place, is another group: what was judged is not its.
  return swept(now).some((each) => placeOf(each) === placeOf(group));
}

/** Asked after the last look and before the first change: a look may take as long as a slow service does. */
export type RequireWanted = () => void;

/** What it returns throws a StoppingError once the removal may not go on; nothing of it has begun then. */
export function wantedWhile(maySweepNow: () => boolean): RequireWanted {
  return () => {
    if (!maySweepNow()) throw new StoppingError();
  };
}

function placeOf(group: Group): string {
  const { name } = group;
  if (group.service === 'circleci') return JSON.stringify([name, group.resourceClass, group.target]);
  return JSON.stringify([name, group.scope, group.namespace, [...group.labels].sort()]);
}
