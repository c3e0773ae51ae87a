// A Bitbucket group whose first runners do not come online: pods refused, then an image that is not there, then all is well.

import type { PodMishap } from '../../../sandbox/pod-mishaps.ts';
import { arrive, bitbucketConfig, oneOfEach, registered } from './bitbucket-group.ts';
import { minute, type Scene } from './scene.ts';

const quota =
  'pods "runner" is forbidden: exceeded quota: runners, requested: pods=1, used: pods=0, limited: pods=0';
const image = 'Back-off pulling image "runner"';

function mishapAt(at: number): PodMishap | undefined {
  if (at < 7) return { kind: 'refused', message: quota };
  return at < 14 ? { kind: 'stuck', reason: 'ImagePullBackOff', message: image } : undefined;
}

export function failedStartsScene(): Scene {
  let hasWorked = false;
  return {
    config: bitbucketConfig,
    live({ world }, at) {
      world.podMishap = mishapAt(at);
      if (hasWorked || !registered(world).some(({ status }) => status === 'ONLINE')) return;
      hasWorked = true;
      arrive(world, 4 * minute);
    },
    left: (world) => [...(hasWorked ? [] : ['no runner ever came online']), ...oneOfEach(world)],
    told: ['"quota"', '"image-pull"'],
  };
}
