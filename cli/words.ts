// How a decision reads on a terminal, shared by the commands that print one.

import type { Action, Decision, Limit } from '../controller/decide/decision.ts';

/** One indented line for each limit that bit. */
export function describeLimits(limits: readonly Limit[]): string[] {
  return limits.map(({ limit, from, to, because }) => `  limit     ${limit}: ${from} → ${to}, ${because}`);
}

/** A line if runners do not come online, and one with the cluster's own words if there are any. */
export function describeStarts({ starts }: Pick<Decision, 'starts'>): string[] {
  if (starts === undefined) return [];
  const details = starts.links.flatMap(({ link, detail }) =>
    detail === undefined ? [] : [`            ${link}: ${detail}`],
  );
  return [`  starts    ${starts.because}`, ...details];
}

export function describeAction(action: Action): string {
  return action.kind === 'order'
    ? `  action    order ${action.count}`
    : `  action    ${action.kind} ${action.runnerId}`;
}

/** One indented line for each action; none says so. */
export function describeActions(actions: readonly Action[]): string[] {
  if (actions.length === 0) return ['  actions   none'];
  return actions.map(describeAction);
}

/** Runners that one line names. */
const mostNamed = 3;

function named(ids: readonly string[]): string {
  const more = ids.length - mostNamed;
  return ids.slice(0, mostNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** One indented line for each kind of action: `remove 13 runners: a, b, c and 10 more`. None says so. */
export function foldActions(actions: readonly Action[]): string[] {
  const kinds = new Map<Action['kind'], Action[]>();
  for (const action of actions) kinds.set(action.kind, [...(kinds.get(action.kind) ?? []), action]);
  if (kinds.size === 0) return describeActions([]);
  return [...kinds].flatMap(([kind, same]) => {
    const ids = same.flatMap((action) => ('runnerId' in action ? [action.runnerId] : []));
    if (ids.length < 2) return same.map(describeAction);
    return [`  action    ${kind} ${ids.length} runners: ${named(ids)}`];
  });
}
