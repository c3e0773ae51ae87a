// How many runners: min, max, and what Bitbucket allows. Pure.

import { backlogDefaults, constantDefaults } from '../defaults.ts';
import { bitbucketGroups, errorAt, groupsByScope, warningAt, type Draft, type Finding } from '../finding.ts';
import type { Path } from '../path.ts';

function limitOf(draft: Draft): number {
  return draft.constants.bitbucket_runner_limit ?? constantDefaults.bitbucketRunnerLimit;
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

function order(path: Path, { min, max }: Bounds): Finding[] {
  if (min === undefined || max === undefined || min <= max) return [];
  return [errorAt([...path, 'min'], `min is ${min}, more than max, which is ${max}; raise max or lower min`)];
}

export function minIsAtMostMax(draft: Draft): Finding[] {
  const discovered = { max: backlogDefaults.discoveredMax, ...draft.discovery?.parameters };
  return [
    ...draft.groups.flatMap(({ path, group }) => order([...path, 'parameters'], group.parameters)),
    ...order(['discovery', 'parameters'], discovered),
  ];
}

export function maxIsWithinTheLimit(draft: Draft): Finding[] {
  const limit = limitOf(draft);
  return bitbucketGroups(draft)
    .filter(({ group }) => group.parameters.max > limit)
    .map(({ path, group }) =>
      errorAt(
        [...path, 'parameters', 'max'],
        `max is ${group.parameters.max}, more than the ${limit} runners that Bitbucket allows a workspace or repository; lower it, or raise constants.bitbucket_runner_limit if Bitbucket allows you more`,
      ),
    );
}

export function sumOfMaxIsWithinTheLimit(draft: Draft): Finding[] {
  const limit = limitOf(draft);
  return [...groupsByScope(draft)].flatMap(([scope, groups]) => {
    const sum = groups.reduce((total, { group }) => total + group.parameters.max, 0);
    const last = groups.at(-1);
    if (sum <= limit || groups.length < 2 || last === undefined) return [];
    const message = `the groups of ${scope} may have ${sum} runners together, more than the ${limit} that Bitbucket allows; the last to grow will be refused`;
    return [warningAt([...last.path, 'parameters', 'max'], message)];
  });
}

export function minIsNotZero(draft: Draft): Finding[] {
  return bitbucketGroups(draft)
    .filter(({ group }) => group.parameters.min === 0)
    .map(({ path }) =>
      warningAt(
        [...path, 'parameters', 'min'],
        'with min: 0 a Bitbucket step fails at once while no runner is online, and nothing starts one; write min: 1 unless you mean to stop this group',
      ),
    );
}
