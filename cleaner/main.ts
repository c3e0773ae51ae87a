// Builds the cleaner and runs it until it is told to stop. The only file of the cleaner that builds things.

import { readFileSync } from 'node:fs';
import type { DestinationStream } from 'pino';
import { Clients } from '../core/clients/clients.ts';
import { readLogLevel, type Env } from '../core/environment.ts';
import { messageOf, StoppingError } from '../core/errors.ts';
import { leadershipOf, leaseNews, type Leadership } from '../core/leadership/leadership.ts';
import { findReplica } from '../core/leadership/replica.ts';
import { standbyReadiness, standingText } from '../core/leadership/standby.ts';
import { changesBetween, shownChanges } from '../core/config/changes.ts';
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
import { logWarnings } from '../core/process/warnings.ts';
import type { Sides } from './observe.ts';
import { cleanerPage } from './page.ts';
import { CircleCiSweeper } from './circleci/sweep.ts';
import { CleanerMetrics } from './record/metrics.ts';
import { recorderOf, type CleanerRecorder } from './record/recorder.ts';
import { StatusRecord, type CleanerStatus } from './record/status.ts';
import { startRounds, type Rounds } from './rounds.ts';
import { readSettings, settingsTexts, type Settings, type SettingsPaths } from './settings.ts';
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

/** A cleaner that swept nothing for this many of its intervals is not ready. */
const staleAfterIntervals = 3;

class Cleaner implements RunningCleaner {
  private readonly options: CleanerOptions;
  private readonly paths: SettingsPaths;
  private readonly metrics = new CleanerMetrics(() =>
    this.clients.bitbucketCallsLeft(this.edits.current.config),
  );
  private readonly record = new StatusRecord();
  private readonly recorder: CleanerRecorder;
  private readonly logger: Logger;
  private readonly clients: Clients;
  private readonly sweeper: Sweeper;
  private readonly circleCi: CircleCiSweeper;
  private readonly leadership: Leadership;
  private readonly ending: Shutdown;
  private readonly edits: Edits<'config', Settings>;
  private server: RunningServer | undefined;
  private rounds: Rounds | undefined;
  private watching: Promise<void> = Promise.resolve();
  private failed = false;

  constructor(options: CleanerOptions, paths: SettingsPaths, start: Read<'config', Settings>) {
    const { env, clock, random, destination, ending = new Shutdown() } = options;
    this.options = options;
    this.ending = ending;
    this.paths = paths;
    const name = 'runner-controller-cleaner';
    this.logger = createLogger({ name, level: readLogLevel(env), clock, destination });
    const onCall = this.metrics.called.bind(this.metrics);
    const mayChange = (): boolean => this.leadership.isLeading();
    this.clients = new Clients({
      ...({ program: 'cleaner', env, clock, random, onCall, mayChange, ending } as const),
      readFile: (path) => readFileSync(path, 'utf8'),
      warn: (text) => this.logger.warn(text),
    });
    const { clients, logger, metrics, record } = this;
    this.recorder = recorderOf({ metrics, record, logger, incomplete: () => void (this.failed = true) });
    const { recorder } = this;
    const warn = (text: string): void => logger.warn(text);
    const permission = { config: () => this.edits.current.config, mayChange, ending };
    this.sweeper = new Sweeper({ ...permission, sides: () => this.sides(), clock, recorder });
    this.circleCi = new CircleCiSweeper({ ...permission, clients, clock, recorder, warn });
    this.leadership = leadershipOf({
      ...{ found: findReplica(env), lease: name, leases: () => clients.leases(), clock, ending },
      changed: (standing) => {
        const { state, leader, because } = standing;
        if (state !== 'leading') recorder.standDown();
        logger.info({ leading: state === 'leading', leader, because }, standingText(standing));
      },
      ...leaseNews(logger, metrics.process),
    });
    metrics.process.followLeadership(mayChange);
    this.edits = this.editsFrom(start);
  }

  get url(): string {
    return this.server?.url ?? '';
  }

