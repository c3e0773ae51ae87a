// The controller's process as production starts it, with config files on disk, both doubles, and time that a test moves.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { startController, type RunningController } from '../../controller/main.ts';
import type { Env } from '../../core/environment.ts';
import { parseConfig } from '../../core/config/parse.ts';
import { uuidFrom, worldScope } from '../../sandbox/bitbucket/identity.ts';
import type { SandboxCredentials } from '../../sandbox/credentials.ts';
import { World } from '../../sandbox/world.ts';
import { manualClock, type ManualClock } from './clock.ts';
import { untilAsleep } from './until.ts';
import { configText, seeded, templateText, type GivenGroup, type GivenWorld } from './world.ts';

export interface GivenController extends GivenWorld {
  readonly env?: Env;
  /** That the doubles accept, and the controller has. */
  readonly credentials?: SandboxCredentials;
}

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

const stepMs = 1000;

export class TestController {
  readonly clock: ManualClock = manualClock(Date.parse('2026-11-23T12:00:00Z'));
  readonly folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-test-'));
  readonly configPath = join(this.folder, 'runner_config.yaml');
  readonly templatePath = join(this.folder, 'job.yaml.template');
  readonly world: World;
  readonly rawLogs: string[] = [];
  private readonly given: GivenController;
  private running: RunningController | undefined;

  constructor(given: GivenController) {
    this.given = given;
    this.write(configText(given));
    this.writeTemplate(templateText);
    const { config } = parseConfig(configText(given), 'runner_config.yaml');
    if (config === undefined) throw new Error('the config of the test is not valid');
    let ids = 0;
    this.world = new World({
      ...{
        config,
        clock: this.clock,
        scenario: 'quiet',
        bootMs: given.bootMs ?? 0,
        room: given.room ?? 1000,
      },
      credentials: given.credentials,
      random: seeded(1),
      newId: () => uuidFrom(`runner ${++ids}`),
    });
  }

  get controller(): RunningController {
    if (this.running === undefined) throw new Error('the controller does not run');
    return this.running;
  }

  get logs(): readonly LogLine[] {
    return this.rawLogs.map((line) => JSON.parse(line) as LogLine);
  }

  async start(): Promise<void> {
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.rawLogs.push(...chunk.toString().split('\n').filter(Boolean));
        done();
      },
    });
    const environment = await this.world.start();
    this.running = await startController({
      ...{ configPath: this.configPath, jobTemplatePath: this.templatePath, clock: this.clock },
      env: { ...environment, LOG_LEVEL: 'debug', ...this.given.env },
      ...{ random: () => 0, port: 0, host: '127.0.0.1', page: () => '<p>page</p>', destination },
    });
  }

  write(text: string): void {
    writeFileSync(this.configPath, text);
  }

  edit(groups: readonly GivenGroup[]): void {
    this.write(configText({ ...this.given, groups }));
  }

  writeTemplate(text: string): void {
    writeFileSync(this.templatePath, text);
  }

  /** Builds for the first label of a group arrive now. */
  builds(count: number, runMs: number, label = 'label.1'): void {
    this.world.advance();
    const scope = worldScope({ workspace: 'acme' });
    for (let number = 0; number < count; number += 1) {
      this.world.service.arrive({ scope, labels: [label], runMs });
    }
  }

  /** Lets time pass in steps, each when everything that the one before set off has ended. */
  async run(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    for (await this.quiet(); this.clock.now() < until; await this.quiet()) {
      await this.clock.advance(Math.min(stepMs, until - this.clock.now()));
    }
    this.world.advance();
  }

  async get(path: string): Promise<Response> {
    return fetch(`${this.controller.url}${path}`);
  }

  async text(path: string): Promise<string> {
    return (await this.get(path)).text();
  }

  /** Time goes on meanwhile: a tick under way may wait before it tries a call again. */
  async stop(): Promise<void> {
    let stopped = false;
    const stopping = this.running?.stop().then(() => (stopped = true));
    while (this.running !== undefined && !stopped) await this.clock.advance(stepMs);
    await stopping;
  }

  async end(): Promise<void> {
    await this.stop();
    await this.world.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Every loop, and the watcher of the files, sleeps: in its loop or before another attempt of a call. */
  private quiet(): Promise<void> {
    return untilAsleep(this.clock, () => this.controller.status().groups.length + 1);
  }
}

/** Ends with the test. */
export async function startTestController(
  t: TestContext,
  given: GivenController = {},
): Promise<TestController> {
  const made = new TestController(given);
  t.after(() => made.end());
  await made.start();
  return made;
}
