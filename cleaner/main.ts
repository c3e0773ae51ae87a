// Builds the cleaner and runs it until it is told to stop. The only file of the cleaner that builds things.

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
import type { Sides } from './observe.ts';
import { cleanerPage } from './page.ts';
import { CircleCiSweeper } from './circleci/sweep.ts';
import { CleanerMetrics } from './record/metrics.ts';
import { recorderOf, type CleanerRecorder } from './record/recorder.ts';
import { StatusRecord, type CleanerStatus } from './record/status.ts';
import { startRounds, type Rounds } from './rounds.ts';
import { readSettings, settingsText, type Settings, type SettingsPaths } from './settings.ts';
import { Sweeper, sweptGroups } from './sweep.ts';

export interface CleanerOptions extends ServingOptions {
  /** A file or folder; undefined for a configuration by environment variables alone. */
  readonly configPath: string | undefined;
  readonly env: Env;
  readonly clock: Clock;
  readonly random: () => number;
  /** Where log lines go; stdout if left out. */
  readonly destination?: DestinationStream | undefined;
  /** Begun by who starts the program when it is told to end, even while it starts; `stop` begins it too. */
  readonly ending?: Shutdown | undefined;
}

export interface RunningCleaner {
  readonly url: string;
  status(): CleanerStatus;
  /** Begins nothing new, gives the changes under way some seconds, and then gives the lease up. */
  stop(): Promise<void>;
}

const watchEveryMs = 5_000;
/** A cleaner that swept nothing for this many of its intervals is not ready. */
const staleAfterIntervals = 3;

class Cleaner implements RunningCleaner {
  private readonly options: CleanerOptions;
  private readonly paths: SettingsPaths;
  private readonly metrics = new CleanerMetrics();
  private readonly record = new StatusRecord();
  private readonly recorder: CleanerRecorder;
  private readonly logger: Logger;
  private readonly clients: Clients;
  private readonly sweeper: Sweeper;
  private readonly circleCi: CircleCiSweeper;
  private readonly leadership: Leadership;
  private readonly ending: Shutdown;
  private settings: Settings;
  private server: RunningServer | undefined;
  private rounds: Rounds | undefined;
  private watching: Promise<void> = Promise.resolve();
  private failed = false;

  constructor(options: CleanerOptions, paths: SettingsPaths, settings: Settings) {
    const { env, clock, random, destination, ending = new Shutdown() } = options;
    this.options = options;
    this.ending = ending;
    this.paths = paths;
    this.settings = settings;
    const name = 'runner-controller-cleaner';
    this.logger = createLogger({ name, level: readLogLevel(env), clock, destination });
    const onCall = this.metrics.called.bind(this.metrics);
    const mayChange = (): boolean => this.leadership.isLeading();
    this.clients = new Clients({
      ...{ env, clock, random, onCall, mayChange, ending },
      readFile: (path) => readFileSync(path, 'utf8'),
      warn: (text) => this.logger.warn(text),
    });
    const { clients, logger, metrics, record } = this;
    this.recorder = recorderOf({ metrics, record, logger, incomplete: () => void (this.failed = true) });
    const { recorder } = this;
    const warn = (text: string): void => logger.warn(text);
    const permission = { config: () => this.settings.config, mayChange, ending };
    this.sweeper = new Sweeper({ ...permission, sides: () => this.sides(), clock, recorder });
    this.circleCi = new CircleCiSweeper({ ...permission, clients, clock, recorder, warn });
    this.leadership = leadershipOf({
      ...{ found: findReplica(env), lease: name, leases: () => clients.leases(), clock, ending },
      changed: (leading) => {
        metrics.leads(leading);
        if (!leading) recorder.standDown();
        logger.info({ leading }, leadershipText(leading));
      },
      ...leaseNews(logger, metrics),
    });
  }

  get url(): string {
    return this.server?.url ?? '';
  }

  /** @param known the text of the settings that are in force now */
  async start(known: string | undefined): Promise<void> {
    const { port, probePort, host, allowedHosts, clock } = this.options;
    this.requireClients(this.settings);
    if (this.ending.stopping.aborted) return;
    this.server = await startServer({
      ...{ port, probePort, host, allowedHosts, page: () => cleanerPage(this.status()) },
      registry: this.metrics.registry,
      readiness: () => this.readiness(),
      status: () => this.status(),
    });
    const { url, probesUrl } = this.server;
    this.logger.info({ ...this.summary(), url, probesUrl, config: this.paths.config }, 'started');
    this.warn();
    if (this.ending.stopping.aborted) return;
    this.leadership.start();
    this.rounds = startRounds({
      clock,
      settings: () => this.settings.config.cleaner,
      sweep: () => this.sweep(),
    });
    this.watching = this.watch(known);
  }

