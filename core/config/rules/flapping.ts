// Finds loads under which the ratio rule would grow and shrink a group for ever. Pure, and quick enough to run on every reload.

import type { RatioPolicy } from '../config.ts';

export type RatioNumbers = Omit<RatioPolicy, 'strategy'>;

/** A constant load, and the numbers of runners that the group would go through again and again. */
export interface Flapping {
  readonly busy: number;
  readonly cycle: readonly number[];
}

/** Larger groups are not examined: the answer would take longer than a reload may. */
const largestGroup = 1000;

/** How many runners the ratio rule wants next, once all that it ordered are online and all that it retired are gone. */
export function nextOnline(numbers: RatioNumbers, demand: number, online: number): number {
  const busy = Math.min(demand, online);
  const ratio = online === 0 ? 0 : busy / online;
  if (ratio > numbers.scaleUpThreshold) {
    return Math.min(numbers.max, Math.ceil(online * numbers.scaleUpMultiplier));
  }
  if (ratio < numbers.scaleDownThreshold) {
    return Math.max(numbers.min, Math.floor(online * numbers.scaleDownMultiplier), busy);
  }
  return online;
}

/** Follows each state until it meets one that was seen; if that was on the same walk, the walk has a cycle. */
function cycleUnder(numbers: RatioNumbers, demand: number): number[] | undefined {
  const unseen = -1;
  const walkOf = new Int32Array(numbers.max + 1).fill(unseen);
  for (let start = numbers.min; start <= numbers.max; start++) {
    let online = start;
    while (walkOf[online] === unseen) {
      walkOf[online] = start;
      online = nextOnline(numbers, demand, online);
    }
    const isNewCycle = walkOf[online] === start && nextOnline(numbers, demand, online) !== online;
    if (isNewCycle) return cycleFrom(numbers, demand, online);
  }
  return undefined;
}

function cycleFrom(numbers: RatioNumbers, demand: number, first: number): number[] {
  const cycle = [first];
  for (let online = nextOnline(numbers, demand, first); online !== first;) {
    cycle.push(online);
    online = nextOnline(numbers, demand, online);
  }
  return cycle;
}

/** The smallest constant load that makes the group flap, from any number of runners between `min` and `max`. */
export function findFlapping(numbers: RatioNumbers): Flapping | undefined {
  if (numbers.max > largestGroup) return undefined;
  for (let busy = 0; busy <= numbers.max; busy++) {
    const cycle = cycleUnder(numbers, busy);
    if (cycle !== undefined) return { busy, cycle };
  }
  return undefined;
}
