// Observe and decide for every group as a running controller would, without a way to change anything: the plan.

import { readFileSync } from 'node:fs';
import { Clients } from '../core/clients/clients.ts';
import { complete, placesOf } from '../core/discovery/complete.ts';
import { Finder } from '../core/discovery/finder.ts';
import type { Env } from '../core/environment.ts';
import type { Clock } from '../core/process/clock.ts';
import { foresee, type Foresight } from './decide/foresee.ts';
import { policyOf } from './decide/policy.ts';
import { capacityOf, type Capacity } from './decide/snapshot.ts';
import { Plants } from './plants.ts';
import { planNotes, type PlanNote } from './plan-notes.ts';
import { observe } from './reconcile.ts';
import { readSettings } from './settings.ts';

export interface PlanOptions {
  readonly configPath: string | undefined;
  readonly jobTemplatePath: string;
  readonly env: Env;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface PlannedGroup extends Foresight {
  /** Undefined if the group could not be observed. */
  readonly capacity: Capacity | undefined;
}

export interface Plan {
  readonly groups: readonly PlannedGroup[];
  readonly notes: readonly PlanNote[];
}

/** A place that can not be searched may hold groups: it is shown as one that is held, rather than as none (P3). */
function unsearched(finder: Finder, at: number): PlannedGroup[] {
  return finder.failing().map(([group, because]) => {
    const nothing = { from: undefined, to: undefined, actions: [], limits: [] };
    const decision = { at, group, because, reason: 'target-unavailable', ...nothing } as const;
    return { decision, steps: [decision], capacity: undefined };
  });
}

/** @throws ConfigError */
export async function plan(options: PlanOptions): Promise<Plan> {
  const { configPath, jobTemplatePath, env, clock, random } = options;
  const paths = { config: configPath, jobTemplate: jobTemplatePath, env };
  const { config, template, warnings } = await readSettings(paths);
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const clients = new Clients({ env, clock, random, readFile, onCall: () => undefined });
  const warn = (): void => undefined;
  const plants = new Plants({ clients, clock, random, warn, template: () => template });
  const finder = new Finder({ places: placesOf(config, clients), warn });
  await finder.look();
  const notes = await planNotes({ config, warnings, finder, clients });
  const planned = await Promise.all(
    complete(config, finder).groups.map(async (group): Promise<PlannedGroup> => {
      const policy = policyOf(group, config);
      const observation = await observe(plants.build(group, config), policy, clock, policy.pollingIntervalMs);
      const foresight = foresee(policy, observation, clock.now());
      return {
        ...foresight,
        capacity: observation.ok ? capacityOf(observation.snapshot.members) : undefined,
      };
    }),
  );
  return { groups: [...planned, ...unsearched(finder, clock.now())], notes };
}