  status(): CleanerStatus {
    return this.record.status(this.options.clock.now(), this.settings.config.cleaner.enabled);
  }

  async stop(): Promise<void> {
    this.ending.begin();
    await Promise.all([this.watching, this.rounds?.stop()]);
    await this.leadership.stop();
    await this.server?.close();
    this.logger.info('stopped');
    this.ending.done();
  }

  private sides(): Sides {
    const bitbucket = this.clients.bitbucket(this.settings.config.constants);
    return { bitbucket, kubernetes: this.clients.kubernetes() };
  }

  /** @throws ConfigError at the start rather than at the first sweep */
  private requireClients({ config }: Settings): void {
    if (sweptGroups(config).length === 0) return;
    this.clients.bitbucket(config.constants);
    this.clients.kubernetes();
  }

  /** The one catch of a sweep: whatever goes wrong, the next one is tried (P4). */
  private async sweep(): Promise<void> {
    if (!this.leadership.isLeading()) return;
    this.failed = false;
    const ended = await Promise.allSettled([this.sweeper.sweep(), this.circleCi.sweep()]);
    for (const each of ended) if (each.status === 'rejected') this.report(each.reason);
    // Also what it set after it stood down, or was switched off, in the middle.
    this.forgetGroups();
    if (this.failed || !this.sweeps()) return;
    const now = this.options.clock.now();
    this.record.swept(now);
    this.metrics.swept(now);
  }

  private report(error: unknown): void {
    this.failed = true;
    if (error instanceof StoppingError) return;
    const stack = error instanceof Error ? error.stack : undefined;
    const text = 'a sweep failed unexpectedly; this is a bug, please report it';
    this.logger.error({ error: messageOf(error), stack }, text);
  }

  private groupNames(): readonly string[] {
    return [...sweptGroups(this.settings.config).map(({ name }) => name), ...this.circleCi.names()];
  }

  private sweeps(): boolean {
    return this.settings.config.cleaner.enabled && this.leadership.isLeading();
  }

  /** Those that are no longer declared, or found; and what nothing looks at any more. */
  private forgetGroups(): void {
    this.recorder.keepOnly(new Set(this.groupNames()));
    if (!this.sweeps()) this.recorder.standDown();
  }

  private readiness(): Readiness {
    if (!this.leadership.isLeading()) return standbyReadiness(this.leadership.problems());
    const { enabled, schedule, intervalMs, drainedGraceMs } = this.settings.config.cleaner;
    if (!enabled || schedule !== undefined) return { ready: true, reasons: [] };
    const at = this.record.lastSweepAt();
    const age = at === undefined ? Infinity : this.options.clock.now() - at;
    // A sweep may wait for a drained grace in between.
    if (age <= staleAfterIntervals * intervalMs + drainedGraceMs) return { ready: true, reasons: [] };
    const told = at === undefined ? 'no sweep has seen every group yet' : `${Math.round(age / 1000)} s ago`;
    return { ready: false, reasons: [`the last complete sweep: ${told}`] };
  }

  private watch(known: string | undefined): Promise<void> {
    const { clock } = this.options;
    const signal = this.ending.stopping;
    const read = (): Promise<string> => settingsText(this.paths, this.ending);
    return watchText({ known, read, clock, everyMs: watchEveryMs, signal, changed: () => this.reload() });
  }

  private async reload(): Promise<void> {
    try {
      const settings = await readSettings(this.paths, this.ending);
      this.requireClients(settings);
      this.settings = settings;
      this.forgetGroups();
      this.metrics.reloaded('accepted');
      this.logger.info(this.summary(), 'the edited settings are in force');
      this.warn();
    } catch (error) {
      if (error instanceof StoppingError) return;
      this.metrics.reloaded('refused');
      const problems = error instanceof ConfigError ? error.problems.map(formatProblem) : [messageOf(error)];
      this.logger.error({ problems }, 'the edited settings are refused, the last good ones stay in force');
    }
  }

  private summary(): Readonly<Record<string, unknown>> {
    const { enabled, schedule, intervalMs } = this.settings.config.cleaner;
    return { enabled, when: schedule ?? `every ${intervalMs / 1000} s`, groups: this.groupNames() };
  }

  private warn(): void {
    logWarnings(this.logger, this.settings.warnings, this.clients.credentials.warnings);
  }
}

/** @throws ConfigError, before anything is started; StoppingError */
export async function startCleaner(options: CleanerOptions): Promise<RunningCleaner> {
  const { configPath, env, ending = new Shutdown() } = options;
  const paths: SettingsPaths = { config: configPath, env };
  const known = await settingsText(paths, ending).catch(() => undefined);
  const settings = await readSettings(paths, ending);
  const cleaner = new Cleaner({ ...options, ending }, paths, settings);
  await cleaner.start(known);
  return cleaner;
}
