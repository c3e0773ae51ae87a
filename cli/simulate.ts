// The command `simulate`: replays a trace against one or two configs and prints what would have happened.

import { readFile } from 'node:fs/promises';
import { policyOf, type Policy } from '../controller/decide/policy.ts';
import { readConfigFile } from '../core/config/read.ts';
import { ConfigError, messageOf } from '../core/errors.ts';
import { drawSimulations } from './simulation-chart.ts';
import { quantile, simulate, type Arrival, type SimulationResult } from '../simulate/simulate.ts';
import { parseTrace } from '../simulate/trace.ts';
import type { Output } from './check.ts';

export interface SimulateFlags {
  readonly trace: string;
  readonly against?: string;
  readonly group?: string;
  readonly boot: number;
  readonly output: 'table' | 'json' | 'svg';
}

interface Run {
  readonly file: string;
  readonly max: number;
  readonly result: SimulationResult;
}

function complain(file: string, message: string): never {
  throw new ConfigError([{ file, line: 1, column: 1, path: '', message }]);
}

async function readPolicy(file: string, name: string | undefined): Promise<Policy> {
  const { config, problems } = await readConfigFile(file);
  if (config === undefined) throw new ConfigError(problems);
  const group =
    name === undefined ? config.groups[0] : config.groups.find((candidate) => candidate.name === name);
  if (group === undefined)
    complain(file, name === undefined ? 'there is no group in it' : `there is no group "${name}"`);
  return policyOf(group, config);
}

async function readTrace(file: string): Promise<readonly Arrival[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) =>
    complain(file, `can not be read: ${messageOf(error)}`),
  );
  const { arrivals, problems } = parseTrace(text, file);
  if (arrivals === undefined) throw new ConfigError(problems);
  return arrivals;
}

const hourMs = 3_600_000;
const vendorLimit = 100;

function run(policy: Policy, demand: readonly Arrival[], bootMs: number): SimulationResult {
  const model = {
    ...{ reportEveryMs: 30_000, offlineAfterMs: 90_000, runnerLimit: Math.max(vendorLimit, policy.rule.max) },
    ...{ failsWithoutRunner: false, room: Number.MAX_SAFE_INTEGER, bootMs: () => bootMs, creationMs: 300 },
  };
  return simulate({ policy, model, demand, warmUpMs: hourMs, coolOffMs: hourMs });
}

function minutes(ms: number): string {
  return `${(ms / 60_000).toFixed(1)} min`;
}

/** Where `max` was reached, builds may have waited for nothing else. */
function mostAtATime({ registeredAtMost }: SimulationResult, max: number): string {
  return `${registeredAtMost}${registeredAtMost >= max ? ' (max)' : ''}`;
}

const rows: readonly (readonly [string, (result: SimulationResult, max: number) => string])[] = [
  ['builds done', ({ done }) => String(done)],
  ['builds killed', ({ killed }) => String(killed)],
  ['wait, median', ({ waits }) => minutes(quantile(waits, 0.5))],
  ['wait, 95 %', ({ waits }) => minutes(quantile(waits, 0.95))],
  ['wait, longest', ({ waits }) => minutes(waits.at(-1) ?? 0)],
  ['runners made', ({ registeredEver }) => String(registeredEver)],
  ['most at a time', mostAtATime],
  ['runner-hours', ({ runnerHours }) => runnerHours.toFixed(1)],
  ['changes', ({ changes }) => String(changes)],
  ['API calls', ({ apiCalls }) => String(apiCalls)],
];

function table(runs: readonly Run[]): string {
  const head = ['', ...runs.map(({ file }) => file)];
  const body = rows.map(([name, show]) => [name, ...runs.map(({ result, max }) => show(result, max))]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...body].map((cells) => (cells[column] ?? '').length)),
  );
  return [head, ...body]
    .map((cells) =>
      cells
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function print(runs: readonly Run[], format: SimulateFlags['output']): string {
  if (format === 'svg') return drawSimulations(runs.map(({ file, result }) => ({ title: file, result })));
  if (format === 'table') return table(runs);
  return JSON.stringify(
    runs.map(({ file, result: { waits, samples, ...rest } }) => {
      const wait = {
        p50Ms: quantile(waits, 0.5),
        p95Ms: quantile(waits, 0.95),
        longestMs: waits.at(-1) ?? 0,
      };
      return { file, ...rest, wait, looks: samples.length };
    }),
    null,
    2,
  );
}

/** @throws ConfigError for a bad config or trace */
export async function simulateCommand(file: string, flags: SimulateFlags, output: Output): Promise<number> {
  const demand = await readTrace(flags.trace);
  const files = [file, ...(flags.against === undefined ? [] : [flags.against])];
  const runs: Run[] = [];
  for (const config of files) {
    const policy = await readPolicy(config, flags.group);
    runs.push({ file: config, max: policy.rule.max, result: run(policy, demand, flags.boot * 1000) });
  }
  output.stdout(`${print(runs, flags.output)}\n`);
  return 0;
}
