// What the cleaner would remove of CircleCI groups, by one look without a way to remove anything. Instances take several looks.

import type { CircleCiGroup, Config } from '../../core/config/config.ts';
import { plannedFrom, plannedHold, type PlannedCleaning } from '../planned.ts';
import { termsOf } from '../stale/terms.ts';
import { Reads } from './reads.ts';
import { GroupSearch } from './search.ts';
import { holdOf, yardFor, type CircleCiSweeperOptions } from './sweep.ts';

type PlanOptions = Pick<CircleCiSweeperOptions, 'clients' | 'clock'>;

async function planOne(
  group: CircleCiGroup,
  config: Config,
  reads: Reads,
  options: PlanOptions,
): Promise<PlannedCleaning> {
  try {
    return plannedFrom(group.name, await yardFor(group, options).look(reads, termsOf(config)));
  } catch (error) {
    return plannedHold(group.name, holdOf(error));
  }
}

/** A place that can not be searched may hold groups: it is shown as one that is held, rather than as none (P3). */
export async function planCircleCi(config: Config, options: PlanOptions): Promise<PlannedCleaning[]> {
  const search = new GroupSearch({ clients: options.clients, warn: () => undefined });
  await search.look(config);
  const groups = search.known(config);
  const reads = new Reads(options.clients, groups);
  const planned = await Promise.all(groups.map((group) => planOne(group, config, reads, options)));
  const unsearched = search.failing().map(([group, hold]) => plannedHold(group, hold));
  return [...planned, ...unsearched];
}
