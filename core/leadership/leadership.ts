// Whether this process acts: always where it is alone, by a lease where it is one of several replicas.

import type { LeaseCalls } from '../clients/kubernetes/leases.ts';
import { ServiceError } from '../errors.ts';
import { steadyClock, type Clock } from '../process/clock.ts';
import type { Ending } from '../process/ending.ts';
import type { Logger } from '../process/logger.ts';
import { Elector } from './elector.ts';
import type { Found, Replica } from './replica.ts';
import type { Standing } from './standby.ts';

export interface Leadership {
  /** Ask directly before each change. */
  isLeading(): boolean;
  /** Who leads, as far as this process knows. */
  standing(): Standing;
  start(): void;
  /** Gives the lease up. */
  stop(): Promise<void>;
}

export interface LeadershipOptions {
  /** This pod; of kind `none` outside of a cluster, where no other replica is expected. */
  readonly found: Found;
  /** The name of the lease. */
  readonly lease: string;
  readonly leases: () => LeaseCalls;
  readonly clock: Clock;
  /** For deadlines; the machine's own if left out. */
  readonly steady?: Clock | undefined;
  /** Called when this process begins or ends to lead, and when it finds that another one leads; at the start if it is alone. */
  readonly changed: (standing: Standing) => void;
  /** Told of each problem once, as long as it lasts. */
  readonly trouble: (message: string) => void;
  /** Told when all is well again. */
  readonly recovered: () => void;
  /** Of the program: from its beginning on the lease is renewed, and not taken any more. */
  readonly ending?: Ending | undefined;
}

/** Tells the log and the metrics of what is wrong with the lease. */
export function leaseNews(
  logger: Logger,
  metrics: { leaseInTrouble(isInTrouble: boolean): void },
): Pick<LeadershipOptions, 'trouble' | 'recovered'> {
  return {
    trouble: (message) => {
      metrics.leaseInTrouble(true);
      logger.warn({ error: message }, 'leader election is in trouble');
    },
    recovered: () => {
      metrics.leaseInTrouble(false);
      logger.info('leader election works again');
    },
  };
}

function alone({ changed }: LeadershipOptions): Leadership {
  return {
    isLeading: () => true,
    standing: () => ({ state: 'leading' }),
    start: () => changed({ state: 'leading' }),
    stop: () => Promise.resolve(),
  };
}

function elected(options: LeadershipOptions, replica: Replica, leases: LeaseCalls): Elector {
  const { lease: name, clock, steady = steadyClock, changed, trouble, recovered, ending } = options;
  const { namespace, identity = replica.name } = replica;
  return new Elector({
    ...{ leases, namespace, name, identity, clock, steady, changed, trouble, recovered, ending },
  });
}

/**
 * A pod whose manifest does not ask for leader election, as Atlassian's does not, gets it where its account may use leases.
 * Where it may not, the process acts as it always did, and says so.
 */
class Derived implements Leadership {
  private readonly options: LeadershipOptions;
  private readonly replica: Replica;
  private readonly leases: LeaseCalls;
  private chosen: Leadership | undefined;
  private isStopped = false;

  constructor(options: LeadershipOptions, replica: Replica) {
    this.options = options;
    this.replica = replica;
    this.leases = options.leases();
  }

  isLeading(): boolean {
    return this.chosen?.isLeading() ?? false;
  }

  standing(): Standing {
    return this.chosen?.standing() ?? { state: 'unknown', because: 'the lease was not read yet' };
  }

  start(): void {
    void this.choose();
  }

  /** Does not wait for a look that is under way: nothing is chosen after it any more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.chosen?.stop();
  }

  private async choose(): Promise<void> {
    const mayUse = await this.mayUseLeases();
    if (this.isStopped) return;
    if (!mayUse) this.options.trouble(this.refusal());
    this.chosen = mayUse ? elected(this.options, this.replica, this.leases) : alone(this.options);
    this.chosen.start();
  }

  /** Only a 403 counts; the elector reports and repeats what fails in another way. */
  private async mayUseLeases(): Promise<boolean> {
    try {
      await this.leases.getLease(this.replica.namespace, this.options.lease);
      return true;
    } catch (error) {
      return !(error instanceof ServiceError && error.status === 403);
    }
  }

  private refusal(): string {
    const { namespace } = this.replica;
    return (
      `no leader election takes place: this account may not get the lease ${this.options.lease} in ${namespace}, so every replica ` +
      'acts. Apply kustomize/programs/leader-election.yaml and restart, or never run more than one replica.'
    );
  }
}

export function leadershipOf(options: LeadershipOptions): Leadership {
  const { found, leases, trouble } = options;
  if (found.kind === 'declared') return elected(options, found.replica, leases());
  if (found.kind === 'derived') return new Derived(options, found.replica);
  const only = alone(options);
  const { warning } = found;
  return {
    ...only,
    start: () => {
      if (warning !== undefined) trouble(warning);
      only.start();
    },
  };
}
