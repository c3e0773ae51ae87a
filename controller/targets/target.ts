// What every place where capacity lives looks like to the controller.

import type { Hindrance } from '../../core/hindrance.ts';
import type { Machine } from '../../core/runner.ts';

export interface TargetView {
  /** When it was asked, in milliseconds since the epoch. */
  readonly observedAt: number;
  readonly machines: readonly Machine[];
  /** What the target itself can still take; left out where it has no bound of its own. */
  readonly room?: TargetRoom | undefined;
}

export interface TargetRoom {
  readonly machines: number;
  /** Such as `MaxSize of the group is 5`. */
  readonly because: string;
}

export interface Target {
  /** Such as `Jobs in runner-group-1`; for people. */
  readonly description: string;
  /** @throws ServiceError */
  observe(): Promise<TargetView>;
  /**
   * What keeps these machines from being runners that are online, by machine id. It explains and decides nothing; it is asked
   * only when some start has failed or takes long. Left out where a machine's phase tells all there is. @throws ServiceError
   */
  explain?(machines: readonly Machine[]): Promise<ReadonlyMap<string, Hindrance>>;
}

/** Whom a machine is made for. */
export interface Occupant {
  readonly runnerId: string;
  readonly accountUuid: string;
  readonly repositoryUuid?: string | undefined;
  readonly oauthClientId: string;
  readonly oauthClientSecret: string;
}

/** A target that makes one machine for each registered runner. Every method throws ServiceError. */
export interface RunnerTarget extends Target {
  /** Tries a creation without leaving anything, so that a refusal shows before a runner is registered. */
  rehearse(owner: Pick<Occupant, 'accountUuid' | 'repositoryUuid'>): Promise<void>;
  create(occupant: Occupant): Promise<void>;
  /** A fresh look; undefined if there is no machine for this runner. */
  find(runnerId: string): Promise<Machine | undefined>;
  /** Removes the machine and everything that belongs to it. One that is gone already is success. */
  remove(runnerId: string): Promise<void>;
  /** Finishes what a crash may have left half done for these machines. */
  complete(machines: readonly Machine[]): Promise<void>;
}

/** A target that fills itself up to a number. */
export interface PoolTarget extends Target {
  /**
   * Adds this many machines, after a fresh look of its own.
   * @param made told the id of each that exists then; of what comes later, a look tells
   */
  order(machines: number, made: (machineId: string) => void): Promise<void>;
  /**
   * Ends a machine so that its runner can finish, after a fresh look of its own, and never twice. `kept` if that look
   * disagreed. Left out where a machine can not be ended so.
   */
  drain?(machineId: string): Promise<'done' | 'kept'>;
}
