// Warns of values that are valid but defeat the purpose of their setting, and says what to write instead. Pure.

import { backlogDefaults, constantDefaults } from '../defaults.ts';
import {
  bitbucketGroups,
  circleCiGroups,
  warningAt,
  type Draft,
  type Finding,
  type Located,
} from '../finding.ts';
import type { Path } from '../path.ts';
import { planOf } from '../plan-of.ts';
import type { WrittenBitbucketGroup } from '../written.generated.ts';

/** Seconds. Even a pod whose image is there takes as long to start and to sign on. */
const shortestStart = 60;
/** Seconds. */
const hour = 3600;
const day = 86_400;

function multiplierFindings({ path, group }: Located<WrittenBitbucketGroup>): Finding[] {
  const { min, max, scale_up_multiplier: multiplier } = group.parameters;
  const from = Math.max(min, 1);
  // As controller/decide/ratio.ts works it out.
  const to = Math.ceil(Number((from * multiplier).toFixed(6)));
  if (to > from || max <= from) return [];
  const message = `ceil(${from} × ${multiplier}) is ${to}, so a group of ${from} never grows; write at least 1.1`;
  return [warningAt([...path, 'parameters', 'scale_up_multiplier'], message)];
}

function thresholdFindings({ path, group }: Located<WrittenBitbucketGroup>): Finding[] {
  const { scale_up_threshold: up, scale_down_threshold: down } = group.parameters;
  const at = (key: string, message: string): Finding => warningAt([...path, 'parameters', key], message);
  return [
    ...(up >= 1
      ? [
          at(
            'scale_up_threshold',
            'the share of busy runners is never more than 1, so the group never grows; write for example 0.8',
          ),
        ]
      : []),
    ...(down <= 0
      ? [
          at(
            'scale_down_threshold',
            'the share of busy runners is never less than 0, so the group never shrinks; write for example 0.2',
          ),
        ]
      : []),
  ];
}

/** A group whose min is its max is meant to stay as it is. */
export function groupsCanGrowAndShrink(draft: Draft): Finding[] {
  return bitbucketGroups(draft)
    .filter(({ group }) => group.parameters.min < group.parameters.max)
    .flatMap((located) => [...thresholdFindings(located), ...multiplierFindings(located)]);
}

export function startTimeoutFitsAStart({ constants }: Draft): Finding[] {
  const written = constants.runner_start_timeout;
  const at: Path = ['constants', 'runner_start_timeout'];
  if (written === undefined || (written >= shortestStart && written <= hour)) return [];
  if (written < shortestStart) {
    const message = `no runner is online within ${written} s of being ordered, so every start counts as failed; write at least ${shortestStart}, or leave the default, ${constantDefaults.startTimeout}`;
    return [warningAt(at, message)];
  }
  const message = `a runner that never comes online counts against max for ${written} s; write at most ${hour}`;
  return [warningAt(at, message)];
}

export function coolDownEnds({ constants }: Draft): Finding[] {
  const written = constants.runner_cool_down_period;
  if (written === undefined || written <= day) return [];
  const message = `a runner has to be idle for ${written} s, longer than a day, before it is retired, so a group that works every day never shrinks; write for example ${constantDefaults.coolDownPeriod}`;
  return [warningAt(['constants', 'runner_cool_down_period'], message)];
}

/** Written, or what api_calls_per_hour leaves of it. */
export function calmGroupsAreLookedAt(draft: Draft): Finding[] {
  const seconds = planOf(draft).calmMs / 1000;
  if (seconds <= hour || bitbucketGroups(draft).length === 0) return [];
  const key =
    draft.constants.runner_api_polling_interval === undefined
      ? 'api_calls_per_hour'
      : 'runner_api_polling_interval';
  const remedy = key === 'api_calls_per_hour' ? 'raise it' : `write at most ${hour}`;
  const message = `a calm group is looked at every ${seconds} s only, and steps that come in between wait that long for more runners; ${remedy}`;
  return [warningAt(['constants', key], message)];
}

function headroomFinding(path: Path, headroom = 0, max = 0): Finding[] {
  if (headroom === 0 || headroom < max) return [];
  const message = `headroom is ${headroom} and max is ${max}, so the group always wants max, and never has all of its headroom; raise max or lower headroom`;
  return [warningAt([...path, 'parameters', 'headroom'], message)];
}

export function headroomFitsBelowMax(draft: Draft): Finding[] {
  return circleCiGroups(draft).flatMap(({ path, group }) =>
    headroomFinding(path, group.parameters.headroom, group.parameters.max),
  );
}

export function discoveredHeadroomFitsBelowMax({ discovery }: Draft): Finding[] {
  const { headroom, max = backlogDefaults.discoveredMax } = discovery?.parameters ?? {};
  return headroomFinding(['discovery'], headroom, max);
}
