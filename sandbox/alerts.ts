// What is wrong in the sandbox right now, in sentences, the most urgent first: for its terminal and its page. Pure.

import { count } from '../controller/decide/words.ts';
import { startsInFull } from '../controller/record/notices.ts';
import type { GroupStatus } from '../controller/record/status.ts';
import type { FileState } from '../core/process/settings-record.ts';
import type { SandboxStatus } from './status.ts';

/** Of a file with more, a person mends these first. */
const mostProblems = 3;

function refusal(kind: string, { state, problems }: FileState): string[] {
  if (state === 'in-force') return [];
  const shown = problems.slice(0, mostProblems);
  const rest = problems.length - shown.length;
  const more = rest > 0 ? [`and ${count(rest, 'more problem')}`] : [];
  const told = [...shown, ...more].join(' | ');
  return [`edited ${kind} refused, the last good one stays in force: ${told}`];
}

/** Why a group is held; undefined while it can be observed. */
export function holdOf({ decision }: GroupStatus): string | undefined {
  return decision === null || decision.from !== undefined ? undefined : decision.because;
}

/** Groups that are held for one cause are told together. */
function holds(groups: readonly GroupStatus[]): string[] {
  const byCause = new Map<string, string[]>();
  for (const group of groups) {
    const cause = holdOf(group);
    if (cause !== undefined) byCause.set(cause, [...(byCause.get(cause) ?? []), group.name]);
  }
  return [...byCause].map(
    ([cause, names]) =>
      `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} held, nothing is changed: ${cause}`,
  );
}

function failingStarts({ name, decision }: GroupStatus): string[] {
  const { starts } = decision ?? {};
  if (starts === undefined) return [];
  const stopped = starts.stopped ? 'ordering is stopped but for a rare probe' : 'starts fail';
  return [`${name}: ${stopped}: ${startsInFull(starts)}`];
}

/** Groups that are held, and starts that fail. */
export function groupAlerts(groups: readonly GroupStatus[]): readonly string[] {
  return [...holds(groups), ...groups.flatMap(failingStarts)];
}

/** All that is wrong: refused edits first. */
export function alertsOf({ settings, world }: Pick<SandboxStatus, 'settings' | 'world'>): readonly string[] {
  if (settings === undefined) return world.alerts;
  return [
    ...refusal('config', settings.config),
    ...refusal('job template', settings.jobTemplate),
    ...world.alerts,
  ];
}
