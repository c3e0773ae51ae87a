// Many episodes one after the other, until so many ticks are explored or a promise is broken; and a failure's shortest script.

import { runTaskEpisode } from './circleci/episode.ts';
import { runEpisode } from './episode.ts';
import type { BrokenPromise, Counts } from './ledger.ts';
import { writePlan, type FaultKind, type PlannedFault } from './plan.ts';
import type { PromiseName } from './ledger.ts';
import { shrink } from './shrink.ts';

export const services = ['bitbucket', 'circleci'] as const;
export type Service = (typeof services)[number];

/** How an episode of either service ended. */
export interface Outcome {
  readonly setting: { readonly kind: string };
  readonly plan: readonly PlannedFault[];
  readonly counts: Counts;
  readonly broken: BrokenPromise | undefined;
}

type Run = (episode: number, plan?: readonly PlannedFault[]) => Promise<Outcome>;

export const runners: Readonly<Record<Service, Run>> = { bitbucket: runEpisode, circleci: runTaskEpisode };

/** Every third episode is CircleCI's, unless one service is asked for. */
function serviceOf(number: number, asked: Service | undefined): Service {
  return asked ?? (number % 3 === 2 ? 'circleci' : 'bitbucket');
}

export interface Exploration {
  readonly episodes: number;
  readonly ticks: number;
  readonly sweeps: number;
  readonly builds: number;
  readonly registered: number;
  readonly removed: number;
  readonly unseen: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly kinds: Readonly<Record<string, number>>;
  readonly broken: Readonly<Partial<Record<PromiseName, number>>>;
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly message: string;
  /** Replays it. */
  readonly command: string;
}

/** So that two explorations share no episode. */
const episodesPerSeed = 100_000;
/** After so many different failures there is enough to mend. */
const mostFailures = 5;

function count<Key extends string>(into: Partial<Record<Key, number>>, key: Key, by = 1): void {
  into[key] = (into[key] ?? 0) + by;
}

export async function shortest(
  service: Service,
  episode: number,
  { plan, broken }: Outcome,
): Promise<Failure> {
  const run = runners[service];
  const fails = async (part: Outcome['plan']): Promise<boolean> =>
    (await run(episode, part)).broken?.promise === broken?.promise;
  const script = await shrink(plan, fails);
  const last = await run(episode, script);
  const message = `${service} episode ${episode} (${last.setting.kind}): ${last.broken?.message ?? broken?.message ?? ''}`;
  return {
    message,
    command: `npm run explore -- --service ${service} --episode ${episode} --plan "${writePlan(script)}"`,
  };
}

/** @param asked one service only; both, if left out */
export async function explore(seed: number, leastTicks: number, asked?: Service): Promise<Exploration> {
  const sum = { episodes: 0, ticks: 0, sweeps: 0, builds: 0, registered: 0, removed: 0, unseen: 0 };
  const faults: Partial<Record<FaultKind, number>> = {};
  const kinds: Record<string, number> = {};
  const broken: Partial<Record<PromiseName, number>> = {};
  const failures: Failure[] = [];
  while (sum.ticks < leastTicks && failures.length < mostFailures) {
    const episode = seed * episodesPerSeed + sum.episodes;
    const service = serviceOf(sum.episodes, asked);
    const outcome = await runners[service](episode);
    const { counts, setting } = outcome;
    sum.episodes += 1;
    for (const key of ['ticks', 'sweeps', 'builds', 'registered', 'removed', 'unseen'] as const)
      sum[key] += counts[key];
    for (const [kind, times] of Object.entries(counts.faults)) count(faults, kind as FaultKind, times);
    count(kinds, setting.kind);
    if (outcome.broken === undefined) continue;
    count(broken, outcome.broken.promise);
    failures.push(await shortest(service, episode, outcome));
  }
  return { ...sum, faults, kinds, broken, failures };
}
