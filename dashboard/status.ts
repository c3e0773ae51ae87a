// The shape of the answer of `/status` that the page reads. Types only; what makes the answer is elsewhere.

/** Counts of runners. */
export interface ShownCapacity {
  readonly starting: number;
  readonly idle: number;
  readonly busy: number;
  readonly draining: number;
  readonly unhealthy: number;
}

/** One past observation. `wanted` and `waiting` are counts of runners and of builds. */
export interface ShownPast extends ShownCapacity {
  /** ISO 8601. */
  readonly at: string;
  readonly wanted: number;
  /** Builds that wait; only where somebody knows, such as in the sandbox. */
  readonly waiting?: number | undefined;
}

export interface ShownLimit {
  readonly limit: string;
  readonly from: number;
  readonly to: number;
  readonly because: string;
}

export interface ShownDecision {
  /** ISO 8601. */
  readonly at: string;
  readonly group: string;
  /** Left out or null where the group could not be observed. */
  readonly from?: number | null | undefined;
  readonly to?: number | null | undefined;
  readonly actions: readonly { readonly kind: string; readonly count?: number | undefined }[];
  readonly reason: string;
  readonly because: string;
  readonly limits: readonly ShownLimit[];
  /** Left out while runners come online. */
  readonly starts?: { readonly because: string } | undefined;
}

export type ShownDemand =
  | { readonly kind: 'ratio'; readonly busy: number; readonly online: number }
  | { readonly kind: 'backlog'; readonly unclaimed: number; readonly running: number };

export interface ShownGroup {
  readonly name: string;
  readonly source: string;
  readonly target: string;
  /** ISO 8601; null before the first complete observation. */
  readonly observedAt: string | null;
  readonly demand: ShownDemand | null;
  readonly capacity: ShownCapacity | null;
  readonly policy: { readonly min: number; readonly max: number };
  readonly decision: ShownDecision | null;
  /** In the order of time. */
  readonly history: readonly ShownPast[];
  /** Those that changed something, in any order. */
  readonly decisions: readonly ShownDecision[];
}

/** What the modelled world of the sandbox says of itself. Counts of builds. */
export interface ShownWorld {
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly killed: number;
  readonly failed: number;
  /** How many times faster than real time. */
  readonly speed: number;
  /** What is wrong right now, in sentences; nothing if left out. */
  readonly alerts?: readonly string[] | undefined;
  readonly note: string;
}

/** A file that the program reads anew when it is edited. */
export interface ShownFile {
  readonly state: 'in-force' | 'refused';
  /** ISO 8601; since when it is so. */
  readonly since: string;
  readonly problems: readonly string[];
  /** ISO 8601, of a file that is refused: since when the settings that stay in force are so. */
  readonly inForceSince?: string | undefined;
}

export interface ShownLeadership {
  readonly state: 'leading' | 'standing-by' | 'unknown';
  readonly leader?: string | undefined;
  readonly because?: string | undefined;
}

export interface ShownStatus {
  readonly leader: boolean;
  readonly leadership?: ShownLeadership | undefined;
  readonly settings?:
    { readonly config: ShownFile; readonly jobTemplate?: ShownFile | undefined } | undefined;
  readonly groups: readonly ShownGroup[];
  /** ISO 8601, the server's clock. */
  readonly now: string;
  readonly world?: ShownWorld | undefined;
}
