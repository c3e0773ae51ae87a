// The rule `unclaimedTasks`: from tasks to a wish. Pure, and before any limit.

import type { BacklogPolicy } from '../../core/config/config.ts';
import { count, type Wish } from './wish.ts';

/** wanted = unclaimed + running + headroom: one runner for each task there is, and some more. */
export function backlogWish(policy: BacklogPolicy, unclaimed: number, running: number): Wish {
  const wanted = unclaimed + running + policy.headroom;
  const sum = `${count(unclaimed, 'task')} unclaimed + ${running} running + headroom ${policy.headroom} = ${wanted}`;
  return { wanted, reason: unclaimed > 0 ? 'backlog' : 'no-backlog', because: sum };
}
