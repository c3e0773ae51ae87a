// Whether this process acts: always where it is alone, by a lease where it is one of several replicas.

import type { LeaseCalls } from '../clients/kubernetes/leases.ts';
import type { Clock } from '../process/clock.ts';
import { steadyClock } from '../process/clock.ts';
import type { Ending } from '../process/ending.ts';
import { Elector } from './elector.ts';

export interface Leadership {
  /** Ask directly before each change. */
  isLeading(): boolean;
  start(): void;
  /** Gives the lease up. */
  stop(): Promise<void>;
}

/** A pod, as the downward API names it. */
export interface Replica {
  readonly name: string;
  readonly namespace: string;
  /** So that `kubectl describe pod` shows its events; not everybody's manifest hands it over. */
  readonly uid?: string | undefined;
}

export interface LeadershipOptions {
  /** Undefined outside of a cluster, where nobody else is expected. */
  readonly replica: Replica | undefined;
  /** The name of the lease. */
  readonly lease: string;
  readonly leases: () => LeaseCalls;
  readonly clock: Clock;
  /** Called when this process begins or ends to lead; at the start if it is alone. */
  readonly changed: (leading: boolean) => void;
  readonly trouble: (message: string) => void;
  /** Of the program: from its beginning on the lease is renewed, and not taken any more. */
  readonly ending?: Ending | undefined;
}

function alone(changed: LeadershipOptions['changed']): Leadership {
  return { isLeading: () => true, start: () => changed(true), stop: () => Promise.resolve() };
}

export function leadershipOf(options: LeadershipOptions): Leadership {
  const { replica, lease, leases, clock, changed, trouble, ending } = options;
  if (replica === undefined) return alone(changed);
  return new Elector({
    ...{ leases: leases(), namespace: replica.namespace, name: lease, identity: replica.name },
    ...{ clock, steady: steadyClock, changed, trouble, ending },
  });
}
