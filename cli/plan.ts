// The command `plan`: prints what each group would do now, and what the cleaner would remove. Changes nothing.

import { planCleaning, type PlannedCleaning } from '../cleaner/plan.ts';
import { plan, type PlannedGroup } from '../controller/plan.ts';
import { configFromEnvironment } from '../core/config/environment.ts';
import { systemClock } from '../core/process/clock.ts';
import { honourProxy } from '../core/process/proxy.ts';
import { printableData } from '../core/printable.ts';
import type { Output } from './check.ts';
import { configPathFrom, jobTemplatePathFrom } from './files.ts';
import { describeActions, describeLimits, describeStarts } from './words.ts';

export interface PlanFlags {
  readonly config?: string;
  readonly jobTemplate?: string;
  readonly output: 'text' | 'json';
}

function capacityLine({ capacity }: PlannedGroup): string {
  if (capacity === undefined) return '  capacity  unknown';
  return `  capacity  ${Object.entries(capacity)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ')}`;
}

function block(planned: PlannedGroup): string {
  const { group, from, to, reason, because, limits, actions } = planned.decision;
  const change = from === undefined ? 'unknown, hold' : `${from} → ${to ?? from} enabled`;
  const lines = [group, `  ${change}`, capacityLine(planned), `  because   ${because} [${reason}]`];
  lines.push(...describeStarts(planned.decision));
  return [...lines, ...describeLimits(limits), ...describeActions(actions)].join('\n');
}

function cleaningBlock({ group, stale, hold }: PlannedCleaning): string[] {
  const lines = (stale ?? []).map(({ id, reason, because }) => `  stale     ${id}: ${because} [${reason}]`);
  if (hold !== undefined) lines.unshift(`  hold      ${hold}`);
  return lines.length === 0 ? [] : [`cleaner, ${group}`, ...lines];
}

function textOf(planned: readonly PlannedGroup[], cleaning: readonly PlannedCleaning[]): string {
  const lines = cleaning.flatMap(cleaningBlock);
  const cleaner = lines.length === 0 ? 'cleaner\n  nothing is stale' : lines.join('\n');
  return [...planned.map(block), ...(cleaning.length === 0 ? [] : [cleaner])].join('\n\n');
}

/**
 * @returns the exit code: 1 if a group could not be observed. The account of the controller need not have the cleaner's
 * rights, so what the cleaner can't see with it is told as a hold and is no failure.
 */
export async function planCommand(flags: PlanFlags, output: Output): Promise<number> {
  honourProxy(process.env);
  const options = {
    configPath: configPathFrom(flags.config, configFromEnvironment(process.env) !== undefined),
    jobTemplatePath: jobTemplatePathFrom(flags.jobTemplate),
    env: process.env,
    clock: systemClock,
    random: Math.random,
  };
  const planned = await plan(options);
  const cleaner = await planCleaning(options);
  const text =
    flags.output === 'json'
      ? JSON.stringify({ groups: planned, cleaner }, null, 2)
      : textOf(printableData(planned), printableData(cleaner));
  output.stdout(`${text}\n`);
  return planned.some(({ capacity }) => capacity === undefined) ? 1 : 0;
}
