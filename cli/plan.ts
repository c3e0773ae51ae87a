// The command `plan`: prints what each group would do now. Changes nothing.

import { plan, type PlannedGroup } from '../controller/plan.ts';
import { configFromEnvironment } from '../core/config/environment.ts';
import { systemClock } from '../core/process/clock.ts';
import { honourProxy } from '../core/process/proxy.ts';
import type { Output } from './check.ts';
import { configPathFrom, jobTemplatePathFrom } from './files.ts';
import { describeActions, describeLimits } from './words.ts';

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
  return [...lines, ...describeLimits(limits), ...describeActions(actions)].join('\n');
}

/** @returns the exit code: 1 if a group could not be observed */
export async function planCommand(flags: PlanFlags, output: Output): Promise<number> {
  honourProxy(process.env);
  const planned = await plan({
    configPath: configPathFrom(flags.config, configFromEnvironment(process.env) !== undefined),
    jobTemplatePath: jobTemplatePathFrom(flags.jobTemplate),
    env: process.env,
    clock: systemClock,
    random: Math.random,
  });
  const text =
    flags.output === 'json' ? JSON.stringify({ groups: planned }, null, 2) : planned.map(block).join('\n\n');
  output.stdout(`${text}\n`);
  return planned.some(({ capacity }) => capacity === undefined) ? 1 : 0;
}
