// Builds the runner-controller and runs it until it is told to stop. The only file of the controller that builds things.

import { readFileSync } from 'node:fs';
import type { DestinationStream } from 'pino';
import { Clients } from '../core/clients/clients.ts';
import { readLogLevel, type Env } from '../core/environment.ts';
import { messageOf } from '../core/errors.ts';
import { leadershipOf, leaseNews, type Leadership } from '../core/leadership/leadership.ts';
import { findReplica } from '../core/leadership/replica.ts';
import { standbyReadiness, standingText, type Standing } from '../core/leadership/standby.ts';
import type { Clock } from '../core/process/clock.ts';
import { Edits, type Read } from '../core/process/edits.ts';
import { Shutdown } from '../core/process/ending.ts';
import { createLogger, type Logger } from '../core/process/logger.ts';
import {
  startServer,
  type Readiness,
  type RunningServer,
  type ServingOptions,
} from '../core/process/server.ts';
import { readyIfAnyWorks } from '../core/process/readiness.ts';
import type { ByFile, FileState } from '../core/process/settings-record.ts';
import { logWarnings } from '../core/process/warnings.ts';
import { requireClients } from './required-clients.ts';
import { GroupDiscovery } from './discovery/discovery.ts';
import { Groups } from './groups.ts';
import { Plants } from './plants.ts';
import { Events } from './record/events.ts';
import { Journal } from './record/journal.ts';
import { settingsAccepted, settingsRefused } from './record/notices.ts';
import { ControllerMetrics } from './record/metrics.ts';
import type { GroupStatus } from './record/status.ts';
import {
  readSettings,
  settingsChanges,
  settingsTexts,
  type Settings,
  type SettingsFile,
  type SettingsPaths,
} from './settings.ts';

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
  /** Who leads, as far as this process knows. */
  readonly leadership: Standing;
  readonly now: string;
  /** Whether the files are in force as they are now. */
  readonly settings: ByFile<SettingsFile, FileState>;
  readonly groups: readonly GroupStatus[];
}

export interface RunningController {
  readonly url: string;
  readonly registry: ControllerMetrics['registry'];
  status(): ControllerStatus;
  /** Begins nothing new, gives the changes under way some seconds, and then gives the lease up. */
  stop(): Promise<void>;
}

class Controller implements RunningController {
  private readonly options: ControllerOptions;
  private readonly paths: SettingsPaths;
  private readonly metrics = new ControllerMetrics(() =>
    this.clients.bitbucketCallsLeft(this.edits.current.config),
  );
  private readonly logger: Logger;
  private readonly clients: Clients;
  private readonly ending: Shutdown;
  private readonly events: Events;
  private readonly groups: Groups;
  private readonly discovery: GroupDiscovery;
  private readonly leadership: Leadership;
  private readonly edits: Edits<SettingsFile, Settings>;
  private server: RunningServer | undefined;
  private watching: Promise<void> = Promise.resolve();
  /** Beginning, ending and reloading never overlap. */
  private turn: Promise<void> = Promise.resolve();

