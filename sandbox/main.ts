// Builds the sandbox: the world, and in it both programs as they run in production. The only file here that builds things.

import { randomUUID } from 'node:crypto';

import { Writable } from 'node:stream';
import { Registry } from 'prom-client';
import { startCleaner, type RunningCleaner } from '../cleaner/main.ts';
import { startController, type RunningController } from '../controller/main.ts';
import type { Config } from '../core/config/config.ts';
import { readConfigFile } from '../core/config/read.ts';
import type { Env } from '../core/environment.ts';
import { ConfigError } from '../core/errors.ts';
import { fasterClock, type AdjustableClock } from '../core/process/clock.ts';
import { json } from '../core/process/answer.ts';
import { serve, type Served, type Site } from '../core/process/serve.ts';
import { pagesOf } from '../core/process/server.ts';
import { dashboardPage } from '../dashboard/page.ts';
import { groupAlerts } from './alerts.ts';
import { worldScope } from './bitbucket/identity.ts';
import type { Scenario } from './demand.ts';
import { planMishaps } from './mishaps.ts';
import {
  figuresOf,
  waitingFor,
  WaitingHistory,
  type SandboxStatus,
  type WorldFigures,
  withRelativePaths,
} from './status.ts';
import { changedBy, commands, type Command, type Controls } from './troubles.ts';
import { World } from './world.ts';

export interface SandboxOptions {
  readonly configPath: string;
  readonly jobTemplatePath: string;
  readonly speed: number;
  /** 0 takes any free port; left out, the first one from 8080 on that is free. */
  readonly port?: number | undefined;
  readonly scenario: Scenario;
  readonly bootMs: number;
  readonly room: number;
  readonly controller: boolean;
  /** The cleaner beside the controller; none if left out. */
  readonly cleaner?: boolean | undefined;
  /** Runners hang, break and lose their network; none does if left out. */
  readonly mishaps?: boolean | undefined;
  readonly kubeconfig?: string | undefined;
}

export interface RunningSandbox {
  readonly pageUrl: string;
  /** With which a controller of one's own works in this world. */
  readonly environment: Env;
  readonly world: World;
  status(): SandboxStatus;
  waiting(): ReadonlyMap<string, number>;
  /** Breaks, heals, or changes the speed, at once. @returns what is so afterwards */
  command(command: Command): Pick<WorldFigures, 'broken' | 'speed' | 'paused'>;
  stop(): Promise<void>;
}

async function readConfig(path: string): Promise<Config> {
  const { config, problems } = await readConfigFile(path);
  if (config === undefined) throw new ConfigError(problems);
  return config;
}

function waitingByGroup(world: World, { groups }: Config): ReadonlyMap<string, number> {
  return new Map(
    groups.map((group) => {
      const waiting =
        group.service === 'circleci'
          ? world.circleCi.tasks.unclaimed(group.resourceClass)
          : waitingFor(world.service, worldScope(group.scope), group.labels);
      return [group.name, waiting] as const;
    }),
  );
}

/** The log of the programs: the page and the terminal show what is in it. */
function silent(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

const usualPort = 8080;
/** A desk with more programs in a row has other troubles. */
const portsTried = 100;

/** @throws if the port that was asked for is taken */
async function serveOnFreePort(site: Site, asked: number | undefined): Promise<Served> {
  const on = (port: number): Promise<Served> => serve(site, { port, host: '127.0.0.1', flag: '--port' });
  if (asked !== undefined) return on(asked);
  for (let port = usualPort; port < usualPort + portsTried; port += 1) {
    const served = await on(port).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    });
    if (served !== undefined) return served;
  }
  return on(0);
}

/** What the cleaner removed last, for the page and the terminal. */
function sweptNote(cleaner: RunningCleaner | undefined): string {
  const [latest] = cleaner?.status().removals ?? [];
  if (latest === undefined) return '';
  return `; the cleaner last removed ${latest.id.slice(0, 8)} of ${latest.group} at ${latest.at.slice(11, 19)} (${latest.reason})`;
}

/** Of the instances, where mishaps are on: they come up, and never register. */
const stillbornShare = 0.2;

