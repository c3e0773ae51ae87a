// The policy of one group as deciding needs it: the rule's numbers and the times. Plain data.

import type { BacklogPolicy, Config, Group, RatioPolicy } from '../../core/config/config.ts';

/** All times in milliseconds. */
export interface Policy {
  readonly group: string;
  readonly rule: RatioPolicy | BacklogPolicy;
  readonly coolDownMs: number;
  readonly startTimeoutMs: number;
  /** How long a disabled runner must have been seen without a step before it is deleted. */
  readonly drainSettleMs: number;
  /** How long a registration must have been seen without a machine before it is given up. */
  readonly lostGraceMs: number;
  readonly pollingIntervalMs: number;
  readonly fastPollingIntervalMs: number;
  /** The same for as long as nothing was edited that decides whether a runner starts. Compared only. */
  readonly startsDependOn: string;
}

/**
 * A runner reports its state every 30 s (SCHEDULED_STATE_UPDATE_PERIOD_SECONDS of Bitbucket's runner), so that a step
 * taken just before it was disabled shows up to 30 s later. Twice that is waited.
 */
export const drainSettleMs = 60_000;

/** Longer than any single creation takes, so that a runner being made is not taken for a lost one. */
export const lostGraceMs = 60_000;

/** The places, labels and sizes of its runners; not how many there are, nor how long is waited for them. */
function startsDependOn(group: Group, template: string): string {
  if (group.service === 'circleci') return JSON.stringify([group.resourceClass, group.target]);
  const { scope, labels, namespace, architecture, nodeSelector, writtenPlacement, resources } = group;
  const own = { scope, labels, namespace, architecture, nodeSelector, writtenPlacement, resources };
  return JSON.stringify([own, template]);
}

/** @param template a digest of the job template; empty where nothing of it matters */
export function policyOf(group: Group, { constants }: Config, template = ''): Policy {
  return {
    group: group.name,
    rule: group.policy,
    coolDownMs: constants.coolDownMs,
    startTimeoutMs: constants.startTimeoutMs,
    drainSettleMs,
    lostGraceMs,
    pollingIntervalMs: constants.pollingIntervalMs,
    fastPollingIntervalMs: Math.min(constants.fastPollingIntervalMs, constants.pollingIntervalMs),
    startsDependOn: startsDependOn(group, template),
  };
}
