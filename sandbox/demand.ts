// Which builds arrive in the sandbox, and when. Deterministic for a seed; it knows neither HTTP nor runners.

import type { Timeline } from '../simulate/timeline.ts';

/**
 * `waves`: calm and busy spells; `bitbucket` and `circleci` are waves at one service alone. `burst`: fifty builds at once,
 * every hour. `quiet`: none, for builds of one's own.
 */
export type Scenario = (typeof scenarios)[number];
export const scenarios = ['waves', 'burst', 'quiet', 'bitbucket', 'circleci'] as const;

export interface DemandOptions {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  /** Where builds go: one for each group. */
  readonly places: readonly Place[];
  /** In [0, 1). */
  readonly random: () => number;
}

const minuteMs = 60_000;
/** A calm and a busy spell together: long enough that the calls of an hour pay for the runners of each, beside the looking. */
const waveMs = 30 * minuteMs;
/** Builds that arrive at the top of each burst. */
const burstSize = 50;
/** Before the first builds, so that runners are online: Bitbucket fails a step that finds none. */
const leadMs = 2 * minuteMs;

export interface Place {
  /** A build arrives now that runs for so many milliseconds. */
  arrive(runMs: number): void;
}

/** Most builds are short, some are long: 1 to 8 minutes. */
function runMs(random: () => number): number {
  return minuteMs * (1 + 7 * random() ** 2);
}

/** Builds per minute: a smooth hill in the second half of each wave. */
function rateAt(sinceStart: number): number {
  const phase = (sinceStart % waveMs) / waveMs;
  return phase < 0.5 ? 0.15 : 0.15 + 4 * Math.sin((phase - 0.5) * 2 * Math.PI);
}

function planWaves(options: DemandOptions, place: Place, offsetMs: number): void {
  const { timeline, random } = options;
  const startsAt = timeline.now;
  const next = (at: number): void => {
    const rate = Math.max(0.05, rateAt(at - startsAt + offsetMs));
    const due = at + (-Math.log(1 - random()) / rate) * minuteMs;
    timeline.plan(Math.min(due, at + minuteMs), (now) => {
      if (due <= now) place.arrive(runMs(random));
      next(now);
    });
  };
  timeline.plan(startsAt + leadMs, next);
}

function planBursts({ timeline, random }: DemandOptions, place: Place): void {
  const burst = (at: number): void => {
    for (let index = 0; index < burstSize; index += 1) {
      place.arrive(10 * minuteMs + runMs(random));
    }
    timeline.plan(at + 60 * minuteMs, burst);
  };
  timeline.plan(timeline.now + leadMs, burst);
}

/** Plans the arrivals; they happen as the timeline is advanced. */
export function planDemand(options: DemandOptions): void {
  options.places.forEach((place, index) => {
    if (options.scenario === 'quiet') return;
    if (options.scenario !== 'burst') planWaves(options, place, (index * waveMs) / 3);
    else if (index === 0) planBursts(options, place);
  });
}
