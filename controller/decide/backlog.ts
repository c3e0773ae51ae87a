// The rule `unclaimedTasks`: from tasks to a wish. Pure, and before any limit.

import type { BacklogPolicy } from '../../core/config/config.ts';
import type { Capacity, Demand } from './snapshot.ts';
import type { Wish } from './wish.ts';
import { count } from './words.ts';

export type Backlog = Extract<Demand, { readonly kind: 'backlog' }>;

/**
 * Running tasks that need no runner beside the one they have: those of runners that drain. A draining one without a task ends
 * at once, so whoever still drains is taken to have one; otherwise each would be replaced by a runner that nobody needs.
 */
function leaving({ scaleIn }: BacklogPolicy, { running }: Backlog, { draining }: Capacity): number {
  return scaleIn ? Math.min(running, draining) : 0;
}

/**
 * wanted = unclaimed + own busy + headroom. CircleCI counts the running tasks of the class, wherever they run: at most as many
 * as are online here run on runners of this group, and the others need none.
 */
export function backlogWish(policy: BacklogPolicy, backlog: Backlog, capacity: Capacity): Wish {
  const { unclaimed, running } = backlog;
  const onDraining = leaving(policy, backlog, capacity);
  const ownBusy = Math.min(running - onDraining, capacity.busy + capacity.idle);
  const elsewhere = running - onDraining - ownBusy;
  const wanted = unclaimed + ownBusy + policy.headroom;
  const less =
    (onDraining > 0 ? ` - ${onDraining} on runners that drain` : '') +
    (elsewhere > 0 ? ` - ${elsewhere} on other runners` : '');
  const sum = `${count(unclaimed, 'task')} unclaimed + ${running} running${less} + headroom ${policy.headroom} = ${wanted}`;
  return { wanted, reason: unclaimed > 0 ? 'backlog' : 'no-backlog', because: sum };
}
