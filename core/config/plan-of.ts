// The polling plan of what was written. Pure; shared by the rules that judge it and the code that applies it.

import { groupsByScope, type Draft } from './finding.ts';
import { pollingPlan, type PollingPlan } from './polling.ts';

export function planOf(draft: Draft): PollingPlan {
  const { constants, cleaner } = draft;
  return pollingPlan({
    calm: constants.runner_api_polling_interval,
    fast: constants.fast_polling_interval,
    cleaner: cleaner.interval,
    callsPerHour: constants.api_calls_per_hour,
    runnerLimit: constants.bitbucket_runner_limit,
    scopes: groupsByScope(draft).size,
  });
}
