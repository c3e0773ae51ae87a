// Builders for tests of deciding: a calm group, of which a test states only what differs. No assertions.

import type { Action, Decision } from '../../../../controller/decide/decision.ts';
import { decide } from '../../../../controller/decide/decide.ts';
import { remember, type Memory } from '../../../../controller/decide/memory.ts';
import type { Policy } from '../../../../controller/decide/policy.ts';
import type {
  ApiBudget,
  CapacityState,
  Demand,
  Member,
  Observation,
  Snapshot,
} from '../../../../controller/decide/snapshot.ts';
import type { BacklogPolicy, RatioPolicy } from '../../../../core/config/config.ts';

export const now = Date.parse('2026-11-23T12:00:00Z');
export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
/** The default of `runner_start_timeout`. */
export const startTimeoutMs = 10 * minute;

/** The numbers that Atlassian ships. */
export const shipped: RatioPolicy = {
  strategy: 'percentageRunnersIdle',
  min: 1,
  max: 10,
  scaleUpThreshold: 0.5,
  scaleDownThreshold: 0.2,
  scaleUpMultiplier: 1.5,
  scaleDownMultiplier: 0.5,
};

export function policy(rule: Partial<RatioPolicy> = {}, times: Partial<Policy> = {}): Policy {
  return { ...policyOver({ ...shipped, ...rule }), ...times };
}

export function backlogPolicy(rule: Partial<BacklogPolicy> = {}): Policy {
  return policyOver({ strategy: 'unclaimedTasks', min: 0, max: 40, headroom: 0, scaleIn: false, ...rule });
}

function policyOver(rule: Policy['rule']): Policy {
  return {
    group: 'Linux',
    rule,
    coolDownMs: 5 * minute,
    startTimeoutMs,
    drainSettleMs: minute,
    lostGraceMs: minute,
    pollingIntervalMs: 30 * second,
    fastPollingIntervalMs: 15 * second,
    startsDependOn: 'as given',
  };
}

const busynessOf = {
  starting: 'idle',
  idle: 'idle',
  busy: 'busy',
  draining: 'idle',
  unhealthy: 'idle',
} as const;

/** An hour old; a draining one can be taken back. */
export function member(id: string, state: CapacityState, change: Partial<Member> = {}): Member {
  return {
    ...{ id, state, busyness: busynessOf[state], createdAt: now - hour, lost: false },
    canTakeBack: state === 'draining',
    isHere: true,
    neverOnline: false,
    ...change,
  };
}

const states: readonly CapacityState[] = ['busy', 'idle', 'starting', 'draining', 'unhealthy'];

/** `{busy: 2, idle: 1}`: members `busy-1`, `busy-2`, `idle-1`; of one state, the first is the oldest. */
export function members(counts: Partial<Record<CapacityState, number>>): Member[] {
  return states.flatMap((state) =>
    Array.from({ length: counts[state] ?? 0 }, (_, index) =>
      member(`${state}-${index + 1}`, state, { createdAt: now - hour + index }),
    ),
  );
}

export function snapshot(seen: readonly Member[], change: Partial<Snapshot> = {}): Snapshot {
  return {
    observedAt: now,
    demand: { kind: 'ratio' },
    members: seen,
    vendorRoom: undefined,
    apiBudget: undefined,
    ...change,
  };
}

/** An API budget that leaves so many calls. */
export function calls(room: number, keptForOrders = 0): ApiBudget {
  return { room, keptForOrders };
}

/** Of a process that has looked for an hour, and has seen everybody idle all the while, but for whoever is busy now. */
export function memory(of: Snapshot, change: Partial<Memory> = {}): Memory {
  return { ...remember(undefined, of, startTimeoutMs), firstLookAt: now - hour, ...change };
}

export interface Given {
  readonly policy?: Policy;
  readonly members: readonly Member[];
  readonly demand?: Demand;
  readonly room?: Partial<Pick<Snapshot, 'vendorRoom' | 'apiBudget'>>;
  readonly memory?: Partial<Memory>;
}

export function decideOn(given: Given): Decision {
  const seen = snapshot(given.members, {
    ...given.room,
    ...(given.demand === undefined ? {} : { demand: given.demand }),
  });
  const observation: Observation = { ok: true, snapshot: seen };
  return decide(given.policy ?? policy(), observation, memory(seen, given.memory), now);
}

/** `order 2`, `retire idle-1`. */
export function words(actions: readonly Action[]): string[] {
  return actions.map((action) =>
    action.kind === 'order' ? `order ${action.count}` : `${action.kind} ${action.runnerId}`,
  );
}
