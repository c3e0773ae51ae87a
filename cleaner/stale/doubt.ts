// Whether a runner may have a step. In doubt it may (promise P2). Pure.

import type { Runner } from '../../core/runner.ts';

/** One that was never online never had a step, whatever the answer can show. */
export function maybeBusy({ status, busyness }: Runner): boolean {
  if (busyness === 'busy') return true;
  return busyness === 'unknown' && status !== 'unregistered';
}
