// The polling plan of what was written. Pure; shared by the rules that judge it and the code that applies it.

import { cleanerDefaults } from './defaults.ts';
import { bitbucketGroups, groupsByScope, type Draft } from './finding.ts';
import { pollingPlan, type PollingPlan, type PollingWishes } from './polling.ts';

/** Of Bitbucket's groups. */
function sweepsOf(draft: Draft): PollingWishes['sweeps'] {
  const { enabled = cleanerDefaults.enabled, schedule } = draft.cleaner;
  const isAnySwept = bitbucketGroups(draft).some(({ group }) => group.cleaner?.enabled !== false);
  if (!enabled || !isAnySwept) return 'never';
  return schedule === undefined ? 'by-interval' : 'by-schedule';
}

export function planOf(draft: Draft): PollingPlan {
  const { constants, cleaner } = draft;
  return pollingPlan({
    calm: constants.runner_api_polling_interval,
    fast: constants.fast_polling_interval,
    cleaner: cleaner.interval,
    callsPerHour: constants.api_calls_per_hour,
    runnerLimit: constants.bitbucket_runner_limit,
    scopes: groupsByScope(draft).size,
    sweeps: sweepsOf(draft),
  });
}
