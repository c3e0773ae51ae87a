// What every CI service looks like to the controller. A third service implements this; see docs/adding-a-ci-service.md.

import type { Registration, Runner } from '../../core/runner.ts';
import type { ApiBudget, Demand } from '../decide/snapshot.ts';

/** One complete look at a group's demand and runners. A look that is not complete throws. */
export interface SourceView {
  /** When it was asked, in milliseconds since the epoch. */
  readonly observedAt: number;
  readonly demand: Demand;
  /** The group's own registrations; empty for a service that keeps none. */
  readonly runners: readonly Runner[];
  /** Everybody's, the gone ones too, where they were asked for because tasks wait. */
  readonly agents?: readonly Runner[] | undefined;
  /** Registered by this process and perhaps not listed yet: runner id → when, in milliseconds since the epoch. */
  readonly ordered: ReadonlyMap<string, number>;
  /** Everything registered by this process that may still exist; left out by a service that registers nobody. */
  readonly made?: ReadonlySet<string> | undefined;
  /**
   * Registrations that the vendor's limit leaves at the moment of asking, undefined where there is none. Ask in the same
   * breath as reserving: groups of one scope share the answer, not the room.
   */
  readonly vendorRoom: (() => number) | undefined;
  /** What the API budget leaves at the moment of asking; undefined where there is none. */
  readonly apiBudget: (() => ApiBudget) | undefined;
}

export interface Source {
  /** Such as `bitbucket workspace acme`; for people. */
  readonly description: string;
  /**
   * @param maxAgeMs an answer that another group of the same scope asked for this recently will do; none, if less than 0
   * @throws ServiceError
   */
  observe(maxAgeMs: number): Promise<SourceView>;
}

/** A registration together with whose it is. */
export interface Enrolment extends Registration {
  /** The workspace's uuid, without braces. */
  readonly accountUuid: string;
  /** For a repository's runner: its uuid, without braces. */
  readonly repositoryUuid?: string | undefined;
}

/** A source at which each runner is registered one by one. Every method throws ServiceError. */
export interface Registrar extends Source {
  /** Sets places aside before the first await, so that groups that decide at the same time do not share one. */
  reserve(places: number): void;
  /** Gives back places that will not be used. */
  release(places: number): void;
  /** Whose the next registrations will be; asked before the first is made. */
  owner(): Promise<Pick<Enrolment, 'accountUuid' | 'repositoryUuid'>>;
  /** Registers one runner in a reserved place. */
  register(): Promise<Enrolment>;
  /** A fresh look at one runner; undefined if the service does not know it. */
  look(runnerId: string): Promise<Runner | undefined>;
  setDisabled(runnerId: string, disabled: boolean): Promise<void>;
  /** One that is gone already is success. @param purpose a removal, if left out; the undoing of a registration goes on when the program ends */
  deregister(runnerId: string, purpose?: 'removal' | 'undo'): Promise<void>;
}
