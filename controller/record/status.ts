// What /status and the page show: each group's last look, its decision and some history. Kept in memory, bounded.

import type { Decision } from '../decide/decision.ts';
import { isHold } from '../decide/decision.ts';
import { capacityOf, type Capacity, type Observation } from '../decide/snapshot.ts';

/** A decision with its times as people and programs read them. */
export type ShownDecision = Omit<Decision, 'at'> & { readonly at: string };

export type ShownDemand =
  | { readonly kind: 'ratio'; readonly busy: number; readonly online: number }
  | { readonly kind: 'backlog'; readonly unclaimed: number; readonly running: number };

export interface HistoryPoint extends Capacity {
  readonly at: string;
  readonly wanted: number;
}

export interface GroupStatus {
  readonly name: string;
  readonly source: string;
  readonly target: string;
  /** ISO 8601; null before the first complete look. */
  readonly observedAt: string | null;
  readonly demand: ShownDemand | null;
  readonly capacity: Capacity | null;
  readonly policy: { readonly min: number; readonly max: number };
  readonly decision: ShownDecision | null;
  readonly history: readonly HistoryPoint[];
  /** The last ones that changed something, or began a hold for cause; newest first. */
  readonly decisions: readonly ShownDecision[];
}

const historyLength = 240;
const decisionsLength = 50;

export interface GroupIdentity {
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly min: number;
  readonly max: number;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function show(decision: Decision): ShownDecision {
  return { ...decision, at: iso(decision.at) };
}

function shownDemand(observation: Observation & { ok: true }, capacity: Capacity): ShownDemand {
  const { demand } = observation.snapshot;
  if (demand.kind === 'backlog') return demand;
  return { kind: 'ratio', busy: capacity.busy, online: capacity.busy + capacity.idle };
}

/** The record of one group. */
export class GroupRecord {
  private identity: GroupIdentity;
  private observed: Pick<GroupStatus, 'observedAt' | 'demand' | 'capacity'> = {
    observedAt: null,
    demand: null,
    capacity: null,
  };
  private last: Decision | undefined;
  private history: HistoryPoint[] = [];
  private decisions: ShownDecision[] = [];
  /** What `status` answers until something changes. */
  private shown: GroupStatus | undefined;

  constructor(identity: GroupIdentity) {
    this.identity = identity;
  }

  /** The group goes on under an edited policy. */
  identify(identity: GroupIdentity): void {
    this.identity = identity;
    this.shown = undefined;
  }

  decided(decision: Decision, observation: Observation): void {
    this.shown = undefined;
    if (!isHold(decision) || decision.reason !== this.last?.reason) {
      this.decisions = [show(decision), ...this.decisions].slice(0, decisionsLength);
    }
    this.last = decision;
    if (!observation.ok) return;
    const { members, observedAt } = observation.snapshot;
    const capacity = capacityOf(members);
    this.observed = { observedAt: iso(observedAt), demand: shownDemand(observation, capacity), capacity };
    const point = { at: iso(decision.at), wanted: decision.to ?? 0, ...capacity };
    this.history = [...this.history, point].slice(-historyLength);
  }

  /** The same object until something changes, so that it's made into JSON once. */
  status(): GroupStatus {
    return (this.shown ??= this.show());
  }

  /** Milliseconds since the epoch of the last complete look; undefined before it. */
  lastObservedAt(): number | undefined {
    return this.observed.observedAt === null ? undefined : Date.parse(this.observed.observedAt);
  }

  private show(): GroupStatus {
    const { name, source, target, min, max } = this.identity;
    const decision = this.last === undefined ? null : show(this.last);
    const { history, decisions } = this;
    return { name, source, target, ...this.observed, policy: { min, max }, decision, history, decisions };
  }
}
