// One thing that is wrong, or looks wrong, with a configuration; and the pieces that the cross-field rules look at.

import { scopeKey, type Scope } from './config.ts';
import type { Path } from './path.ts';
import type {
  WrittenBitbucketGroup,
  WrittenCircleCiGroup,
  WrittenCleaner,
  WrittenConstants,
  WrittenDiscovery,
  WrittenGroup,
} from './written.generated.ts';

export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly path: Path;
  /** Whether to point at the key or at its value. */
  readonly at: 'key' | 'value';
  readonly message: string;
  /** The key at `path` is unknown; without it, what is around it has the right shape. */
  readonly superfluous?: true;
  /** The key that `path` should have. */
  readonly missing?: string;
}

export function errorAt(path: Path, message: string, at: 'key' | 'value' = 'value'): Finding {
  return { severity: 'error', path, at, message };
}

export function warningAt(path: Path, message: string, at: 'key' | 'value' = 'value'): Finding {
  return { severity: 'warning', path, at, message };
}

export interface Located<T> {
  readonly path: Path;
  readonly group: T;
  /** Keys with a stand-in, as what was written there is wrong; left out where there is none. */
  readonly unknown?: ReadonlySet<string> | undefined;
}

/** The parts of what was written that have the right shape. A part with a problem of its own is left out, or replaced by one without. */
export interface Draft {
  readonly constants: NonNullable<WrittenConstants>;
  readonly groups: readonly Located<WrittenGroup>[];
  readonly discovery?: WrittenDiscovery | undefined;
  readonly cleaner: WrittenCleaner;
}

/** Looks at one question across the whole file. Pure; an empty list means that all is well. */
export type Rule = (draft: Draft) => Finding[];

export function bitbucketGroups(draft: Draft): Located<WrittenBitbucketGroup>[] {
  return draft.groups.flatMap(({ path, group, unknown }) =>
    group.strategy === 'percentageRunnersIdle' ? [{ path, group, unknown }] : [],
  );
}

export function circleCiGroups(draft: Draft): Located<WrittenCircleCiGroup>[] {
  return draft.groups.flatMap(({ path, group, unknown }) =>
    group.strategy === 'unclaimedTasks' ? [{ path, group, unknown }] : [],
  );
}

export function scopeOf({ workspace, repository }: WrittenBitbucketGroup): Scope {
  return repository === undefined || repository === null ? { workspace } : { workspace, repository };
}

/** The groups of each workspace or repository, by its key. A group whose workspace or repository is written wrongly is left out. */
export function groupsByScope(draft: Draft): Map<string, Located<WrittenBitbucketGroup>[]> {
  const byScope = new Map<string, Located<WrittenBitbucketGroup>[]>();
  for (const located of bitbucketGroups(draft)) {
    if (located.unknown?.has('workspace') === true || located.unknown?.has('repository') === true) continue;
    const key = scopeKey(scopeOf(located.group));
    const groups = byScope.get(key) ?? [];
    byScope.set(key, groups);
    groups.push(located);
  }
  return byScope;
}

/** A finding for each thing that has the same key as an earlier one. */
export function repeated<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  tell: (item: T, first: T) => Finding,
): Finding[] {
  const seen = new Map<string, T>();
  return items.flatMap((item) => {
    const first = seen.get(keyOf(item));
    if (first !== undefined) return [tell(item, first)];
    seen.set(keyOf(item), item);
    return [];
  });
}
