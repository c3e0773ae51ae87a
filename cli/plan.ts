// The command `plan`: prints what each group would do now, and what the cleaner would remove. Changes nothing.

import { planCleaning, type PlannedCleaning } from '../cleaner/plan.ts';
import type { Action, Decision } from '../controller/decide/decision.ts';
import { plan, type Plan, type PlannedGroup } from '../controller/plan.ts';
import { configFromEnvironment } from '../core/config/environment.ts';
import { systemClock } from '../core/process/clock.ts';
import { honourProxy } from '../core/process/proxy.ts';
import { printableData } from '../core/printable.ts';
import type { Output } from './check.ts';
import { configPathFrom, jobTemplatePathFrom } from './files.ts';
import { exitCodes } from './options.ts';
import { describeAction, describeActions, describeLimits, describeStarts } from './words.ts';

export interface PlanFlags {
  readonly config?: string;
  readonly jobTemplate?: string;
  readonly output: 'text' | 'json';
}

/** Part of every plan, as text and as JSON. */
const assumption =
  'The plan assumes that each runner has been in its present state since it was created, and that no build begins or ends. ' +
  'It cannot see when a runner had its last build: a runner that had one within the cool-down is disabled when the cool-down is over. ' +
  'The cleaner removes only what two sweeps and a last check find stale.';

const noGroup =
  'There is no group: the configuration declares none, and discovery has found none. Run `doctor` to see where discovery looks.';

function capacityLine({ capacity }: PlannedGroup): string {
  if (capacity === undefined) return '  capacity  unknown';
  return `  capacity  ${Object.entries(capacity)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ')}`;
}

/** What follows each action; nothing follows the others. */
const nextSteps: Partial<Record<Action['kind'], string>> = {
  retire: 'takes no new build; deleted once it has been seen idle for 60 s',
  remove: 'disabled and idle; deleted once it has been seen idle for 60 s',
  discard: 'nothing runs it any more',
};

function actionLine(action: Action): string {
  const nextStep = nextSteps[action.kind];
  return describeAction(action) + (nextStep === undefined ? '' : `: ${nextStep}`);
}

function block(planned: PlannedGroup): string {
  const { group, from, to, reason, because, limits, actions } = planned.decision;
  const change = from === undefined ? 'unknown, hold' : `${from} → ${to ?? from} enabled`;
  const lines = [group, `  ${change}`, capacityLine(planned), `  because   ${because} [${reason}]`];
  lines.push(...describeStarts(planned.decision), ...describeLimits(limits));
  return [...lines, ...(actions.length === 0 ? describeActions(actions) : actions.map(actionLine))].join(
    '\n',
  );
}

function cleaningBlock({ group, stale, remove, hold }: PlannedCleaning): string[] {
  const lines = (stale ?? []).map((verdict) => {
    const word = remove.includes(verdict) ? 'remove' : 'stale ';
    return `  ${word}    ${verdict.id}: ${verdict.because} [${verdict.reason}]`;
  });
  if (hold !== undefined) lines.unshift(`  hold      ${hold}`);
  return lines.length === 0 ? [] : [`cleaner, ${group}`, ...lines];
}

function textOf({ groups: planned, notes }: Plan, cleaning: readonly PlannedCleaning[]): string {
  const lines = cleaning.flatMap(cleaningBlock);
  const cleaner = lines.length === 0 ? 'cleaner\n  nothing is stale' : lines.join('\n');
  const none = planned.length === 0 ? [noGroup] : [];
  const told =
    notes.length === 0 ? [] : [notes.map(({ level, message }) => `${level}: ${message}`).join('\n')];
  const cleans = cleaning.length === 0 ? [] : [cleaner];
  return [...none, ...told, ...planned.map(block), ...cleans, assumption].join('\n\n');
}

/** Times as `/status` has them, too. */
function withDates({ groups, notes }: Plan): object {
  const dated = (decision: Decision): object => ({ ...decision, at: new Date(decision.at).toISOString() });
  const shown = groups.map(({ decision, steps, ...rest }) => ({
    ...{ decision: dated(decision), steps: steps.map(dated) },
    ...rest,
  }));
  return { groups: shown, notes };
}

export function printPlan(
  planned: Plan,
  cleaner: readonly PlannedCleaning[],
  output: PlanFlags['output'],
): string {
  return output === 'json'
    ? JSON.stringify({ ...withDates(planned), cleaner, assumption }, null, 2)
    : textOf(printableData(planned), printableData(cleaner));
}

/**
 * @returns the exit code: 1 if a group could not be observed, or has no namespace. The account of the controller need not have the cleaner's
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
  output.stdout(`${printPlan(planned, cleaner, flags.output)}\n`);
  const { groups, notes } = planned;
  const failed =
    groups.some(({ capacity }) => capacity === undefined) || notes.some(({ level }) => level === 'problem');
  return failed ? exitCodes.failed : exitCodes.done;
}
