// The rule `percentageRunnersIdle`: from busy and online runners to a wish. Pure, and before any limit.

import type { RatioPolicy } from '../../core/config/config.ts';
import type { Capacity } from './snapshot.ts';
import type { Wish } from './wish.ts';
import { count, percent } from './words.ts';

/** A product as people work it out: 20 × 1.1 is 22, where floating point makes a little more of it. */
function times(online: number, multiplier: number): number {
  return Number((online * multiplier).toFixed(6));
}

function withoutOnline(policy: RatioPolicy, { starting }: Capacity): Wish {
  if (starting === 0 && policy.min === 0) {
    return { wanted: 0, reason: 'within-thresholds', because: 'no runner is online, and min is 0' };
  }
  if (starting === 0) {
    return { wanted: policy.min, reason: 'below-min', because: `no runner is online, min is ${policy.min}` };
  }
  return {
    wanted: starting,
    reason: 'waiting-for-start',
    because: `no runner is online yet, ${count(starting)} starting`,
  };
}

function byThreshold(policy: RatioPolicy, { busy, idle, starting }: Capacity): Wish {
  const online = busy + idle;
  const load = busy / online;
  const seen = `${busy} of ${online} online busy (${percent(load)}`;
  if (load > policy.scaleUpThreshold) {
    const wanted = Math.ceil(times(online, policy.scaleUpMultiplier));
    const sum = `ceil(${online} × ${policy.scaleUpMultiplier}) = ${wanted}`;
    const because = `${seen} > ${percent(policy.scaleUpThreshold)}): wanted ${sum}`;
    return { wanted, reason: 'above-threshold', because };
  }
  if (load < policy.scaleDownThreshold) {
    const wanted = Math.floor(times(online, policy.scaleDownMultiplier));
    const sum = `floor(${online} × ${policy.scaleDownMultiplier}) = ${wanted}`;
    const because = `${seen} < ${percent(policy.scaleDownThreshold)}): wanted ${sum}`;
    return { wanted, reason: 'below-threshold', because };
  }
  const because = `${seen}), within ${percent(policy.scaleDownThreshold)} to ${percent(policy.scaleUpThreshold)}`;
  return { wanted: online + starting, reason: 'within-thresholds', because };
}

/**
 * value = busy ÷ online. Above the upper threshold ceil(online × up), below the lower one floor(online × down).
 * The formula is that of Atlassian's autoscaler; its documentation counts all online runners, and so do we.
 */
export function ratioWish(policy: RatioPolicy, capacity: Capacity, unknownBusyness: number): Wish {
  const enabled = capacity.busy + capacity.idle + capacity.starting;
  if (capacity.busy + capacity.idle === 0) return withoutOnline(policy, capacity);
  if (unknownBusyness === 0) return byThreshold(policy, capacity);
  return {
    wanted: enabled,
    reason: 'busyness-unknown',
    because: `${count(unknownBusyness)} online may be busy or idle: the answer does not say`,
  };
}
