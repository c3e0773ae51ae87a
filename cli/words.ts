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
