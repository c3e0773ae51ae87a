// Builds the runner-controller and runs it until it is told to stop. The only file of the controller that builds things.

import { readFileSync } from 'node:fs';
import type { DestinationStream } from 'pino';
import { Clients } from '../core/clients/clients.ts';
import { readLogLevel, type Env } from '../core/environment.ts';
import { ConfigError, formatProblem, messageOf, StoppingError } from '../core/errors.ts';
import { leadershipOf, leaseNews, type Leadership } from '../core/leadership/leadership.ts';
import { findReplica } from '../core/leadership/replica.ts';
import { leadershipText, standbyReadiness } from '../core/leadership/standby.ts';
import type { Clock } from '../core/process/clock.ts';
import { Shutdown } from '../core/process/ending.ts';
import { createLogger, type Logger } from '../core/process/logger.ts';
import {
  startServer,
  type Readiness,
  type RunningServer,
  type ServingOptions,
} from '../core/process/server.ts';
import { logWarnings } from '../core/process/warnings.ts';
import { watchText } from '../core/process/watch.ts';
import { requireClients } from './required-clients.ts';
import { GroupDiscovery } from './discovery/discovery.ts';
import { Groups } from './groups.ts';
import { Plants } from './plants.ts';
import { Events } from './record/events.ts';
import { Journal } from './record/journal.ts';
import { settingsAccepted, settingsRefused } from './record/notices.ts';
import { ControllerMetrics } from './record/metrics.ts';
import type { GroupStatus } from './record/status.ts';
import { readSettings, settingsText, type Settings, type SettingsPaths } from './settings.ts';

export interface ControllerOptions extends ServingOptions {
  /** A file or folder; undefined for a configuration by environment variables alone. */
  readonly configPath: string | undefined;
  readonly jobTemplatePath: string;
  readonly env: Env;
  readonly clock: Clock;
  readonly random: () => number;
  /** The HTML of `/`. */
  readonly page: () => string;
  /** Where log lines go; stdout if left out. */
  readonly destination?: DestinationStream | undefined;
  /** Begun by who starts the program when it is told to end, even while it starts; `stop` begins it too. */
  readonly ending?: Shutdown | undefined;
}

/** What `/status` answers. */
export interface ControllerStatus {
  readonly leader: boolean;
  readonly now: string;
  readonly groups: readonly GroupStatus[];
}

export interface RunningController {
  readonly url: string;
  readonly registry: ControllerMetrics['registry'];
  status(): ControllerStatus;
  /** Begins nothing new, gives the changes under way some seconds, and then gives the lease up. */
  stop(): Promise<void>;
}

/** How often the mounted files are read again. The kubelet itself takes up to a minute to bring an edit. */
const watchEveryMs = 5_000;

class Controller implements RunningController {
  private readonly options: ControllerOptions;
  private readonly paths: SettingsPaths;
  private readonly metrics = new ControllerMetrics();
  private readonly logger: Logger;
  private readonly clients: Clients;
  private readonly ending: Shutdown;
  private readonly events: Events;
  private readonly groups: Groups;
  private readonly discovery: GroupDiscovery;
  private readonly leadership: Leadership;
  private settings: Settings;
  private server: RunningServer | undefined;
  private watching: Promise<void> = Promise.resolve();
  /** Beginning, ending and reloading never overlap. */
  private turn: Promise<void> = Promise.resolve();

  constructor(options: ControllerOptions, paths: SettingsPaths, settings: Settings) {
    const { env, clock, random, destination, ending = new Shutdown() } = options;
    this.options = options;
    this.ending = ending;
    this.paths = paths;
    this.settings = settings;
    this.logger = createLogger({ name: 'runner-controller', level: readLogLevel(env), clock, destination });
    const onCall = this.metrics.called.bind(this.metrics);
    const warn = (text: string): void => this.logger.warn(text);
    const readFile = (path: string): string => readFileSync(path, 'utf8');
    const mayChange = (): boolean => this.leadership.isLeading();
    this.clients = new Clients({ env, clock, random, onCall, readFile, warn, mayChange, ending });
    const { metrics, logger, clients } = this;
    const template = (): Settings['template'] => this.settings.template;
    const plants = new Plants({ clients, clock, random, ending, warn, template });
    const found = findReplica(env);
    this.events = new Events({ replica: found.replica, client: () => clients.kubernetes(), clock, logger });
    const { events } = this;
    const journal = new Journal(logger);
    this.groups = new Groups({ plants, journal, metrics, events, logger, clock, ending });
    const changed = (groups: object): void => logger.info(groups, 'discovery changed the groups');
    this.discovery = new GroupDiscovery({ clients, clock, warn, changed });
    this.leadership = leadershipOf({
      ...{ found, lease: 'runner-controller', leases: () => clients.leases(), clock, ending },
      changed: (leading) => void this.inTurn(() => this.lead(leading)),
      ...leaseNews(logger, metrics),
    });
  }