  constructor(options: ControllerOptions, paths: SettingsPaths, start: Read<SettingsFile, Settings>) {
    const { env, clock, random, destination, ending = new Shutdown() } = options;
    this.options = options;
    this.ending = ending;
    this.paths = paths;
    this.logger = createLogger({ name: 'runner-controller', level: readLogLevel(env), clock, destination });
    const onCall = this.metrics.called.bind(this.metrics);
    const warn = (text: string): void => this.logger.warn(text);
    const readFile = (path: string): string => readFileSync(path, 'utf8');
    const mayChange = (): boolean => this.leadership.isLeading();
    this.clients = new Clients({ env, clock, random, onCall, readFile, warn, mayChange, ending });
    const { metrics, logger, clients } = this;
    const template = (): Settings['template'] => this.edits.current.template;
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
      changed: (standing) => void this.inTurn(() => this.lead(standing)),
      ...leaseNews(logger, metrics.process),
    });
    metrics.process.followLeadership(mayChange);
    this.edits = this.editsFrom(start);
  }

  get url(): string {
    return this.server?.url ?? '';
  }

  get registry(): ControllerMetrics['registry'] {
    return this.metrics.registry;
  }

  async start(): Promise<void> {
    const { config, warnings } = this.edits.current;
    const { port, probePort, host, allowedHosts, page, clock } = this.options;
    requireClients(config, this.clients);
    if (this.ending.stopping.aborted) return;
    this.server = await startServer({
      ...{ port, probePort, host, allowedHosts, page },
      registry: this.metrics.registry,
      readiness: () => this.readiness(clock.now()),
      status: () => this.status(),
    });
    const groups = config.groups.map(({ name }) => name);
    const { url, probesUrl } = this.server;
    this.logger.info({ groups, url, probesUrl, config: this.paths.config }, 'started');
    logWarnings(this.logger, warnings, this.clients.credentials.warnings);
    if (this.ending.stopping.aborted) return;
    this.leadership.start();
    this.watching = this.edits.watch((act) => this.inTurn(act));
    await this.turn;
  }

  status(): ControllerStatus {
    const now = new Date(this.options.clock.now()).toISOString();
    const leadership = this.leadership.standing();
    const leader = leadership.state === 'leading';
    return { leader, leadership, now, settings: this.edits.states(), groups: this.groups.statuses() };
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

  private inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.turn.then(act);
    this.turn = result.then(() => undefined);
    return result;
  }

  private async lead(standing: Standing): Promise<void> {
    const { state, leader, because } = standing;
    const leading = state === 'leading';
    this.logger.info({ leading, leader, because }, standingText(standing));
    if (!leading) return this.standDown();
    if (this.ending.stopping.aborted) return;
    await this.enforce(this.edits.current).catch((error: unknown) => {
      this.logger.error({ error: messageOf(error) }, 'the groups could not be started');
    });
  }

  private async standDown(): Promise<void> {
    await this.discovery.stop();
    await this.groups.stop();
  }

  private enforce({ config, templateDigest }: Settings): Promise<void> {
    return this.discovery.follow(config, (complete) => this.groups.apply(complete, templateDigest));
  }

  private readiness(now: number): Readiness {
    const standing = this.leadership.standing();
    if (standing.state !== 'leading') return standbyReadiness(standing);
    const { working, reasons } = this.groups.health(now);
    return readyIfAnyWorks(working, [...reasons, ...this.discovery.unready()]);
  }

  private editsFrom(start: Read<SettingsFile, Settings>): Edits<SettingsFile, Settings> {
    const { paths, ending, clients, metrics, events, logger } = this;
    return new Edits({
      ...{ start, clock: this.options.clock, signal: ending.stopping },
      readTexts: () => settingsTexts(paths, ending),
      read: () => readSettings(paths, ending),
      fileOf: ({ file }) => (file === paths.jobTemplate ? 'jobTemplate' : 'config'),
      enforce: async (settings) => {
        requireClients(settings.config, clients);
        if (this.leadership.isLeading() && !ending.stopping.aborted) await this.enforce(settings);
      },
      accepted: (settings, before) => {
        const groups = settings.config.groups.map(({ name }) => name);
        const changes = settingsChanges(before, settings);
        metrics.process.reloaded('accepted');
        logger.info({ groups, changes }, 'the edited settings are in force');
        events.post(settingsAccepted(changes));
        logWarnings(logger, settings.warnings, clients.credentials.warnings);
      },
      refused: (problems) => {
        metrics.process.reloaded('refused');
        logger.error({ problems }, 'the edited settings are refused, the last good ones stay in force');
        events.post(settingsRefused(problems));
      },
      judged: (states) => metrics.process.settingsJudged(states),
    });
  }
}

/** @throws ConfigError, before anything is started; StoppingError */
export async function startController(options: ControllerOptions): Promise<RunningController> {
  const { configPath, jobTemplatePath, env, ending = new Shutdown() } = options;
  const paths: SettingsPaths = { config: configPath, jobTemplate: jobTemplatePath, env };
  // Read before what they mean, so that no edit falls between the two.
  const texts = await settingsTexts(paths, ending).catch(() => ({ config: '', jobTemplate: '' }));
  const settings = await readSettings(paths, ending);
  const controller = new Controller({ ...options, ending }, paths, { texts, settings });
  await controller.start();
  return controller;
}
