// What the cleaner would remove, without a way to remove anything: by one look, as one that has watched for long would judge it.

import { readFileSync } from 'node:fs';
import { Clients } from '../core/clients/clients.ts';
import type { Config } from '../core/config/config.ts';
import type { Env } from '../core/environment.ts';
import type { Clock } from '../core/process/clock.ts';
import { planCircleCi } from './circleci/plan.ts';
import { observe } from './observe.ts';
import { plannedFrom, plannedHold, type PlannedCleaning } from './planned.ts';
import { readSettings } from './settings.ts';
import type { Findings } from './stale/findings.ts';
import { emptyMemory, pass, type Memory } from './stale/pass.ts';
import type { Subject } from './stale/subject.ts';
import { termsOf, type Terms } from './stale/terms.ts';
import { sweptGroups } from './sweep.ts';

export type { PlannedCleaning } from './planned.ts';

export interface CleaningPlanOptions {
  readonly configPath: string | undefined;
  readonly env: Env;
  readonly clock: Clock;
  readonly random: () => number;
}

/** As a cleaner would remember them that has watched them, as they are now, since each was made. */
function asIfWatched(subjects: readonly Subject[], now: number): Memory {
  const runners = subjects.flatMap(({ id, runner }) =>
    runner === undefined ? [] : [[id, { ...runner, updatedAt: runner.createdAt }] as const],
  );
  return { ...emptyMemory, at: now, runners: new Map(runners) };
}

/** What is stale by Bitbucket's own times; and what Bitbucket dates anew while it may be so for long, such as a drained runner. */
function findingsOf(
  subjects: readonly Subject[],
  terms: Terms,
  now: number,
): Pick<Findings, 'stale' | 'brake'> {
  const { stale: dated, brake } = pass(subjects, terms, emptyMemory, now);
  const watched = pass(subjects, terms, asIfWatched(subjects, now), now).stale;
  const known = new Map(dated.map((verdict) => [verdict.id, verdict]));
  const because =
    'removed once the cleaner has seen this state for the whole grace; one look does not show how long it has lasted';
  return {
    stale: watched.map(
      (verdict) => known.get(verdict.id) ?? { id: verdict.id, reason: verdict.reason, because },
    ),
    brake,
  };
}

async function bitbucketGroups(config: Config, clients: Clients, now: number): Promise<PlannedCleaning[]> {
  const groups = sweptGroups(config);
  if (groups.length === 0) return [];
  const sides = { bitbucket: clients.bitbucket(config.constants), kubernetes: clients.kubernetes() };
  const seen = await observe(sides, groups);
  return groups.map(({ name: group }): PlannedCleaning => {
    const observation = seen.get(group);
    if (observation?.ok !== true) return plannedHold(group, observation?.message);
    return plannedFrom(group, findingsOf(observation.subjects, termsOf(config), now));
  });
}

/** Empty where the cleaner is switched off or has no group. @throws ConfigError */
export async function planCleaning(options: CleaningPlanOptions): Promise<readonly PlannedCleaning[]> {
  const { configPath, env, clock, random } = options;
  const { config } = await readSettings({ config: configPath, env });
  if (!config.cleaner.enabled) return [];
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const clients = new Clients({
    ...{ env, clock, random, readFile, program: 'cleaner', onCall: () => undefined },
  });
  const bitbucket = await bitbucketGroups(config, clients, clock.now());
  return [...bitbucket, ...(await planCircleCi(config, { clients, clock }))];
}
