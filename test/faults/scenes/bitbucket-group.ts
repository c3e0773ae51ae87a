// The Bitbucket group of the matrix: its config, its runners, and what is left when all is well. No faults, no story.

import { worldScope } from '../../../sandbox/bitbucket/identity.ts';
import type { World } from '../../../sandbox/world.ts';
import { configOf, max, openJobs } from './scene.ts';

const scope = worldScope({ workspace: 'acme' });

export const bitbucketConfig = configOf({
  groups: [
    {
      ...{ name: 'Linux', workspace: 'acme', labels: ['small'], namespace: 'runners' },
      strategy: 'percentageRunnersIdle',
      parameters: {
        ...{ min: 1, max, scale_up_threshold: 0.5, scale_down_threshold: 0.3 },
        ...{ scale_up_multiplier: 3, scale_down_multiplier: 0.5 },
      },
    },
  ],
});

export function registered({ service }: World): readonly { readonly id: string; readonly status: string }[] {
  return service.list(scope);
}

export function arrive({ service }: World, runMs: number): void {
  service.arrive({ scope, labels: ['small'], runMs });
}

/** One registration that is online, with one Job and one Secret. */
export function oneOfEach(world: World): readonly string[] {
  const runners = registered(world);
  const jobs = openJobs(world);
  const secrets = world.kubernetes.objects('Secret');
  const counts = `${runners.length} registrations, ${jobs.length} Jobs, ${secrets.length} Secrets`;
  const isRight = runners.length === 1 && jobs.length === 1 && secrets.length === 1;
  const online = runners.filter(({ status }) => status === 'ONLINE').length;
  return isRight && online === 1 ? [] : [`${counts}, ${online} online, where one of each should be`];
}
