// The two CircleCI groups of the matrix, one of each kind of target. No faults, no story.

import type { World } from '../../../sandbox/world.ts';
import { max } from './scene.ts';

export const namespace = 'circleci-runners';
export const region = 'eu-west-1';
export const classes = ['acme/pods', 'acme/instances'] as const;

export const circleCiGroups = [
  {
    ...{ name: 'pods', resource_class: 'acme/pods', strategy: 'unclaimedTasks' },
    ...{ cron_job: { namespace, name: 'pods' }, parameters: { min: 0, max } },
  },
  {
    ...{ name: 'instances', resource_class: 'acme/instances', strategy: 'unclaimedTasks' },
    ...{ auto_scaling_group: { name: 'instances', region }, parameters: { min: 0, max } },
  },
];

/** One task of each class. */
export function arrive({ circleCi }: World, runMs: number): void {
  for (const resourceClass of classes) circleCi.tasks.arrive(resourceClass, runMs);
}

/** Of the Auto Scaling group. */
export function desired({ circleCi }: World): number {
  return circleCi.model.get(region, 'instances').desired;
}
