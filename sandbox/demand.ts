// Which builds arrive in the sandbox, and when. Deterministic for a seed; it knows neither HTTP nor runners.

import type { BuildOrder } from '../simulate/builds.ts';
import type { CiService } from '../simulate/ci-service.ts';
import type { Timeline } from '../simulate/timeline.ts';

/** `waves`: calm and busy spells. `burst`: fifty builds at once, every hour. `quiet`: none, for builds of one's own. */
export type Scenario = 'waves' | 'burst' | 'quiet';

export interface DemandOptions {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly service: CiService;
  /** Where builds go: the scope and labels of each group. */
  readonly places: readonly Pick<BuildOrder, 'scope' | 'labels'>[];
  /** In [0, 1). */
  readonly random: () => number;
}

const minuteMs = 60_000;
/** A calm and a busy spell together. */
const waveMs = 20 * minuteMs;
/** Builds that arrive at the top of each burst. */
const burstSize = 50;
/** Before the first builds, so that runners are online: Bitbucket fails a step that finds none. */
const leadMs = 2 * minuteMs;

type Place = DemandOptions['places'][number];

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
  const { timeline, service, random } = options;
  const startsAt = timeline.now;
  const next = (at: number): void => {
    const rate = Math.max(0.05, rateAt(at - startsAt + offsetMs));
    const due = at + (-Math.log(1 - random()) / rate) * minuteMs;
    timeline.plan(Math.min(due, at + minuteMs), (now) => {
      if (due <= now) service.arrive({ ...place, runMs: runMs(random) });
      next(now);
    });
  };
  timeline.plan(startsAt + leadMs, next);
}

function planBursts({ timeline, service, random }: DemandOptions, place: Place): void {
  const burst = (at: number): void => {
    for (let index = 0; index < burstSize; index += 1) {
      service.arrive({ ...place, runMs: 10 * minuteMs + runMs(random) });
    }
    timeline.plan(at + 60 * minuteMs, burst);
  };
  timeline.plan(timeline.now + leadMs, burst);
}

/** Plans the arrivals; they happen as the timeline is advanced. */
export function planDemand(options: DemandOptions): void {
  options.places.forEach((place, index) => {
    if (options.scenario === 'waves') planWaves(options, place, (index * waveMs) / 3);
    if (options.scenario === 'burst' && index === 0) planBursts(options, place);
  });
}
