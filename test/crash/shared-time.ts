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

/** As the cluster itself names times; what a program stamps on an object is virtual already. */
const writtenTime = /"(\w+(?:Time|Timestamp))":\s*"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"/g;

/** An answer of a real cluster with its times, which are real, as virtual ones: what is young must not look old. */
export function inSharedTime({ virtualStart, realStart, speed }: SharedTime, answer: string): string {
  return answer.replaceAll(writtenTime, (_, name: string, real: string) => {
    const virtual = new Date(virtualStart + (Date.parse(real) - realStart) * speed);
    return `"${name}":"${virtual.toISOString()}"`;
  });
}
