// A Bitbucket group that shrinks, and is asked for more just then: runners that were disabled are taken back.

import { arrive, bitbucketConfig, oneOfEach, registered } from './bitbucket-group.ts';
import { max, minute, type Scene } from './scene.ts';

export function takenBackScene(): Scene {
  let isAskedAgain = false;
  return {
    config: bitbucketConfig,
    live({ world }, at) {
      if (at === 2 || at === 4) for (let count = 0; count < 2; count += 1) arrive(world, 4 * minute);
      if (isAskedAgain || !registered(world).some(({ status }) => status === 'DISABLED')) return;
      isAskedAgain = true;
      for (let count = 0; count < max; count += 1) arrive(world, 4 * minute);
    },
    left: oneOfEach,
  };
}
