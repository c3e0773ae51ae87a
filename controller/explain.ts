// Asks the target why runners do not come online, when some don't (P7). It explains: whatever it finds or fails at, no decision waits.

import type { Hindrance } from '../core/hindrance.ts';
import type { Machine } from '../core/runner.ts';
import type { Plant } from './apply/apply.ts';
import type { Policy } from './decide/policy.ts';
import type { Member } from './decide/snapshot.ts';
import { messageOf } from '../core/errors.ts';
import { hindranceOfPhase, shortened } from './targets/job-hindrance.ts';

/** By member id. */
export type Hindrances = ReadonlyMap<string, Hindrance>;

export interface Explaining {
  readonly plant: Plant;
  readonly members: readonly Member[];
  readonly machines: readonly Machine[];
}

/** Given up before it came online, or past half of the time that it has for it. */
function isLate({ neverOnline, state, createdAt }: Member, { startTimeoutMs }: Policy, now: number): boolean {
  return neverOnline || (state === 'starting' && now - createdAt >= startTimeoutMs / 2);
}

async function ask({ target }: Plant, machines: readonly Machine[]): Promise<Hindrances> {
  if (target.explain === undefined || machines.length === 0) return new Map();
  try {
    return await target.explain(machines);
  } catch (error) {
    const unknown = { link: 'unknown', word: '', detail: shortened(messageOf(error)) } as const;
    return new Map(machines.map(({ id }) => [id, unknown]));
  }
}

/** No call is made while every start goes well. Never throws. */
export async function explain(
  { plant, members, machines }: Explaining,
  policy: Policy,
  now: number,
): Promise<Hindrances> {
  const late = members.filter((member) => isLate(member, policy, now));
  if (late.length === 0) return new Map();
  const byRunner = new Map(machines.map((machine) => [machine.runnerId ?? machine.id, machine]));
  const found = late.flatMap(({ id }) => byRunner.get(id) ?? []);
  const told = await ask(plant, found);
  return new Map(
    late.map(({ id }): [string, Hindrance] => {
      const machine = byRunner.get(id);
      if (machine === undefined) return [id, { link: 'no-machine', word: '' }];
      return [id, told.get(machine.id) ?? hindranceOfPhase(machine)];
    }),
  );
}

/** The members as they are, with what keeps them from coming online where that was asked for. */
export function withHindrances(members: readonly Member[], hindrances: Hindrances): readonly Member[] {
  if (hindrances.size === 0) return members;
  return members.map((member) => {
    const hindrance = hindrances.get(member.id);
    return hindrance === undefined ? member : { ...member, hindrance };
  });
}
