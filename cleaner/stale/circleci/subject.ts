// What a sweep of a CircleCI group judges: Jobs with their pods, and instances with their runners. Plain data, no vendor's objects.

import type { FoundTrouble } from '../../../core/pod-trouble.ts';
import type { MachinePhase } from '../../../core/runner.ts';

/** The pods of one Job. All times of this file are milliseconds since the epoch. */
export interface SeenPods {
  /** The newest one's, as that is the one that tries now. */
  readonly uid: string;
  readonly createdAt: number;
  /** What keeps the newest one from running; undefined if nothing does, or if it is still on its way. */
  readonly trouble: Pick<FoundTrouble, 'trouble' | 'word'> | undefined;
  /** Whether a container of any of them runs now, sidecars not counted: a task may run in it. */
  readonly runs: boolean;
  /** The latest run of a container of the newest one that has ended. */
  readonly lastRun: { readonly startedAt: number; readonly endedAt: number } | undefined;
}

/** A Job that we made from a CronJob. */
export interface SeenRunnerJob {
  readonly name: string;
  readonly uid: string;
  readonly phase: MachinePhase;
  readonly createdAt: number;
  /** When it completed or failed; undefined while it has not. */
  readonly endedAt: number | undefined;
  /** How long after that the cluster itself removes it, in milliseconds; undefined if it does not. */
  readonly ttlMs: number | undefined;
  /** Somebody asked that it be left alone. */
  readonly keep: boolean;
  /** Undefined while it has none. */
  readonly pods: SeenPods | undefined;
}

/** One instance of an Auto Scaling group. */
export interface SeenInstance {
  readonly id: string;
  readonly inService: boolean;
  /** Somebody asked AWS not to choose it when it ends instances. */
  readonly isProtected: boolean;
}

/** A runner as CircleCI lists it. */
export interface ListedRunner {
  readonly name: string;
  readonly hostname?: string | undefined;
  readonly resourceClass: string;
  readonly lastConnectedAt: number;
}

/** One Auto Scaling group and what CircleCI says of its resource class, both complete. */
export interface InstanceSighting {
  /** `namespace/name`. */
  readonly resourceClass: string;
  readonly instances: readonly SeenInstance[];
  readonly min: number;
  readonly desired: number;
  /** Somebody asked that the whole group be left alone. */
  readonly keep: boolean;
  /** Everybody's in the namespace, also those that are gone. */
  readonly runners: readonly ListedRunner[];
  /** Tasks of the class that run now. CircleCI does not say on which runner. */
  readonly running: number;
}
