// Both programs with the production clients against given addresses, impatient and fully recorded. Building only.

import { Writable } from 'node:stream';
import { CircleCiSweeper } from '../../cleaner/circleci/sweep.ts';
import { cleanerPage } from '../../cleaner/page.ts';
import type { CleanerStatus } from '../../cleaner/record/status.ts';
import { Sweeper } from '../../cleaner/sweep.ts';
import { policyOf } from '../../controller/decide/policy.ts';
import { parseJobTemplate } from '../../controller/manifest/parse-template.ts';
import { Plants } from '../../controller/plants.ts';
import { Reconciler } from '../../controller/reconcile.ts';
import { Events } from '../../controller/record/events.ts';
import { ControllerMetrics } from '../../controller/record/metrics.ts';
import type { Clients } from '../../core/clients/clients.ts';
import type { Config } from '../../core/config/config.ts';
import type { Env } from '../../core/environment.ts';
import type { Clock } from '../../core/process/clock.ts';
import { createLogger, type Logger } from '../../core/process/logger.ts';
import { dashboardPage } from '../../dashboard/page.ts';
import { templateText } from '../fakes/world.ts';
import type { Output } from './canaries.ts';
import { impatientClients } from './clients.ts';
import type { Program } from './endpoints.ts';
import { Witness, type Witnessed } from './witness.ts';

/** One registry for all cells: a process has one. */
const metrics = new ControllerMetrics();

/** The pod that the controller takes itself for. */
const replica = { name: 'runner-controller-0', namespace: 'default' };

interface Parts {
  readonly clients: Clients;
  readonly clock: Clock;
  readonly config: Config;
  readonly witness: Witness;
  readonly warn: (text: string) => void;
}

function reconcilersOf({ clients, clock, config, witness, warn }: Parts): readonly Reconciler[] {
  const { template } = parseJobTemplate(templateText, 'job.yaml.template');
  if (template === undefined) throw new Error('the template is not valid');
  const plants = new Plants({ clients, clock, random: () => 0, template: () => template, warn });
  return config.groups.map((group) => {
    const policy = policyOf(group, config);
    const plant = plants.build(group, config);
    const { min, max } = policy.rule;
    const [source, target] = [plant.source.description, plant.target.description];
    const recorder = witness.recorderFor({ name: group.name, source, target, min, max });
    return new Reconciler({ plant, policy, clock, recorder });
  });
}

export class Programs {
  /** Whose calls are made now: they take turns. */
  turn: Program = 'controller';
  private readonly lines: string[] = [];
  private readonly reconcilers: readonly Reconciler[];
  private readonly sweepers: readonly (Sweeper | CircleCiSweeper)[];
  private readonly witness: Witness;
  private readonly told: Events;
  private readonly clock: Clock;

  constructor(env: Env, clock: Clock, config: Config) {
    this.clock = clock;
    const clients = impatientClients({ env, clock, config, onCall: metrics.called.bind(metrics) });
    const logger = this.logger();
    const warn = (text: string): void => logger.warn(text);
    this.told = new Events({ replica, client: () => clients.kubernetes(), clock, logger });
    const error = (text: string): void => void this.lines.push(text);
    this.witness = new Witness({ logger, metrics, events: this.told, error });
    this.reconcilers = reconcilersOf({ clients, clock, config, witness: this.witness, warn });
    const sides = { bitbucket: clients.bitbucket(config.constants), kubernetes: clients.kubernetes() };
    const parts = { config: () => config, clock, recorder: this.witness.sweepRecorder() };
    this.sweepers = [
      new Sweeper({ ...parts, sides: () => sides }),
      new CircleCiSweeper({ ...parts, clients, warn }),
    ];
  }

  get events(): Witnessed {
    return this.witness.seen;
  }

  lastLookFailed(): ReadonlySet<string> {
    return this.witness.lastLookFailed();
  }

  /** Of all groups, at the same time. */
  async tick(): Promise<void> {
    this.turn = 'controller';
    await Promise.all(this.reconcilers.map((reconciler) => reconciler.tick()));
  }

  async sweep(): Promise<void> {
    this.turn = 'cleaner';
    this.witness.sweepBegins();
    await Promise.all(this.sweepers.map((sweeper) => sweeper.sweep()));
  }

  /** Waits for the event that is being posted. */
  stop(): Promise<void> {
    return this.told.stop();
  }

  /** What they have let out so far. */
  async output(): Promise<Output> {
    const inForce = { state: 'in-force', since: '', problems: [] } as const;
    const swept: CleanerStatus = {
      ...this.witness.cleanerStatus(this.clock.now()),
      ...{ leadership: { state: 'leading' }, settings: { config: inForce } },
    };
    return {
      logs: this.lines.join('\n'),
      status: JSON.stringify(this.witness.statuses()),
      metrics: await metrics.registry.metrics(),
      page: dashboardPage(),
      "the cleaner's status": JSON.stringify(swept),
      "the cleaner's page": cleanerPage(swept),
    };
  }

  private logger(): Logger {
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.lines.push(chunk.toString());
        done();
      },
    });
    return createLogger({ name: 'matrix', level: 'debug', clock: this.clock, destination });
  }
}
