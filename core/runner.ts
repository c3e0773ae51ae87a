// What the whole project knows about one runner and the machine it runs on. Plain data; no vendor's words.

/** Where a registration stands at the CI service. `other` is a state this version does not know. */
export type RunnerStatus =
  'unregistered' | 'online' | 'offline' | 'disabled' | 'enabled' | 'unhealthy' | 'other';

/** Whether a runner has a step. `unknown` is never read as idle (promise P2). */
export type Busyness = 'busy' | 'idle' | 'unknown';

/** One registration at the CI service, as it was observed. Times are milliseconds since the epoch, the vendor's clock. */
export interface Runner {
  /** The vendor's identity: Bitbucket's uuid without braces, CircleCI's runner name. */
  readonly id: string;
  readonly name: string;
  /** Sorted, with the vendor's own labels. */
  readonly labels: readonly string[];
  readonly status: RunnerStatus;
  /** The vendor keeps new work away from it, though nobody of us disabled it. */
  readonly cordoned: boolean;
  readonly busyness: Busyness;
  readonly createdAt: number;
  /** When its state last changed or was last reported; which of the two is not documented. */
  readonly updatedAt: number;
}

/** The label at the CI service that tells our registrations from other people's. */
export const markerLabel = 'autoscaler.created';

export function isOurs(runner: Runner): boolean {
  return runner.labels.includes(markerLabel);
}

/** What a new registration hands out, once. The secret is shown by the vendor only here. */
export interface Registration {
  readonly runnerId: string;
  readonly oauthClientId: string;
  readonly oauthClientSecret: string;
}

/** How far a Job or instance has come. `stopping` is being deleted; it no longer takes work. */
export type MachinePhase = 'pending' | 'running' | 'succeeded' | 'failed' | 'stopping';

/** A Kubernetes Job or an EC2 instance that carries one runner. */
export interface Machine {
  /** Job name or instance id. */
  readonly id: string;
  /** Job uid; the guard of a deletion. Absent where the target has none. */
  readonly uid?: string | undefined;
  /** The `id` of its runner; undefined where that is not known before it registers. */
  readonly runnerId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly phase: MachinePhase;
  /** Nothing of it exists yet, and another order in its place would come no sooner; false if left out. */
  readonly onlyOrdered?: boolean | undefined;
  /**
   * What the target itself knows: true if its runner works now, whether or not the CI service shows it; false for one that
   * failed and never did. Left out where only the CI service can tell.
   */
  readonly serves?: boolean | undefined;
  /** Whether ending it gives its runner exactly one TERM, and time to end the longest task. Left out where that is not so. */
  readonly drainable?: boolean | undefined;
}