class Sandbox implements RunningSandbox {
  readonly world: World;
  private readonly options: SandboxOptions;
  private readonly config: Config;
  private readonly clock: AdjustableClock;
  private controls: Controls;
  private readonly history = new WaitingHistory();
  environment: Env = {};
  pageUrl = '';
  private controller: RunningController | undefined;
  private cleaner: RunningCleaner | undefined;
  private page: Served | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: SandboxOptions, config: Config) {
    const { scenario, bootMs, room, kubeconfig } = options;
    this.options = options;
    this.config = config;
    this.controls = { broken: new Set(), speed: options.speed, paused: false };
    this.clock = fasterClock(options.speed);
    const { clock } = this;
    this.world = new World({
      ...{ config, clock, scenario, bootMs, room, kubeconfig },
      random: Math.random,
      newId: randomUUID,
    });
  }

  async start(): Promise<void> {
    this.environment = await this.world.start();
    if (this.options.controller) this.controller = await this.startController();
    await this.servePage();
    if (this.options.cleaner === true) this.cleaner = await this.startCleaner();
    if (this.options.mishaps === true) this.startMishaps();
    this.timer = setInterval(() => this.noteWaiting(), 200);
  }

  status(): SandboxStatus {
    const { service, circleCi } = this.world;
    const figures = figuresOf([service.builds, circleCi.tasks.builds], this.controls);
    const now = new Date(this.clock.now()).toISOString();
    const { groups, settings, ...rest } = this.controller?.status() ?? { leader: false, groups: [] };
    const note = `${figures.note}${sweptNote(this.cleaner)}`;
    const world = { ...figures, alerts: groupAlerts(groups), note };
    return {
      ...{ ...rest, now, groups: groups.map((group) => this.history.addTo(group)), world },
      ...(settings === undefined ? {} : { settings: withRelativePaths(settings, process.cwd()) }),
    };
  }

  waiting(): ReadonlyMap<string, number> {
    return waitingByGroup(this.world, this.config);
  }

  command(command: Command): ReturnType<RunningSandbox['command']> {
    this.controls = changedBy(this.controls, command);
    const { broken, speed, paused } = this.controls;
    this.clock.setSpeed(paused ? 0 : speed);
    this.world.afflict(broken);
    return { broken: [...broken], speed, paused };
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([this.controller?.stop(), this.cleaner?.stop()]);
    await this.page?.close();
    await this.world.stop();
  }

  private async servePage(): Promise<void> {
    const page = dashboardPage({ title: 'runner-autoscaler sandbox' });
    const pages = pagesOf({
      // Without a controller there are no metrics, and the page shows the world alone.
      registry: this.controller?.registry ?? new Registry(),
      status: () => this.status(),
      page: () => page,
    });
    const changes = Object.fromEntries(
      commands.map((command) => [`/${command}`, () => json(this.command(command))]),
    );
    this.page = await serveOnFreePort({ probes: {}, pages, changes }, this.options.port);
    this.pageUrl = this.page.url;
  }

  private startController(): Promise<RunningController> {
    const { configPath, jobTemplatePath } = this.options;
    return startController({
      ...{ configPath, jobTemplatePath, clock: this.clock, port: 0, host: '127.0.0.1' },
      env: { ...this.environment, LOG_LEVEL: process.env['LOG_LEVEL'] },
      random: Math.random,
      page: dashboardPage,
      destination: silent(),
    });
  }

  private startCleaner(): Promise<RunningCleaner> {
    const { configPath } = this.options;
    return startCleaner({
      ...{ configPath, clock: this.clock, port: 0, host: '127.0.0.1' },
      env: { ...this.environment, LOG_LEVEL: process.env['LOG_LEVEL'] },
      random: Math.random,
      destination: silent(),
    });
  }

  private startMishaps(): void {
    const { service, timeline } = this.world;
    const scopes = this.config.groups.flatMap((group) =>
      group.service === 'bitbucket' ? [worldScope(group.scope)] : [],
    );
    planMishaps({ service, timeline, scopes: [...new Set(scopes)], random: Math.random });
    this.world.circleCi.stillborn = () => Math.random() < stillbornShare;
  }

  private noteWaiting(): void {
    const waiting = this.waiting();
    for (const { name, history } of this.controller?.status().groups ?? []) {
      const latest = history.at(-1);
      if (latest !== undefined) this.history.note(name, latest.at, waiting.get(name) ?? 0);
    }
  }
}

/** @throws ConfigError for a bad config or job template, before anything is started */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const sandbox = new Sandbox(options, await readConfig(options.configPath));
  await sandbox.start().catch(async (error: unknown) => {
    await sandbox.stop();
    throw error;
  });
  return sandbox;
}
