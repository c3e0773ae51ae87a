// What the cleaner would remove, without a way to remove anything. One look; what is stale in it goes if it stays so.

import { readFileSync } from 'node:fs';
import { Clients } from '../core/clients/clients.ts';
import type { Config } from '../core/config/config.ts';
import type { Env } from '../core/environment.ts';
import type { Clock } from '../core/process/clock.ts';
import { planCircleCi } from './circleci/plan.ts';
import { observe } from './observe.ts';
import type { PlannedCleaning } from './planned.ts';
import { readSettings } from './settings.ts';
import { emptyMemory, pass } from './stale/pass.ts';
import { termsOf } from './stale/terms.ts';
import { sweptGroups } from './sweep.ts';

export type { PlannedCleaning } from './planned.ts';

export interface CleaningPlanOptions {
  readonly configPath: string | undefined;
  readonly env: Env;
  readonly clock: Clock;
  readonly random: () => number;
}

async function bitbucketGroups(config: Config, clients: Clients, now: number): Promise<PlannedCleaning[]> {
  const groups = sweptGroups(config);
  if (groups.length === 0) return [];
  const sides = { bitbucket: clients.bitbucket(config.constants), kubernetes: clients.kubernetes() };
  const seen = await observe(sides, groups);
  return groups.map(({ name: group }): PlannedCleaning => {
    const observation = seen.get(group);
    if (observation?.ok !== true) return { group, stale: undefined, hold: observation?.message };
    const { stale, brake } = pass(observation.subjects, termsOf(config), emptyMemory, now);
    return { group, stale, hold: brake?.because };
  });
}

/** Empty where the cleaner is switched off or has no group. @throws ConfigError */
export async function planCleaning(options: CleaningPlanOptions): Promise<readonly PlannedCleaning[]> {
  const { configPath, env, clock, random } = options;
  const { config } = await readSettings({ config: configPath, env });
  if (!config.cleaner.enabled) return [];
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const clients = new Clients({ env, clock, random, readFile, onCall: () => undefined });
  const bitbucket = await bitbucketGroups(config, clients, clock.now());
  return [...bitbucket, ...(await planCircleCi(config, { clients, clock }))];
}
