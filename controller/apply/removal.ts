// Deletes what was decided to go, each after a fresh look: at the CI service first, then its machine. Never a busy runner.

import type { Runner } from '../../core/runner.ts';
import type { Registrar } from '../sources/source.ts';
import type { RunnerTarget } from '../targets/target.ts';

export interface Removal {
  readonly source: Registrar;
  readonly target: RunnerTarget;
}

/** What came of it; `kept` when the fresh look no longer agreed. */
export type Outcome = 'done' | 'kept';

function isDrained(runner: Runner): boolean {
  return (runner.status === 'disabled' || runner.cordoned) && runner.busyness === 'idle';
}

function isDead(runner: Runner): boolean {
  return runner.status === 'unregistered' || (runner.status === 'offline' && runner.busyness === 'idle');
}

async function removeIf(
  { source, target }: Removal,
  runnerId: string,
  agrees: (runner: Runner) => boolean,
): Promise<Outcome> {
  // Those that are removed in the same turn share this look (P9).
  const runner = await source.look(runnerId);
  if (runner !== undefined) {
    if (!agrees(runner)) return 'kept';
    await source.deregister(runnerId);
  }
  await target.remove(runnerId);
  return 'done';
}

/** A drained runner: still disabled, still without a step (P2). */
export function removeDrained(removal: Removal, runnerId: string): Promise<Outcome> {
  return removeIf(removal, runnerId, isDrained);
}

/** A registration that nothing runs any more: its machine is looked for by name too, whoever made it. */
export async function discardLost(removal: Removal, runnerId: string): Promise<Outcome> {
  const machine = await removal.target.find(runnerId);
  if (machine?.phase === 'pending' || machine?.phase === 'running') return 'kept';
  return removeIf(removal, runnerId, isDead);
}
