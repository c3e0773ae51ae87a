// The life of two CircleCI groups: four tasks for each come and are done, though AWS launches nothing at first, and everything ends.

import { arrive, circleCiGroups, desired } from './circleci-groups.ts';
import { configOf, minute, openJobs, type Scene } from './scene.ts';

const noCapacity = 'InsufficientInstanceCapacity - We currently do not have sufficient capacity in the zone.';

const config = configOf({ groups: circleCiGroups });

export function circleCiScene(): Scene {
  return {
    config,
    live({ world }, at) {
      world.circleCi.model.refusal = at < 22 ? noCapacity : undefined;
      if (at === 2 || at === 4) for (let count = 0; count < 2; count += 1) arrive(world, 4 * minute);
    },
    left: (world) => [
      ...openJobs(world).map((name) => `Job ${name} is left`),
      ...(desired(world) === 0 ? [] : [`${desired(world)} instances are left`]),
    ],
    mayRemove: () => false,
    told: ['"not-launched"'],
  };
}
