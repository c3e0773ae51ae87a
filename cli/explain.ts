// The command `explain`: asks a running controller why it did what it did, and prints that.

import type { ControllerStatus } from '../controller/main.ts';
import type { GroupStatus, ShownDecision } from '../controller/record/status.ts';
import { printableData } from '../core/printable.ts';
import type { Output } from './check.ts';
import { exitCodes } from './options.ts';
import { refusedEdits } from './refused-edits.ts';
import { askStatus } from './status.ts';
import { describeLimits, describeStarts, foldActions } from './words.ts';

export interface ExplainFlags {
  readonly url: string;
  readonly output: 'text' | 'json';
}

const shown = 10;

function decisionBlock(decision: ShownDecision): string {
  const { at, from, to, reason, because, limits, actions } = decision;
  const change = from === undefined ? 'hold' : `${from} → ${to ?? from}`;
  return [
    `${at}  ${change}  [${reason}]`,
    `  because   ${because}`,
    ...describeStarts(decision),
    ...describeLimits(limits),
    ...foldActions(actions),
  ].join('\n');
}

function groupBlock(group: GroupStatus): string {
  const { name, source, target, policy, decision, decisions } = group;
  const head = `${name}: ${source} → ${target}, min ${policy.min}, max ${policy.max}`;
  const now = decision === null ? 'no decision yet' : `now\n${decisionBlock(decision)}`;
  const before = decisions
    .filter(({ at }) => at !== decision?.at)
    .slice(0, shown)
    .map(decisionBlock);
  const past = before.length === 0 ? [] : ['before', ...before];
  return [head, `last observed ${group.observedAt ?? 'never'}`, now, ...past].join('\n');
}

/** Why this replica cannot be asked; undefined if it leads. */
function standby({ leadership }: ControllerStatus): string | undefined {
  if (leadership.state === 'leading') return undefined;
  if (leadership.state === 'unknown')
    return `This replica does not know who leads: ${leadership.because.replace(/\.$/, '')}.`;
  // An identity is the name of a pod, perhaps followed by `_` and something random.
  const pod = leadership.leader.replace(/_.*$/, '');
  return `This replica stands by; ${pod} leads. Ask it: kubectl port-forward -n NAMESPACE pod/${pod} 8080`;
}

function print(
  status: ControllerStatus,
  groups: readonly GroupStatus[],
  format: ExplainFlags['output'],
): string {
  if (format === 'json') return JSON.stringify({ ...status, groups }, null, 2);
  return groups.length === 0 ? 'The controller has no group yet.' : groups.map(groupBlock).join('\n\n');
}

/**
 * @param name of a group; all groups if left out
 * @returns the exit code: 1 if no controller that leads can be asked, 2 for an unknown group
 */
export async function explainCommand(
  name: string | undefined,
  { url, output: format }: ExplainFlags,
  output: Output,
): Promise<number> {
  const asked = await askStatus<ControllerStatus>(url);
  if (asked.status === undefined) {
    output.stderr(`${asked.problem}\n`);
    return exitCodes.failed;
  }
  const status = printableData(asked.status);
  const why = standby(status);
  if (why !== undefined) {
    output.stderr(`${why}\n`);
    return exitCodes.failed;
  }
  const groups = status.groups.filter((group) => name === undefined || group.name === name);
  if (name !== undefined && groups.length === 0) {
    const names = status.groups.map((group) => `"${group.name}"`).join(', ') || 'none yet';
    output.stderr(`There is no group "${name}". The groups are: ${names}.\n`);
    return exitCodes.badUsage;
  }
  const edits = format === 'text' ? refusedEdits(status) : '';
  output.stdout(`${edits}${print(status, groups, format)}\n`);
  return exitCodes.done;
}
