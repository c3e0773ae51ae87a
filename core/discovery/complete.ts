// Where a config says that groups are found, and the config completed with them: one reading for both programs. It looks at nothing.

import type { Clients } from '../clients/clients.ts';
import type { Config } from '../config/config.ts';
import type { Finder } from './finder.ts';
import { groupsOf } from './found.ts';
import { cronJobPlace, regionPlace, type Place } from './places.ts';

export function placesOf(
  { discovery }: Config,
  clients: Pick<Clients, 'kubernetes' | 'autoScaling'>,
): readonly Place[] {
  if (discovery === undefined) return [];
  const { circleCiNamespace, autoScalingGroups, cronJobs } = discovery;
  const regions = autoScalingGroups?.regions ?? [];
  return [
    ...regions.map((region) => regionPlace(clients.autoScaling(region), circleCiNamespace)),
    ...(cronJobs === undefined
      ? []
      : [cronJobPlace(clients.kubernetes(), cronJobs.namespace, circleCiNamespace)]),
  ];
}

/** The config with the groups that were found. */
export function complete(config: Config, finder: Finder): Config {
  if (config.discovery === undefined) return config;
  const found = groupsOf(finder.known(), config.discovery, config.groups);
  return { ...config, groups: [...config.groups, ...found] };
}
