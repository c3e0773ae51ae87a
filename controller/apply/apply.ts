// Carries out a decision, action by action. One action's failure does not stop the others; the next look tries again.

import type { Action, Decision } from '../decide/decision.ts';
import type { Registrar, Source } from '../sources/source.ts';
import type { PoolTarget, RunnerTarget } from '../targets/target.ts';
import { order } from './order.ts';
import { discardLost, removeDrained } from './removal.ts';

/** Where one group's runners come from and live: one by one, or in a pool that fills itself. */
export type Plant =
  | { readonly kind: 'runners'; readonly source: Registrar; readonly target: RunnerTarget }
  | { readonly kind: 'pool'; readonly source: Source; readonly target: PoolTarget };

export interface ActionResult {
  readonly action: Action;
  readonly outcome: 'done' | 'kept' | 'failed';
  readonly error?: unknown;
  /** Of an order, also of one that failed half way: the runners, or machines of a pool, that were made. */
  readonly made?: readonly string[] | undefined;
}

/** Places that the decision will fill; set aside in the same breath as deciding. */
export function reserve(plant: Plant, decision: Decision): void {
  if (plant.kind !== 'runners') return;
  for (const action of decision.actions) if (action.kind === 'order') plant.source.reserve(action.count);
}

type Made = (id: string) => void;

async function carryOutInPool(target: PoolTarget, action: Action, made: Made): Promise<'done' | 'kept'> {
  if (action.kind === 'retire') return (await target.drain?.(action.runnerId)) ?? 'kept';
  if (action.kind !== 'order') return 'kept';
  await target.order(action.count, made);
  return 'done';
}

async function carryOut(plant: Plant, action: Action, made: Made): Promise<'done' | 'kept'> {
  if (plant.kind === 'pool') return carryOutInPool(plant.target, action, made);
  const { source, target } = plant;
  switch (action.kind) {
    case 'order':
      await order({ source, target, made }, action.count);
      return 'done';
    case 'take-back':
      await source.setDisabled(action.runnerId, false);
      return 'done';
    case 'retire':
      await source.setDisabled(action.runnerId, true);
      return 'done';
    case 'remove':
      return removeDrained(plant, action.runnerId);
    case 'discard':
      return discardLost(plant, action.runnerId);
  }
}

/** All actions at once; the clients bound how many calls are under way. */
export function apply(plant: Plant, decision: Decision): Promise<readonly ActionResult[]> {
  return Promise.all(
    decision.actions.map(async (action): Promise<ActionResult> => {
      const ids: string[] = [];
      const made = (): Pick<ActionResult, 'made'> => (ids.length === 0 ? {} : { made: ids });
      try {
        const outcome = await carryOut(plant, action, (id) => ids.push(id));
        return { action, outcome, ...made() };
      } catch (error) {
        return { action, outcome: 'failed', error, ...made() };
      }
    }),
  );
}
