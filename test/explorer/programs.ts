// The two programs as production runs them, over the explored network. Building only: what they do is theirs.

import { Sweeper } from '../../cleaner/sweep.ts';
import { startRounds } from '../../cleaner/rounds.ts';
import { policyOf } from '../../controller/decide/policy.ts';
import { Plants } from '../../controller/plants.ts';
import { Reconciler, type Recorder } from '../../controller/reconcile.ts';
import { unlimited as unlimitedCalls } from '../../core/clients/http/budget.ts';
import type { BitbucketClient } from '../../core/clients/bitbucket/client.ts';
import type { Clients } from '../../core/clients/clients.ts';
import type { KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import type { LeaseCalls } from '../../core/clients/kubernetes/leases.ts';
import type { BitbucketGroup } from '../../core/config/config.ts';
import { Elector } from '../../core/leadership/elector.ts';
import { guarded } from '../../core/leadership/guard.ts';
import type { Clock } from '../../core/process/clock.ts';
import { startLoop, type Loop } from '../../core/process/loop.ts';
import type { Process } from './process.ts';
import { template, type Setting } from './setting.ts';

export interface Surroundings {
  readonly process: Process;
  /** As the process reads the wall clock. */
  readonly clock: Clock;
  readonly setting: Setting;
  readonly bitbucket: BitbucketClient;
  readonly kubernetes: KubernetesClient;
}

/** Told what the programs do. */
export interface Witness {
  ticked(process: Process, group: string): void;
  held(process: Process, group: string): void;
  ended(process: Process, group: string): void;
  broke(process: Process, error: unknown): void;
}

type Writes<Client> = readonly (keyof Client & string)[];

const bitbucketWrites: Writes<BitbucketClient> = ['createRunner', 'setDisabled', 'deleteRunner'];
const kubernetesWrites = [
  ...(['createJob', 'deleteJob', 'createSecret', 'ownSecret'] as const),
  ...(['deleteSecret', 'createNamespace'] as const),
] satisfies Writes<KubernetesClient>;

export function isWrite(operation: string): boolean {
  const names: readonly string[] = [...bitbucketWrites, ...kubernetesWrites];
  return names.includes(operation);
}

const unlimited = { resolve: () => Promise.resolve({ accountUuid: 'account' }), budget: unlimitedCalls };

/** One replica of the controller. Its groups run while it leads, and begin anew each time, as in controller/main.ts. */
export class ControllerProgram {
  private readonly of: Surroundings;
  private readonly witness: Witness;
  private readonly plants: Plants;
  private readonly elector: Elector | undefined;
  private loops: readonly Loop[] = [];
  private turn: Promise<void> = Promise.resolve();

  constructor(of: Surroundings, witness: Witness, leases: LeaseCalls | undefined) {
    this.of = of;
    this.witness = witness;
    const { process, clock } = of;
    const mayChange = (): boolean => this.isLeading();
    const bitbucket = guarded(
      { ...of.bitbucket, ...unlimited },
      { service: 'bitbucket', writes: ['createRunner', 'setDisabled', 'deleteRunner'], mayChange },
    );
    const kubernetes = guarded(of.kubernetes, { service: 'kubernetes', writes: kubernetesWrites, mayChange });
    const clients = { bitbucket: () => bitbucket, kubernetes: () => kubernetes } as unknown as Clients;
    this.plants = new Plants({ clients, clock, random: () => 0, template: () => template });
    this.elector = leases && this.electorFor(process, leases);
  }

  isLeading(): boolean {
    return this.of.process.alive && (this.elector?.isLeading() ?? true);
  }

  start(): void {
    if (this.elector === undefined) this.lead(true);
    else this.elector.start();
  }

  private electorFor(process: Process, leases: LeaseCalls): Elector {
    return new Elector({
      ...{ leases, namespace: 'control', name: 'runner-controller', identity: process.name },
      ...{ clock: this.of.clock, steady: process.steady, trouble: () => undefined },
      changed: ({ state }) => this.lead(state === 'leading'),
    });
  }

  private lead(leading: boolean): void {
    this.turn = this.turn.then(async () => {
      await Promise.all(this.loops.map((loop) => loop.stop()));
      this.loops = leading ? this.of.setting.groups.map((group) => this.run(group)) : [];
    });
  }

  private run(group: BitbucketGroup): Loop {
    const { process, clock, setting } = this.of;
    const { name } = group;
    const { witness } = this;
    const recorder: Recorder = {
      decided: (_decision, { ok }) => void (ok || witness.held(process, name)),
      applied: () => undefined,
      unfinished: () => undefined,
    };
    const policy = policyOf(group, setting.config);
    const plant = this.plants.build(group, setting.config);
    const reconciler = new Reconciler({ plant, policy, clock, recorder });
    const step = async (): Promise<number> => {
      witness.ticked(process, name);
      try {
        return await reconciler.tick();
      } catch (error) {
        witness.broke(process, error);
        return policy.pollingIntervalMs;
      } finally {
        witness.ended(process, name);
      }
    };
    return startLoop({ clock, step });
  }
}

export function startCleaner(of: Surroundings, witness: Witness): void {
  const { process, clock, setting } = of;
  const { config } = setting;
  const sides = { bitbucket: { ...of.bitbucket, ...unlimited }, kubernetes: of.kubernetes };
  const sweeper = new Sweeper({
    ...{ config: () => config, sides: () => sides, clock },
    recorder: {
      judged: () => undefined,
      held: (group) => witness.held(process, group),
      removed: () => undefined,
    },
  });
  const sweep = async (): Promise<void> => {
    await sweeper.sweep().catch((error: unknown) => witness.broke(process, error));
    for (const { name } of setting.groups) witness.ended(process, name);
  };
  startRounds({ clock, settings: () => config.cleaner, sweep });
}
