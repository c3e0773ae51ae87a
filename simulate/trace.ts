// Demand as data: a trace file's text read into arrivals. Pure.

import type { Problem } from '../core/errors.ts';
import type { Arrival } from './simulate.ts';

export type TraceResult =
  | { readonly arrivals: readonly Arrival[]; readonly problems?: undefined }
  | { readonly arrivals?: undefined; readonly problems: readonly Problem[] };

const header = 'arrival_seconds,run_seconds';

function readLine(text: string): Arrival | undefined {
  const [arrival, run, ...rest] = text
    .split(',')
    .map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell)));
  if (arrival === undefined || run === undefined || rest.length > 0) return undefined;
  const isSound = (seconds: number): boolean => Number.isFinite(seconds) && seconds >= 0;
  return isSound(arrival) && isSound(run) ? { atMs: arrival * 1000, runMs: run * 1000 } : undefined;
}

/** A CSV of `arrival_seconds,run_seconds`, one line a build; arrivals count from the first. Every bad line is a problem. */
export function parseTrace(text: string, file: string): TraceResult {
  const problems: Problem[] = [];
  const arrivals: Arrival[] = [];
  const complain = (line: number, message: string): void =>
    void problems.push({ file, line, column: 1, path: '', message });
  const [first = '', ...lines] = text.split(/\r?\n/);
  if (first.trim() !== header) complain(1, `the first line must be "${header}"`);
  lines.forEach((line, index) => {
    if (line.trim() === '') return;
    const arrival = readLine(line);
    if (arrival === undefined)
      complain(index + 2, `"${line.slice(0, 40)}" is not two numbers from 0, such as 120,300`);
    else arrivals.push(arrival);
  });
  if (problems.length === 0 && arrivals.length === 0) complain(1, 'there is no build in it');
  return problems.length > 0 ? { problems } : { arrivals };
}
