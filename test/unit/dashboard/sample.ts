// A made-up status for the tests of the page. It is no test itself.

import type { ShownDecision, ShownGroup, ShownPast, ShownStatus } from '../../../dashboard/status.ts';

export const now = '2026-11-24T10:30:00.000Z';

export function past(minute: number, changes: Partial<ShownPast> = {}): ShownPast {
  const at = `2026-11-24T10:${String(minute).padStart(2, '0')}:00.000Z`;
  return { at, starting: 0, idle: 1, busy: 3, draining: 0, unhealthy: 0, wanted: 4, ...changes };
}

export function decision(changes: Partial<ShownDecision> = {}): ShownDecision {
  return {
    at: '2026-11-24T10:29:30.000Z',
    group: 'Linux',
    from: 4,
    to: 6,
    actions: [{ kind: 'order', count: 2 }],
    reason: 'above-threshold',
    because: '3 of 4 online runners are busy.',
    limits: [],
    ...changes,
  };
}

export function group(changes: Partial<ShownGroup> = {}): ShownGroup {
  return {
    name: 'Linux',
    source: 'bitbucket acme',
    target: 'Jobs in runner-group-1',
    observedAt: '2026-11-24T10:29:56.000Z',
    demand: { kind: 'ratio', busy: 3, online: 4 },
    capacity: { starting: 2, idle: 1, busy: 3, draining: 0, unhealthy: 0 },
    policy: { min: 1, max: 10 },
    decision: decision(),
    history: [past(10), past(20, { busy: 2, starting: 2, wanted: 5 })],
    decisions: [decision()],
    ...changes,
  };
}

export function status(
  groups: readonly ShownGroup[] = [group()],
  changes: Partial<ShownStatus> = {},
): ShownStatus {
  return { leader: true, groups, now, ...changes };
}