  get url(): string {
    return this.server?.url ?? '';
  }

  get registry(): ControllerMetrics['registry'] {
    return this.metrics.registry;
  }

  /** @param known the text of the settings that are in force now */
  async start(known: string | undefined): Promise<void> {
    const { port, probePort, host, allowedHosts, page, clock } = this.options;
    requireClients(this.settings.config, this.clients);
    if (this.ending.stopping.aborted) return;
    this.server = await startServer({
      ...{ port, probePort, host, allowedHosts, page },
      registry: this.metrics.registry,
      readiness: () => this.readiness(clock.now()),
      status: () => this.status(),
    });
    const groups = this.settings.config.groups.map(({ name }) => name);
    const { url, probesUrl } = this.server;
    this.logger.info({ groups, url, probesUrl, config: this.paths.config }, 'started');
    logWarnings(this.logger, this.settings.warnings, this.clients.credentials.warnings);
    if (this.ending.stopping.aborted) return;
    this.leadership.start();
    this.watching = this.watch(known);
    await this.turn;
  }

  status(): ControllerStatus {
    const now = new Date(this.options.clock.now()).toISOString();
    return { leader: this.leadership.isLeading(), now, groups: this.groups.statuses() };
  }

  async stop(): Promise<void> {
    this.ending.begin();
    // A reload under way may still start groups, so it ends first.
    await this.watching;
    await this.inTurn(() => this.standDown());
    await this.events.stop();
    await this.leadership.stop();
    await this.server?.close();
    this.logger.info('stopped');
    this.ending.done();
  }

  private inTurn(act: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(act);
    return this.turn;
  }

  private async lead(leading: boolean): Promise<void> {
    this.metrics.leads(leading);
    this.logger.info({ leading }, leadershipText(leading));
    if (!leading) return this.standDown();
    if (this.ending.stopping.aborted) return;
    await this.enforce(this.settings).catch((error: unknown) => {
      this.logger.error({ error: messageOf(error) }, 'the groups could not be started');
    });
  }

  private async standDown(): Promise<void> {
    await this.discovery.stop();
    await this.groups.stop();
  }

  private enforce({ config }: Settings): Promise<void> {
    return this.discovery.follow(config, (complete) => this.groups.apply(complete));
  }

  private readiness(now: number): Readiness {
    if (!this.leadership.isLeading()) return standbyReadiness(this.leadership.problems());
    const { reasons } = this.groups.readiness(now);
    const all = [...reasons, ...this.discovery.unready()];
    return { ready: all.length === 0, reasons: all };
  }

  private watch(known: string | undefined): Promise<void> {
    return watchText({
      ...{ known, clock: this.options.clock, everyMs: watchEveryMs, signal: this.ending.stopping },
      read: () => settingsText(this.paths, this.ending),
      changed: () => this.inTurn(() => this.reload()),
    });
  }

  private async reload(): Promise<void> {
    try {
      const settings = await readSettings(this.paths, this.ending);
      requireClients(settings.config, this.clients);
      const before = this.settings;
      this.settings = settings;
      if (this.leadership.isLeading() && !this.ending.stopping.aborted) {
        await this.enforce(settings).catch((error: unknown) => {
          this.settings = before;
          throw error;
        });
      }
      this.metrics.reloaded('accepted');
      this.logger.info(
        { groups: settings.config.groups.map(({ name }) => name) },
        'the edited settings are in force',
      );
      this.events.post(settingsAccepted);
      logWarnings(this.logger, settings.warnings, this.clients.credentials.warnings);
    } catch (error) {
      if (error instanceof StoppingError) return;
      this.metrics.reloaded('refused');
      // Whatever an edit brings about, the process goes on with what it has.
      const problems = error instanceof ConfigError ? error.problems.map(formatProblem) : [messageOf(error)];
      this.logger.error({ problems }, 'the edited settings are refused, the last good ones stay in force');
      this.events.post(settingsRefused(problems));
    }
  }
}

/** @throws ConfigError, before anything is started; StoppingError */
export async function startController(options: ControllerOptions): Promise<RunningController> {
  const { configPath, jobTemplatePath, env, ending = new Shutdown() } = options;
  const paths: SettingsPaths = { config: configPath, jobTemplate: jobTemplatePath, env };
  const known = await settingsText(paths, ending).catch(() => undefined);
  const settings = await readSettings(paths, ending);
  const controller = new Controller({ ...options, ending }, paths, settings);
  await controller.start(known);
  return controller;
}
