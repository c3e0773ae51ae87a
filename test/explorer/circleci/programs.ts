// Controller and cleaner as production runs them for CircleCI groups, over the explored network. Building only: what they do is theirs.

import { CircleCiSweeper } from '../../../cleaner/circleci/sweep.ts';
import type { Removal } from '../../../cleaner/removal.ts';
import { startRounds } from '../../../cleaner/rounds.ts';
import type { Decision } from '../../../controller/decide/decision.ts';
import type { Observation } from '../../../controller/decide/snapshot.ts';
import { GroupDiscovery } from '../../../controller/discovery/discovery.ts';
import { Groups, type GroupsOptions } from '../../../controller/groups.ts';
import { Plants } from '../../../controller/plants.ts';
import type { AutoScalingClient } from '../../../core/clients/auto-scaling/client.ts';
import type { CircleCiClient } from '../../../core/clients/circleci/client.ts';
import type { Clients } from '../../../core/clients/clients.ts';
import type { KubernetesClient } from '../../../core/clients/kubernetes/client.ts';
import type { LeaseCalls } from '../../../core/clients/kubernetes/leases.ts';
import type { Config } from '../../../core/config/config.ts';
import { Elector } from '../../../core/leadership/elector.ts';
import { guarded } from '../../../core/leadership/guard.ts';
import type { Clock } from '../../../core/process/clock.ts';
import type { Process } from '../process.ts';
import type { Program } from '../stage.ts';
import { region } from './setting.ts';

export interface Surroundings {
  readonly process: Process;
  /** As the process reads the wall clock. */
  readonly clock: Clock;
  readonly config: Config;
  readonly circleCi: CircleCiClient;
  readonly autoScaling: AutoScalingClient;
  readonly kubernetes: KubernetesClient;
  /** Where several replicas take turns. */
  readonly leases: LeaseCalls | undefined;
}

/** Told what the programs do. */
export interface Witness {
  ticked(): void;
  /** A look has ended, and what follows from it is decided. */
  decided(process: Process, group: string, what: { readonly ok: boolean; readonly orders: boolean }): void;
  /** @param due whom it is going to remove */
  judged(process: Process, group: string, due: readonly string[]): void;
  held(process: Process, group: string): void;
  removed(process: Process, group: string, outcome: Removal['outcome']): void;
  swept(): void;
  broke(process: Process, error: unknown): void;
}

/** As core/clients/clients.ts hands them out. */
function clientsOf({ circleCi, autoScaling, kubernetes }: Surroundings, mayChange: () => boolean): Clients {
  const aws = guarded(
    { ...autoScaling, region },
    { service: 'aws', writes: ['setDesiredCapacity', 'terminateInstance'], mayChange },
  );
  const writes = ['createJob', 'deleteJob'] as const;
  const cluster = guarded(kubernetes, { service: 'kubernetes', writes, mayChange });
  const given = { circleCi: () => circleCi, autoScaling: () => aws, kubernetes: () => cluster };
  return given as unknown as Clients;
}

/** Whether a replica leads; always, where there is one only. */
class Leading implements Program {
  private readonly process: Process;
  private readonly elector: Elector | undefined;
  private readonly changed: (leading: boolean) => void;

  constructor(of: Surroundings, lease: string, changed: (leading: boolean) => void) {
    const { process, clock, leases } = of;
    this.process = process;
    this.changed = changed;
    this.elector =
      leases &&
      new Elector({
        ...{ leases, namespace: 'control', name: lease, identity: process.name, clock },
        changed: ({ state }) => changed(state === 'leading'),
        ...{ steady: process.steady, trouble: () => undefined },
      });
  }

  isLeading(): boolean {
    return this.process.alive && (this.elector?.isLeading() ?? true);
  }

  start(): void {
    if (this.elector === undefined) this.changed(true);
    else this.elector.start();
  }
}

const bugs = /this is a bug/;

function groupsOf(of: Surroundings, plants: Plants, witness: Witness): Groups {
  const { process, clock } = of;
  const nobody = (): void => undefined;
  const metrics = {
    decided({ group, actions }: Decision, { ok }: Observation): void {
      witness.decided(process, group, { ok, orders: actions.some(({ kind }) => kind === 'order') });
    },
    applied: nobody,
    began: nobody,
    ticked: () => witness.ticked(),
    keepOnly: nobody,
    standDown: nobody,
  };
  const quiet = { decided: nobody, applied: nobody, unfinished: nobody, forget: nobody };
  const logger = {
    error: ({ error, stack = error }: { error: string; stack?: string }) => witness.broke(process, stack),
  };
  const options = { plants, clock, metrics, logger, journal: quiet, events: quiet };
  return new Groups(options as unknown as GroupsOptions);
}

/** Its groups run while it leads, and begin anew each time, as in controller/main.ts. */
export function startController(of: Surroundings, witness: Witness): Program {
  const { process, clock, config } = of;
  const leading = new Leading(of, 'runner-controller', (leads) => lead(leads));
  const clients = clientsOf(of, () => leading.isLeading());
  const warn = (text: string): void => void (bugs.test(text) && witness.broke(process, text));
  const template = (): never => {
    throw new Error('a CircleCI group has no job template');
  };
  const plants = new Plants({ clients, clock, warn, template, random: () => 0.5 });
  const groups = groupsOf(of, plants, witness);
  const discovery = new GroupDiscovery({ clients, clock, warn, changed: () => undefined });
  let turn = Promise.resolve();
  const lead = (leads: boolean): void => {
    turn = turn.then(async () => {
      if (leads) return discovery.follow(config, (complete) => groups.apply(complete, ''));
      await discovery.stop();
      await groups.stop();
    });
    turn.catch((error: unknown) => witness.broke(process, error));
  };
  leading.start();
  return leading;
}

export function startCleaner(of: Surroundings, witness: Witness): Program {
  const { process, clock, config } = of;
  const leading = new Leading(of, 'runner-controller-cleaner', () => undefined);
  const sweeper = new CircleCiSweeper({
    ...{ config: () => config, clients: clientsOf(of, () => leading.isLeading()), clock },
    recorder: {
      judged: (group, { due }) =>
        witness.judged(
          process,
          group,
          due.map(({ id }) => id),
        ),
      held: (group) => witness.held(process, group),
      removed: (group, { outcome }) => witness.removed(process, group, outcome),
      unsearched: () => undefined,
    },
    warn: () => undefined,
  });
  const sweep = async (): Promise<void> => {
    if (!leading.isLeading()) return;
    await sweeper.sweep().catch((error: unknown) => witness.broke(process, error));
    witness.swept();
  };
  leading.start();
  startRounds({ clock, settings: () => config.cleaner, sweep });
  return leading;
}
