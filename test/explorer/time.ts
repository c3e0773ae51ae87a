// Virtual time as the explorer's parts share it. Types only: whoever has a world has one.

import type { Timeline } from '../../simulate/timeline.ts';

export interface Time {
  readonly timeline: Timeline;
  readonly startedAt: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  later(ms: number, happen: () => void): void;
}
