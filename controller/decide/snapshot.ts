// Everything that deciding may look at, observed of one group at one time: complete, or failed, never partial.

import type { Hindrance } from '../../core/hindrance.ts';
import type { Busyness, Runner } from '../../core/runner.ts';
import type { HoldLink } from '../../core/hold-link.ts';
import type { EndedStart } from './ended.ts';

/** `starting` is ordered and not yet online; `draining` takes no new work; `unhealthy` counts against max only. */
export type CapacityState = 'starting' | 'idle' | 'busy' | 'draining' | 'unhealthy';

/** What the CI service shows of the work there is. */
export type Demand =
  | { readonly kind: 'ratio' }
  | { readonly kind: 'backlog'; readonly unclaimed: number; readonly running: number };

/** One runner of a group, joined from its registration and its machine. */
export interface Member {
  readonly id: string;
  /** As the CI service, the cluster or AWS calls it; left out while nothing exists yet under this id. It explains only. */
  readonly name?: string | undefined;
  /** Tells it from an earlier one of the same id; left out where ids are not used again. */
  readonly uid?: string | undefined;
  readonly state: CapacityState;
  readonly busyness: Busyness;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Registered, but nothing runs it any more and it has no step: it can never take work again. */
  readonly lost: boolean;
  /** Made by this process, or its machine was seen here; otherwise it may be another cluster's. */
  readonly isHere: boolean;
  /** Disabled by us, and its machine still runs: enabling it gives capacity at once. */
  readonly canTakeBack: boolean;
  /** Given up before it ever came online: a start that failed. */
  readonly neverOnline: boolean;
  /** Ending it lets it finish what it has, whatever that is. Left out where that is not so. */
  readonly drainable?: boolean | undefined;
  /** What keeps it from coming online, where that was asked for. It explains; nothing is decided by it. */
  readonly hindrance?: Hindrance | undefined;
}

/** What the API budget of the CI service leaves now, for all groups together. */
export interface ApiBudget {
  /** Calls that may go into orders and retirements, as looking has calls of its own. Not below 0. */
  readonly room: number;
  /** Those of them that retirements leave to orders. */
  readonly keptForOrders: number;
  /** While there is no room: when there will be, in milliseconds since the epoch. */
  readonly backAt?: number | undefined;
}

export interface Snapshot {
  /** Milliseconds since the epoch; the older one of what source and target said. */
  readonly observedAt: number;
  readonly demand: Demand;
  readonly members: readonly Member[];
  /** Machines that ended by themselves and still show; none, if left out. */
  readonly ended?: readonly EndedStart[] | undefined;
  /** All that the CI service lists for a pool, the gone ones too, where it was asked because tasks wait. */
  readonly agents?: readonly Runner[] | undefined;
  /** Registrations that the vendor's limit still leaves; undefined where there is no such limit. */
  readonly vendorRoom: number | undefined;
  /** Machines that the target itself can still take, and why; left out where it has no bound of its own. */
  readonly targetRoom?: { readonly machines: number; readonly because: string } | undefined;
  /** Undefined where there is no budget. */
  readonly apiBudget: ApiBudget | undefined;
}

/** Why a group could not be observed. */
export interface ObservationFailure {
  readonly reason: 'source-unavailable' | 'target-unavailable';
  readonly message: string;
  /** What broke on the way to it; left out where nobody has judged that. */
  readonly link?: HoldLink | undefined;
}

export type Observation =
  | { readonly ok: true; readonly snapshot: Snapshot }
  | { readonly ok: false; readonly failure: ObservationFailure };

export type Capacity = Readonly<Record<CapacityState, number>>;

export function isOnline({ state }: Member): boolean {
  return state === 'idle' || state === 'busy';
}

export function capacityOf(members: readonly Member[]): Capacity {
  const capacity = { starting: 0, idle: 0, busy: 0, draining: 0, unhealthy: 0 };
  for (const member of members) capacity[member.state] += 1;
  return capacity;
}
