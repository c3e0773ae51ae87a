// A Bitbucket group's life: it starts, grows under four builds, shrinks, and loses a Job to somebody's hand.

import { createKubernetesClient } from '../../../core/clients/kubernetes/client.ts';
import { jobName } from '../../../core/job-names.ts';
import { arrive, bitbucketConfig, oneOfEach, registered } from './bitbucket-group.ts';
import { minute, type Scene, type Setting } from './scene.ts';

/** Of one that has no build and says so: people do not end their own. @returns whether there was one */
async function deleteJobByHand({ world, clock, kubeconfig }: Setting): Promise<boolean> {
  const { service } = world;
  const isIdle = (id: string): boolean => service.buildOn(id) === undefined && service.reportsTruly(id);
  const idle = registered(world).find(({ id, status }) => status === 'ONLINE' && isIdle(id));
  if (idle === undefined) return false;
  const client = createKubernetesClient({ kubeconfig: { path: kubeconfig }, clock });
  await client.deleteJob('runners', jobName(idle.id));
  return true;
}

export function bitbucketScene(): Scene {
  let isJobDeleted = false;
  return {
    config: bitbucketConfig,
    async live(setting, at) {
      if (at === 2 || at === 4) for (let count = 0; count < 2; count += 1) arrive(setting.world, 4 * minute);
      if (at >= 18 && !isJobDeleted) isJobDeleted = await deleteJobByHand(setting);
    },
    left: oneOfEach,
  };
}
