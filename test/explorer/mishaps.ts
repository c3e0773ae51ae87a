// What may happen to runners, to a whole service, and by other people's hands. Each kind of the plan, carried out once.

import { jobName } from '../../core/job-names.ts';
import type { Network } from './network.ts';
import type { WorldFault } from './plan.ts';
import { minute } from './setting.ts';
import { scope, type World } from './world.ts';

export interface Victims {
  readonly world: World;
  readonly network: Network;
}

function victim({ service }: World, chance: number): string | undefined {
  const all = service.list(scope);
  return all[Math.floor(chance * all.length)]?.id;
}

function silenceAll(world: World, chance: number): void {
  const ids = world.service.list(scope).map(({ id }) => id);
  for (const id of ids) world.cutOff(id);
  world.later((2 + 20 * chance) * minute, () => ids.forEach((id) => world.reconnect(id)));
}

type OfOne = Exclude<WorldFault, 'outage' | 'imageless' | 'mass-silence'>;

function toOne(world: World, id: string, kind: OfOne, chance: number): void {
  const isIdle = world.service.buildOn(id) === undefined;
  switch (kind) {
    case 'die':
      return world.die(id);
    case 'cut-off':
      return world.cutOff(id);
    case 'network-loss':
      world.cutOff(id);
      return world.later((0.2 + 10 * chance) * minute, () => world.reconnect(id));
    case 'sicken':
      return world.service.sicken(id);
    // People do not end their own builds.
    case 'deregistered-by-hand':
      return void (isIdle && world.service.deregister(scope, id));
    case 'job-deleted-by-hand':
      return void (isIdle && world.dropJob(jobName(id)));
  }
}

/** False if there was nobody to hurt. */
export function hurt({ world, network }: Victims, kind: WorldFault, chance: number): boolean {
  if (kind === 'outage') {
    const until = world.now + chance * 15 * minute;
    network.outageUntil.set(chance < 0.5 ? 'bitbucket' : 'kubernetes', until);
    return true;
  }
  if (kind === 'imageless') {
    world.imagesFail = true;
    world.later((1 + 20 * chance) * minute, () => void (world.imagesFail = false));
    return true;
  }
  if (kind === 'mass-silence') {
    silenceAll(world, chance);
    return true;
  }
  const id = victim(world, chance);
  if (id !== undefined) toOne(world, id, kind, chance);
  return id !== undefined;
}
