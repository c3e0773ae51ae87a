// Min, max and the floor against growing back: how a wish is bounded before anything is ordered or retired. Pure.

import type { BacklogPolicy, RatioPolicy } from '../../core/config/config.ts';
import type { Limit } from './decision.ts';
import type { Capacity } from './snapshot.ts';
import type { Wish } from './wish.ts';
import { percent } from './words.ts';

export interface Bounded {
  readonly wanted: number;
  readonly limits: readonly Limit[];
}

function floorTo(bounded: Bounded, floor: number, limit: Limit['limit'], because: string): Bounded {
  if (bounded.wanted >= floor) return bounded;
  const bite: Limit = { limit, from: bounded.wanted, to: floor, because };
  return { wanted: floor, limits: [...bounded.limits, bite] };
}

function ceilingTo(bounded: Bounded, ceiling: number, because: string): Bounded {
  if (bounded.wanted <= ceiling) return bounded;
  const bite: Limit = { limit: 'max', from: bounded.wanted, to: ceiling, because };
  return { wanted: ceiling, limits: [...bounded.limits, bite] };
}

/**
 * The fewest runners with which the present load does not call for more at once. Without this floor about a third of
 * the legal settings would grow and shrink for ever under constant load (P6).
 */
export function growsBackBelow(policy: RatioPolicy, busy: number): number {
  const fewest = Math.ceil(busy / policy.scaleUpThreshold);
  // Division may round up past a whole number: 21 of 60 are 35 %, but 21 / 0.35 asks for 61.
  return fewest > 1 && busy / (fewest - 1) <= policy.scaleUpThreshold ? fewest - 1 : fewest;
}

/** The wish, bounded by the floor against growing back (where it shrinks), then min, then max. */
export function bound(rule: RatioPolicy | BacklogPolicy, wish: Wish, capacity: Capacity): Bounded {
  let bounded: Bounded = { wanted: wish.wanted, limits: [] };
  if (rule.strategy === 'percentageRunnersIdle' && wish.reason === 'below-threshold') {
    const floor = Math.min(growsBackBelow(rule, capacity.busy), capacity.busy + capacity.idle);
    const because = `fewer would be over ${percent(rule.scaleUpThreshold)} busy again`;
    bounded = floorTo(bounded, floor, 'would-grow-back', because);
  }
  bounded = floorTo(bounded, rule.min, 'min', `min is ${rule.min}`);
  return ceilingTo(bounded, rule.max, `max is ${rule.max}`);
}
