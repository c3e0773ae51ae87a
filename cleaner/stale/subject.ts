// What a sweep judges: one runner with everything that belongs to it on both sides. Plain data, no vendor's words.

import type { PodTrouble } from '../../core/pod-trouble.ts';
import type { MachinePhase, Runner } from '../../core/runner.ts';

/** All times are milliseconds since the epoch. */
export interface SeenPod {
  readonly createdAt: number;
  /** Undefined for one that runs, or that is still on its way. */
  readonly trouble: PodTrouble | undefined;
  /** The cluster's own word for it, such as `ImagePullBackOff`. */
  readonly word: string;
  /** Whether a container of any pod of the Job may have run: false only where all wait for their first start. */
  readonly mayHaveRun: boolean;
}

export interface SeenJob {
  readonly name: string;
  readonly uid: string | undefined;
  readonly phase: MachinePhase;
  readonly createdAt: number;
  /** When it completed or failed; undefined while it has not. */
  readonly endedAt: number | undefined;
  /** Made by this program. One made otherwise goes with a runner of ours, never on its own. */
  readonly managed: boolean;
  /** Whether its labels say that it runs for the account whose runners were listed. */
  readonly ofThisAccount: boolean;
  /** Somebody asked that it be left alone. */
  readonly keep: boolean;
}

export interface SeenSecret {
  readonly name: string;
  readonly createdAt: number;
  readonly ofThisAccount: boolean;
  readonly keep: boolean;
}

/** Undefined parts are missing for certain: both sides were read completely. */
export interface Subject {
  /** The runner's id. */
  readonly id: string;
  readonly runner: Runner | undefined;
  readonly job: SeenJob | undefined;
  /** The newest pod of the Job. */
  readonly pod: SeenPod | undefined;
  readonly secret: SeenSecret | undefined;
}
