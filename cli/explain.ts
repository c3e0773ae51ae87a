// The command `explain`: asks a running controller why it did what it did, and prints that.

import type { ControllerStatus } from '../controller/main.ts';
import type { GroupStatus, ShownDecision } from '../controller/record/status.ts';
import { messageOf } from '../core/errors.ts';
import { printableData } from '../core/printable.ts';
import type { Output } from './check.ts';
import { refusedEdits } from './refused-edits.ts';
import { describeActions, describeLimits, describeStarts } from './words.ts';

const shown = 10;

function decisionBlock(decision: ShownDecision): string {
  const { at, from, to, reason, because, limits, actions } = decision;
  const change = from === undefined ? 'hold' : `${from} → ${to ?? from}`;
  return [
    `${at}  ${change}  [${reason}]`,
    `  because   ${because}`,
    ...describeStarts(decision),
    ...describeLimits(limits),
    ...describeActions(actions),
  ].join('\n');
}

function groupBlock(group: GroupStatus): string {
  const head = `${group.name}: ${group.source} → ${group.target}, min ${group.policy.min}, max ${group.policy.max}`;
  const now = group.decision === null ? 'no decision yet' : `now\n${decisionBlock(group.decision)}`;
  const before = group.decisions.slice(0, shown).map(decisionBlock);
  return [head, `last observed ${group.observedAt ?? 'never'}`, now, 'before', ...before].join('\n');
}

/** @returns the exit code: 1 if the controller can't be asked, 2 for an unknown group */
export async function explainCommand(name: string, url: string, output: Output): Promise<number> {
  let status: ControllerStatus;
  try {
    const answer = await fetch(new URL('/status', url));
    status = printableData((await answer.json()) as ControllerStatus);
  } catch (error) {
    output.stderr(
      `No controller answers at ${url} (${messageOf(error)}). Forward its port, or name it with --url.\n`,
    );
    return 1;
  }
  const group = status.groups.find((candidate) => candidate.name === name);
  if (group === undefined) {
    const names = status.groups.map((candidate) => candidate.name).join(', ');
    output.stderr(`There is no group "${name}". The groups are: ${names}.\n`);
    return 2;
  }
  output.stdout(`${refusedEdits(status)}${groupBlock(group)}\n`);
  return 0;
}
