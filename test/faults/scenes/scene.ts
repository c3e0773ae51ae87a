// What a kind of scene is: the groups of a cell, what happens in the world, and what should be left of it. Types and shared times.

import type { Config } from '../../../core/config/config.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import type { Clock } from '../../../core/process/clock.ts';
import type { World } from '../../../sandbox/world.ts';

export const minute = 60_000;
/** Runners of each group. */
export const max = 4;

export interface Setting {
  readonly world: World;
  readonly clock: Clock;
  /** Past the proxies, for what people do by hand. */
  readonly kubeconfig: string;
}

/** One life of the groups; it is made anew for each cell, and may remember. */
export interface Scene {
  readonly config: Config;
  /** Before the programs start. */
  begin?(setting: Setting): void;
  /** What happens in this minute, before the programs look. */
  live(setting: Setting, at: number): void | Promise<void>;
  /** A complaint for each thing that is there and should not be, or the other way round. */
  left(world: World): readonly string[];
  /** What the cleaner may remove, by the names in its verdicts; anything if left out. */
  mayRemove?(id: string): boolean;
  /** What the programs must have said by the end, whatever failed meanwhile. */
  readonly told?: readonly string[];
}

/** Times short enough that a life of half an hour shows everything. */
const times = {
  constants: {
    ...{ runner_api_polling_interval: 60, fast_polling_interval: 60, runner_cool_down_period: 60 },
    ...{ runner_start_timeout: 240, api_calls_per_hour: 100_000 },
  },
  cleaner: {
    ...{ interval: 120, orphan_grace: 180, offline_grace: 180 },
    ...{ unhealthy_grace: 180, drained_grace: 300 },
  },
};

/** @param given its groups, and what else there is besides times */
export function configOf(given: object): Config {
  const { config, problems = [] } = parseConfig(JSON.stringify({ ...times, ...given }), 'runner_config.yaml');
  if (config === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return config;
}

export function hasEnded(status: unknown): boolean {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly { type: string; status: string }[] };
  return conditions.some(
    ({ type, status: value }) => ['Complete', 'Failed'].includes(type) && value === 'True',
  );
}

/** Names of the Jobs that have not ended. */
export function openJobs({ kubernetes }: World): readonly string[] {
  const open = kubernetes.objects('Job').filter(({ status }) => !hasEnded(status));
  return open.map(({ metadata }) => metadata.name);
}
