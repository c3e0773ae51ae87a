// CircleCI groups: the resource class, and the one thing that carries its capacity. Pure.

import { circleCiGroups, errorAt, repeated, type Draft, type Finding } from '../finding.ts';
import { pathText } from '../path.ts';
import type { WrittenCircleCiGroup } from '../written.generated.ts';

const resourceClass = /^[\w.-]+\/[\w.-]+$/;
/** Such as eu-west-1, us-gov-west-1, us-isob-east-1. */
export const awsRegion = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;

export function resourceClassesHaveTwoParts(draft: Draft): Finding[] {
  return circleCiGroups(draft)
    .filter(({ group }) => !resourceClass.test(group.resource_class))
    .map(({ path }) =>
      errorAt([...path, 'resource_class'], 'expected NAMESPACE/NAME such as acme/linux-large'),
    );
}

export function resourceClassesAreUnique(draft: Draft): Finding[] {
  return repeated(
    circleCiGroups(draft),
    ({ group }) => group.resource_class,
    ({ path }, first) =>
      errorAt(
        [...path, 'resource_class'],
        `${pathText(first.path)} has the same resource class, so each waiting task would start two runners; keep one`,
      ),
  );
}

export function targetIsOne(draft: Draft): Finding[] {
  return circleCiGroups(draft).flatMap(({ path, group }) => {
    if (group.cron_job && group.auto_scaling_group) {
      const message = 'a group has either cron_job or auto_scaling_group; remove one';
      return [errorAt([...path, 'auto_scaling_group'], message, 'key')];
    }
    if (group.cron_job || group.auto_scaling_group) return [];
    return [
      errorAt(path, 'write either cron_job or auto_scaling_group: what the runners of this group run on'),
    ];
  });
}

function targetKey({ cron_job: job, auto_scaling_group: asg }: WrittenCircleCiGroup): string {
  return job ? `cron_job ${job.namespace}/${job.name}` : `auto_scaling_group ${asg?.region}/${asg?.name}`;
}

export function targetsAreUnique(draft: Draft): Finding[] {
  const groups = circleCiGroups(draft).filter(({ group }) => group.cron_job ?? group.auto_scaling_group);
  return repeated(
    groups,
    ({ group }) => targetKey(group),
    ({ path, group }, first) =>
      errorAt(
        [...path, group.cron_job ? 'cron_job' : 'auto_scaling_group'],
        `${pathText(first.path)} has the same target, so the two would undo each other's changes; give each its own`,
        'key',
      ),
  );
}

export function regionsAreRegions(draft: Draft): Finding[] {
  return circleCiGroups(draft).flatMap(({ path, group }) => {
    const region = group.auto_scaling_group?.region;
    if (region === undefined || awsRegion.test(region)) return [];
    return [errorAt([...path, 'auto_scaling_group', 'region'], 'expected an AWS region such as eu-west-1')];
  });
}
