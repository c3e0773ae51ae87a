// How the log names runners: by their names at the CI service and in the cluster, and at most twenty in a line. Pure.

import type { Action } from '../decide/decision.ts';
import type { Member } from '../decide/snapshot.ts';

/** More would make lines that log collectors cut. */
export const mostNamed = 20;

/** The first twenty, and how many more there are. */
export function shortened(names: readonly string[]): readonly string[] {
  if (names.length <= mostNamed) return names;
  return [...names.slice(0, mostNamed), `and ${names.length - mostNamed} more`];
}

/** `UUID (name at the CI service)`; the id alone where it is the name, such as a Job's or an instance's. */
function nameOf(id: string, members: ReadonlyMap<string, Member>): string {
  const name = members.get(id)?.name ?? id;
  return name === id || name === '' ? id : `${id} (${name})`;
}

export type NamesByKind = Readonly<Partial<Record<Action['kind'], readonly string[]>>>;

/** The runners of each kind of action. An order has none yet. */
export function runnersOf(actions: readonly Action[], members: readonly Member[]): NamesByKind {
  const known = new Map(members.map((member) => [member.id, member]));
  const names: Partial<Record<Action['kind'], string[]>> = {};
  for (const action of actions) {
    if (action.kind !== 'order') (names[action.kind] ??= []).push(nameOf(action.runnerId, known));
  }
  return names;
}

export function shortenedEach(names: NamesByKind): NamesByKind {
  return Object.fromEntries(Object.entries(names).map(([kind, all]) => [kind, shortened(all)]));
}

export function isLong(names: NamesByKind): boolean {
  return Object.values(names).some((all) => all.length > mostNamed);
}
