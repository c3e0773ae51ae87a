// Which machines ended by themselves, by the start that each of them was. Pure; whether the start failed is judged in lives.ts.

import type { Machine, Runner } from '../../core/runner.ts';

/** A machine that has ended and was not deleted. */
export interface EndedStart {
  /** As `startOf` names it. */
  readonly start: string;
  /** Of its machine. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly how: 'failed' | 'succeeded';
  /** From making its runner to the last change that the CI service dates, in milliseconds; left out where nobody dates it. */
  readonly lastedMs?: number | undefined;
}

/** One start. The name of a Job that was cleaned away goes to the next one, which is another start. */
export function startOf({ id, uid }: { readonly id: string; readonly uid?: string | undefined }): string {
  return uid ?? id;
}

function endOf({ phase }: Machine): EndedStart['how'] | undefined {
  return phase === 'failed' || phase === 'succeeded' ? phase : undefined;
}

/** Clocks may be so far apart. */
export const clockSkewMs = 300_000;

/** A runner of a pool may carry its machine's name, and more after it. One that CircleCI dates earlier is of a Job before it. */
export function isAgentOf(
  { name, createdAt }: Runner,
  machine: { readonly id: string; readonly createdAt: number },
): boolean {
  const isNamed = name === machine.id || name.startsWith(`${machine.id}-`);
  return isNamed && createdAt >= machine.createdAt - clockSkewMs;
}

/** An agent that belongs to none of these: agents need not be named after their Jobs, so it may be the agent of any. */
export function isOfNone(
  agent: Runner,
  machines: readonly { readonly id: string; readonly createdAt: number }[],
): boolean {
  return !machines.some((machine) => isAgentOf(agent, machine));
}

/** Of a pool: by the machines alone. */
export function endedOfPool(machines: readonly Machine[]): readonly EndedStart[] {
  return machines.flatMap((machine) => {
    const how = endOf(machine);
    return how === undefined
      ? []
      : [{ start: startOf(machine), id: machine.id, createdAt: machine.createdAt, how }];
  });
}

/** Of runners that are registered one by one. One that is disabled was told to go, one that never connected never came online. */
export function endedOfRunners(
  runners: readonly Runner[],
  machines: readonly Machine[],
): readonly EndedStart[] {
  const ends = new Map(machines.map((machine) => [machine.runnerId ?? machine.id, endOf(machine)]));
  return runners.flatMap(({ id, status, cordoned, createdAt, updatedAt }) => {
    const how = ends.get(id);
    if (how === undefined || cordoned || status === 'disabled' || status === 'unregistered') return [];
    return [{ start: id, id, createdAt, how, lastedMs: updatedAt - createdAt }];
  });
}
