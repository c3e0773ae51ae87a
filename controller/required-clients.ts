// Which services a config needs, so that a missing credential is told at the start rather than at the first tick.

import type { Clients } from '../core/clients/clients.ts';
import type { Config, Group } from '../core/config/config.ts';

function isOnEc2(group: Group): boolean {
  return group.service === 'circleci' && group.target.kind === 'auto-scaling-group';
}

/** @throws ConfigError for a credential or a kubeconfig that is missing */
export function requireClients({ groups, discovery, constants }: Config, clients: Clients): void {
  if (groups.some(({ service }) => service === 'bitbucket')) clients.bitbucket(constants);
  if (discovery || groups.some(({ service }) => service === 'circleci')) clients.circleCi();
  if (discovery?.cronJobs || !groups.every(isOnEc2)) clients.kubernetes();
}