  async start(): Promise<void> {
    const { port, probePort, host, allowedHosts, clock } = this.options;
    this.requireClients(this.edits.current);
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
      settings: () => this.edits.current.config.cleaner,
      sweep: () => this.sweep(),
    });
    this.watching = this.edits.watch();
  }

  status(): CleanerStatus {
    const of = this.record.status(this.options.clock.now(), this.edits.current.config.cleaner.enabled);
    return { ...of, leadership: this.leadership.standing(), settings: this.edits.states() };
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
    const bitbucket = this.clients.bitbucket(this.edits.current.config.constants);
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
    this.metrics.lastSwept(this.record.lastSweepAt() ?? 0);
    const ended = await Promise.allSettled([this.sweeper.sweep(), this.circleCi.sweep()]);
    for (const each of ended) if (each.status === 'rejected') this.report(each.reason);
    // Also what it set after it stood down, or was switched off, in the middle.
    this.forgetGroups();
    if (this.failed || !this.sweeps()) return;
    const now = this.options.clock.now();
    this.record.swept(now);
    this.metrics.lastSwept(now);
  }

  private report(error: unknown): void {
    this.failed = true;
    if (error instanceof StoppingError) return;
    const stack = error instanceof Error ? error.stack : undefined;
    const text = 'a sweep failed unexpectedly; this is a bug, please report it';
    this.logger.error({ error: messageOf(error), stack }, text);
  }

  private groupNames(): readonly string[] {
    return [...sweptGroups(this.edits.current.config).map(({ name }) => name), ...this.circleCi.names()];
  }

  private sweeps(): boolean {
    return this.edits.current.config.cleaner.enabled && this.leadership.isLeading();
  }

  /** Those that are no longer declared, or found; and what nothing looks at any more. */
  private forgetGroups(): void {
    this.recorder.keepOnly(new Set(this.groupNames()));
    if (!this.sweeps()) this.recorder.standDown();
  }

  private readiness(): Readiness {
    const standing = this.leadership.standing();
    if (standing.state !== 'leading') return standbyReadiness(standing);
    const { enabled, schedule, intervalMs, drainedGraceMs } = this.edits.current.config.cleaner;
    if (!enabled || schedule !== undefined) return { ready: true, reasons: [] };
    // A sweep may wait for a drained grace in between.
    return this.record.readiness(this.options.clock.now(), staleAfterIntervals * intervalMs + drainedGraceMs);
  }

  private editsFrom(start: Read<'config', Settings>): Edits<'config', Settings> {
    const { paths, ending, metrics, logger } = this;
    return new Edits({
      ...{ start, clock: this.options.clock, signal: ending.stopping, fileOf: () => 'config' },
      readTexts: () => settingsTexts(paths, ending),
      read: () => readSettings(paths, ending),
      enforce: (settings) => Promise.resolve().then(() => this.requireClients(settings)),
      accepted: ({ config }, before) => {
        this.forgetGroups();
        metrics.process.reloaded('accepted');
        const changes = shownChanges(changesBetween(before.config, config));
        logger.info({ ...this.summary(), changes }, 'the edited settings are in force');
        this.warn();
      },
      refused: (problems) => {
        metrics.process.reloaded('refused');
        logger.error({ problems }, 'the edited settings are refused, the last good ones stay in force');
      },
      judged: (states) => metrics.process.settingsJudged(states),
    });
  }

  private summary(): Readonly<Record<string, unknown>> {
    const { enabled, schedule, intervalMs } = this.edits.current.config.cleaner;
    return { enabled, when: schedule ?? `every ${intervalMs / 1000} s`, groups: this.groupNames() };
  }

  private warn(): void {
    logWarnings(this.logger, this.edits.current.warnings, this.clients.credentials.warnings);
  }
}

/** @throws ConfigError, before anything is started; StoppingError */
export async function startCleaner(options: CleanerOptions): Promise<RunningCleaner> {
  const { configPath, env, ending = new Shutdown() } = options;
  const paths: SettingsPaths = { config: configPath, env };
  // Read before what it means, so that no edit falls between the two.
  const texts = await settingsTexts(paths, ending).catch(() => ({ config: '' }));
  const settings = await readSettings(paths, ending);
  const cleaner = new Cleaner({ ...options, ending }, paths, { texts, settings });
  await cleaner.start();
  return cleaner;
}
