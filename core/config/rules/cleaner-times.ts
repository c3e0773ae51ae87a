// The cleaner's times and its outage guard: values that end builds, or that never take effect. Pure.

import { bitbucketGroups, warningAt, type Draft, type Finding } from '../finding.ts';

/** Seconds: 720 minutes, the longest `max-time` of a Bitbucket step. */
const longestStep = 43_200;
/** Seconds that Bitbucket may show a step late. */
const stepShowsAfter = 30;
/** Seconds. A runner or a network that restarts takes as long. */
const shortestGrace = 60;
/** Seconds. What was seen before a longer pause counts for nothing. */
const longestInterval = 3600;

function warn(key: string, message: string): Finding[] {
  return [warningAt(['cleaner', key], message)];
}

/** A cleaner that is off removes nothing, whatever its times. */
function isOff({ cleaner }: Draft): boolean {
  return cleaner.enabled === false;
}

export function stepsOutlastNoGrace(draft: Draft): Finding[] {
  const { busy_offline_grace: grace } = draft.cleaner;
  if (grace === undefined || grace >= longestStep || isOff(draft)) return [];
  if (bitbucketGroups(draft).length === 0) return [];
  return warn(
    'busy_offline_grace',
    `a build whose runner is silent for ${grace} s is ended, and a Bitbucket step may last ${longestStep} s; write at least ${longestStep}, or no less than the longest max-time of your pipelines`,
  );
}

export function drainedRunnersShowTheirStep(draft: Draft): Finding[] {
  const { drained_grace: grace } = draft.cleaner;
  if (grace === undefined || grace >= stepShowsAfter || isOff(draft)) return [];
  return warn(
    'drained_grace',
    `Bitbucket may show a step ${stepShowsAfter} s late, so a build that begins just before its runner is disabled is ended after ${grace} s; write at least ${stepShowsAfter}`,
  );
}

const reasons = {
  offline_grace: 'a runner that loses its network for a moment is removed',
  unhealthy_grace:
    'a runner that is unhealthy for a moment is removed, and a failed Job before its log can be read',
  orphan_grace: 'a runner whose Job is being made, or made anew, is taken for an orphan',
} as const;

export function gracesLastAMinute(draft: Draft): Finding[] {
  if (isOff(draft)) return [];
  return Object.entries(reasons).flatMap(([key, reason]) => {
    const grace = draft.cleaner[key as keyof typeof reasons];
    if (grace === undefined || grace >= shortestGrace) return [];
    return warn(key, `${reason}; write at least ${shortestGrace}`);
  });
}

export function sweepsAreNotFarApart(draft: Draft): Finding[] {
  const { interval, schedule } = draft.cleaner;
  if (interval === undefined || interval <= longestInterval || schedule !== undefined || isOff(draft))
    return [];
  return warn(
    'interval',
    `a removal takes two sweeps, and what was seen more than ${longestInterval} s ago does not count as seen; write at most ${longestInterval}`,
  );
}

/** Of the groups that are declared; what discovery finds is not known. */
function largestMax({ groups, discovery }: Draft): number {
  return discovery === undefined ? Math.max(0, ...groups.map(({ group }) => group.parameters.max)) : Infinity;
}

export function outageGuardCanHold(draft: Draft): Finding[] {
  const { brake_share: share, brake_minimum: minimum } = draft.cleaner;
  if (isOff(draft)) return [];
  const never = 'so an outage never stops a sweep';
  return [
    ...(share === 1
      ? warn(
          'brake_share',
          `the share of silent runners is never more than 1, ${never}; write for example 0.5`,
        )
      : []),
    ...(minimum !== undefined && minimum > largestMax(draft)
      ? warn(
          'brake_minimum',
          `no group may have ${minimum} runners, ${never}; write no more than the largest max, ${largestMax(draft)}`,
        )
      : []),
  ];
}

export function outageGuardLetsGo(draft: Draft): Finding[] {
  const { brake_share: share, brake_minimum: minimum } = draft.cleaner;
  if (isOff(draft)) return [];
  return [
    ...(share === 0
      ? warn(
          'brake_share',
          'brake_minimum silent runners stop every removal, however large their group is; write for example 0.5',
        )
      : []),
    ...(minimum !== undefined && minimum <= 1
      ? warn(
          'brake_minimum',
          'the only runner of a group that hangs is taken for an outage and stays for busy_offline_grace; write for example 5',
        )
      : []),
  ];
}
