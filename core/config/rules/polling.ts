// How often to look: within what Bitbucket allows, and soon enough for CircleCI. Pure.

import { callsPerRunner, leftForChanges } from '../budget.ts';
import { constantDefaults } from '../defaults.ts';
import { circleCiGroups, errorAt, groupsByScope, warningAt, type Draft, type Finding } from '../finding.ts';
import { planOf } from '../plan-of.ts';

/** Seconds that a waiting CircleCI task may stay unseen before we say so. */
const longWait = 60;

const intervals = [
  { section: 'constants', key: 'runner_api_polling_interval' },
  { section: 'constants', key: 'fast_polling_interval' },
  { section: 'cleaner', key: 'interval' },
] as const;

/** A cleaner that is off, or that has a schedule, does not use its interval. */
function sweepsByInterval({ cleaner }: Draft): boolean {
  return cleaner.enabled !== false && cleaner.schedule === undefined;
}

function writtenInterval(draft: Draft, { section, key }: (typeof intervals)[number]): number | undefined {
  if (section === 'constants') return draft.constants[key];
  return sweepsByInterval(draft) ? draft.cleaner[key] : undefined;
}

/** Only written intervals: the others were lengthened to fit. */
export function intervalsFitTheBudget(draft: Draft): Finding[] {
  const plan = planOf(draft);
  return intervals.flatMap((interval) => {
    const seconds = writtenInterval(draft, interval);
    if (seconds === undefined || seconds >= plan.shortestSeconds) return [];
    const calls = Math.ceil((plan.shortestSeconds * plan.budget) / seconds);
    const message = `every ${seconds} s takes ${calls} calls an hour, more than the ${plan.budget} of api_calls_per_hour; write at least ${Math.ceil(plan.shortestSeconds)}`;
    return [errorAt([interval.section, interval.key], message)];
  });
}

/** Each fits alone, but a busy hour would want both at once. */
export function intervalsFitTogether(draft: Draft): Finding[] {
  const { budget, callsPerHour } = planOf(draft);
  const sum = Math.ceil(callsPerHour.fast + callsPerHour.cleaner);
  const eachFits = callsPerHour.fast <= budget && callsPerHour.cleaner <= budget;
  if (!eachFits || sum <= budget || !sweepsByInterval(draft)) return [];
  const message = `under pressure the controller and the cleaner want ${sum} calls an hour together, more than the ${budget} of api_calls_per_hour, so some looks will wait; lengthen an interval`;
  return [warningAt(['constants'], message, 'key')];
}

/** Of all groups; a workspace or repository takes no more than Bitbucket's limit. */
function mostRunners(draft: Draft): number {
  const limit = draft.constants.bitbucket_runner_limit ?? constantDefaults.bitbucketRunnerLimit;
  return [...groupsByScope(draft).values()].reduce((sum, groups) => {
    const most = groups.reduce((all, { group }) => all + group.parameters.max, 0);
    return sum + Math.min(most, limit);
  }, 0);
}

/** A config that promises more runners than its calls can move keeps some idle, or orders late. */
export function maxFitsTheBudget(draft: Draft): Finding[] {
  const { budget, shares, callsPerHour, calmMs } = planOf(draft);
  // Where there are not even calls enough for looking, that is what has to be said.
  const looksFit = [...intervalsFitTheBudget(draft), ...intervalsFitTogether(draft)].length === 0;
  if (!looksFit || calmMs > 3_600_000) return [];
  const most = mostRunners(draft);
  const needed = most * callsPerRunner;
  const left = leftForChanges(shares.controller, callsPerHour.fast);
  if (needed <= left) return [];
  const message = `filling every group to max and emptying it once an hour takes ${needed} calls (${callsPerRunner} a runner), but looking and the cleaner leave ${left} of the ${budget} of api_calls_per_hour, so runners will be kept idle or ordered late; raise it if your credential may spend more, lengthen the intervals or lower max`;
  return [warningAt(['constants'], message, 'key')];
}

export function fastIsFast({ constants }: Draft): Finding[] {
  const { fast_polling_interval: fast, runner_api_polling_interval: calm } = constants;
  if (fast === undefined || calm === undefined || fast <= calm) return [];
  const message = `longer than runner_api_polling_interval, so ${calm} s is used for groups under pressure too`;
  return [warningAt(['constants', 'fast_polling_interval'], message)];
}

export function circleCiTasksAreSeenSoon(draft: Draft): Finding[] {
  const calm = planOf(draft).calmMs / 1000;
  const isUsed = circleCiGroups(draft).length > 0 || draft.discovery !== undefined;
  if (!isUsed || calm <= longWait) return [];
  const message = `a CircleCI task may wait ${calm} s before it is seen; write constants: {runner_api_polling_interval: 15}`;
  return [warningAt(['constants', 'runner_api_polling_interval'], message)];
}
