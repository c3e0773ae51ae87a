// Since when a runner has been as it is. Pure.

import type { Runner } from '../../core/runner.ts';

/**
 * States in which a runner may go on reporting. Whether a report moves the time that Bitbucket shows is not documented;
 * if it does, that time never grows old.
 */
const mayReport: ReadonlySet<Runner['status']> = new Set(['disabled', 'enabled', 'unhealthy']);

/** The runner as it is now, with the time from when it was first seen so. An offline one has the service's own time. */
export function sinceFirstSeen(before: Runner | undefined, runner: Runner): Runner {
  if (before === undefined || !mayReport.has(runner.status)) return runner;
  if (before.status !== runner.status || before.busyness !== runner.busyness) return runner;
  return { ...runner, updatedAt: Math.min(before.updatedAt, runner.updatedAt) };
}
