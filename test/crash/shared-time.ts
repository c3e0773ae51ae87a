// One virtual time for several processes: each makes its clock of the same numbers. It measures nothing.

import { fasterClock, type Clock } from '../../core/process/clock.ts';

export interface SharedTime {
  /** The virtual time at `realStart`. Both are milliseconds since the epoch. */
  readonly virtualStart: number;
  readonly realStart: number;
  /** Virtual milliseconds in a real one. */
  readonly speed: number;
}

/** A clock that shows what every other clock of the same shared time shows, whenever it is made. */
export function clockOf({ virtualStart, realStart, speed }: SharedTime): Clock {
  return fasterClock(speed, virtualStart + (Date.now() - realStart) * speed);
}
