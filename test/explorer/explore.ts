// Many episodes one after the other, until so many ticks are explored or a promise is broken; and a failure's shortest script.

import { runEpisode, type Outcome } from './episode.ts';
import { writePlan, type FaultKind } from './plan.ts';
import type { PromiseName } from './promises.ts';
import { shrink } from './shrink.ts';

export interface Exploration {
  readonly episodes: number;
  readonly ticks: number;
  readonly sweeps: number;
  readonly builds: number;
  readonly registered: number;
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

export async function shortest(episode: number, { plan, broken }: Outcome): Promise<Failure> {
  const fails = async (part: Outcome['plan']): Promise<boolean> =>
    (await runEpisode(episode, part)).broken?.promise === broken?.promise;
  const script = await shrink(plan, fails);
  const last = await runEpisode(episode, script);
  const message = `episode ${episode} (${last.setting.kind}): ${last.broken?.message ?? broken?.message ?? ''}`;
  return { message, command: `npm run explore -- --episode ${episode} --plan "${writePlan(script)}"` };
}

/** @param each told of every episode as it ends */
export async function explore(
  seed: number,
  leastTicks: number,
  each: (outcome: Outcome) => void = () => undefined,
): Promise<Exploration> {
  const sum = { episodes: 0, ticks: 0, sweeps: 0, builds: 0, registered: 0 };
  const faults: Partial<Record<FaultKind, number>> = {};
  const kinds: Record<string, number> = {};
  const broken: Partial<Record<PromiseName, number>> = {};
  const failures: Failure[] = [];
  while (sum.ticks < leastTicks && failures.length < mostFailures) {
    const episode = seed * episodesPerSeed + sum.episodes;
    const outcome = await runEpisode(episode);
    const { counts, setting } = outcome;
    sum.episodes += 1;
    for (const key of ['ticks', 'sweeps', 'builds', 'registered'] as const) sum[key] += counts[key];
    for (const [kind, times] of Object.entries(counts.faults)) count(faults, kind as FaultKind, times);
    count(kinds, setting.kind);
    each(outcome);
    if (outcome.broken === undefined) continue;
    count(broken, outcome.broken.promise);
    failures.push(await shortest(episode, outcome));
  }
  return { ...sum, faults, kinds, broken, failures };
}
