// One world for one crash plan: the doubles, relays before them, the controller as a process that can be killed, the cleaner beside it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { startCleaner, type RunningCleaner } from '../../cleaner/main.ts';
import { createKubernetesClient, type KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import { loadKubeconfig } from '../../core/clients/kubernetes/kubeconfig.ts';
import { parseConfig } from '../../core/config/parse.ts';
import type { Config } from '../../core/config/config.ts';
import type { Env } from '../../core/environment.ts';
import type { Clock } from '../../core/process/clock.ts';
import { World } from '../../sandbox/world.ts';
import { canaries, clusterToken, leaks, secretsIn } from '../faults/canaries.ts';
import { argumentsOf, at, pagesOf } from '../faults/let-out.ts';
import { templateText } from '../fakes/world.ts';
import { awsChange, bitbucketChange, kubernetesChange } from './changes.ts';
import { Effects, Gate, type Plan } from './gate.ts';
import { Patient } from './patient.ts';
import { startRelay, type Relay } from './relay.ts';
import { clockOf, inSharedTime, type SharedTime } from './shared-time.ts';

export interface StageOptions {
  readonly config: string;
  /** The bundled process of the controller. */
  readonly program: string;
  readonly plan: Plan | undefined;
  /** A real cluster instead of the double. */
  readonly kubeconfig: string | undefined;
  readonly cleaner: boolean;
}

/** Virtual time against real time. The processes, and a real cluster, take their real time. */
const speed = 100;
const deadlineMs = 90_000;

function parsed(text: string): Config {
  const { config, problems } = parseConfig(text, 'crash.yaml');
  if (config === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return config;
}

function writePlainKubeconfig(folder: string, server: string): string {
  const path = join(folder, 'kubeconfig');
  const text = JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'crash' },
    clusters: [{ name: 'crash', cluster: { server } }],
    users: [{ name: 'crash', user: { token: clusterToken } }],
    contexts: [{ name: 'crash', context: { cluster: 'crash', user: 'crash' } }],
  });
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

export class Stage {
  readonly config: Config;
  readonly world: World;
  readonly clock: Clock;
  /** What took effect, by kind: of the controller and of the cleaner. */
  readonly effects = new Effects();
  readonly gate: Gate;
  crashes = 0;
  /** Registrations at any instant, at most. */
  mostRegistered = 0;
  private readonly options: StageOptions;
  private readonly folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-crash-'));
  private readonly time: SharedTime;
  private readonly relays: Relay[] = [];
  private readonly secrets = new Set<string>();
  readonly cleanerLogs: string[] = [];
  private readonly patient: Patient;
  private cleaner: RunningCleaner | undefined;
  private cluster: KubernetesClient | undefined;

  constructor(options: StageOptions) {
    this.options = options;
    this.config = parsed(options.config);
    this.time = { virtualStart: Date.now(), realStart: Date.now(), speed };
    this.clock = clockOf(this.time);
    this.world = new World({
      ...{ config: this.config, clock: this.clock, scenario: 'quiet', bootMs: 2_000, room: 1_000 },
      ...{ random: Math.random, newId: randomUUID, kubeconfig: options.kubeconfig },
    });
    this.patient = new Patient(options.program);
    const { effects } = this;
    this.gate = new Gate({ effects, plan: options.plan, crash: () => this.crash() });
    this.watchRegistrations();
  }

  get kubernetes(): KubernetesClient {
    if (this.cluster === undefined) throw new Error('the stage is not set');
    return this.cluster;
  }

  get logs(): readonly string[] {
    return this.patient.logs;
  }

  async start(): Promise<void> {
    const environment = await this.world.start();
    const path = environment['KUBECONFIG'] ?? '';
    this.cluster = createKubernetesClient({ kubeconfig: { path }, clock: this.clock });
    const configPath = join(this.folder, 'runner_config.yaml');
    const jobTemplatePath = join(this.folder, 'job.yaml.template');
    writeFileSync(configPath, this.options.config);
    writeFileSync(jobTemplatePath, templateText);
    const env = await this.relayed(environment, this.gate);
    this.patient.start({ ...env, LOG_LEVEL: 'debug' }, { configPath, jobTemplatePath, time: this.time });
    if (!this.options.cleaner) return;
    this.cleaner = await startCleaner({
      ...{ configPath, clock: this.clock, random: Math.random, port: 0, host: '127.0.0.1' },
      env: await this.relayed(environment, new Gate({ effects: this.effects })),
      destination: this.cleanerOutput(),
    });
  }

  /** Waits for something to become true; the processes take their time. */
  async until(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
    const end = Date.now() + deadlineMs;
    while (!(await check())) {
      if (Date.now() > end) throw new Error(`not within ${deadlineMs / 1000} s: ${what}`);
      await sleep(40);
    }
  }

  /** Until nothing has changed for so many virtual milliseconds in which the controller was at work. */
  async untilQuiet(virtualMs: number): Promise<void> {
    let seen = -1;
    let since = Date.now();
    await this.until('nothing changes any more', () => {
      const now = this.effects.sum();
      if (now !== seen || !this.patient.isAtWork) [seen, since] = [now, Date.now()];
      return (Date.now() - since) * speed > virtualMs;
    });
  }

  /** Secrets that show in what the programs let out (P8): logs, pages, arguments, and objects in the cluster. */
  async leaks(namespace: string): Promise<string[]> {
    const { patient, cleaner, relays } = this;
    if (patient.url === undefined) return ['the controller does not say where its pages are'];
    const places = [
      `/apis/batch/v1/namespaces/${namespace}/jobs`,
      ...['pods', 'events'].map((kind) => `/api/v1/namespaces/${namespace}/${kind}`),
    ];
    const cluster = relays[2]?.url ?? '';
    const objects = places.map(async (path) => [path, await (await fetch(cluster + path)).text()] as const);
    const output = {
      ...at("the controller's", await pagesOf(patient.url)),
      ...(cleaner === undefined ? {} : at("the cleaner's", await pagesOf(cleaner.url))),
      ...{ logs: patient.logs.join('\n'), "the cleaner's logs": this.cleanerLogs.join('') },
      arguments: await argumentsOf(patient.pid ?? 0),
      ...Object.fromEntries(await Promise.all(objects)),
    };
    return leaks(output, this.secrets);
  }

  async end(): Promise<void> {
    await this.patient.kill();
    await this.cleaner?.stop();
    await Promise.all(this.relays.map((relay) => relay.close()));
    await this.world.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The same environment, with a relay before each API. */
  private async relayed(environment: Env, gate: Gate): Promise<Env> {
    const access = loadKubeconfig({ path: environment['KUBECONFIG'] ?? '' }, this.clock);
    const bitbucket = await startRelay({
      ...{ server: environment['BITBUCKET_API_URL'] ?? '', nameOf: bitbucketChange, gate },
      overhear: (answer) => secretsIn(answer).forEach((secret) => this.secrets.add(secret)),
    });
    const aws = await startRelay({
      ...{ server: environment['AWS_ENDPOINT_URL_AUTO_SCALING'] ?? '', nameOf: awsChange, gate },
    });
    const { server } = access;
    const isReal = this.options.kubeconfig !== undefined;
    const kubernetes = await startRelay({
      ...{ server, options: () => access.options(), nameOf: kubernetesChange, gate },
      translate: isReal ? (answer) => inSharedTime(this.time, answer) : undefined,
    });
    this.relays.push(bitbucket, aws, kubernetes);
    const folder = mkdtempSync(join(this.folder, 'relay-'));
    mkdirSync(folder, { recursive: true });
    return {
      ...{ ...environment, ...canaries },
      BITBUCKET_API_URL: bitbucket.url,
      BITBUCKET_OAUTH_URL: `${bitbucket.url}/site/oauth2/access_token`,
      AWS_ENDPOINT_URL_AUTO_SCALING: aws.url,
      KUBECONFIG: writePlainKubeconfig(folder, kubernetes.url),
    };
  }

  private async crash(): Promise<void> {
    await this.patient.kill();
    for (const relay of this.relays.slice(0, 3)) relay.breakConnections();
    // What the dead process had sent and nobody had read yet arrives in the next turns, and must not count as the next one's.
    await sleep(5);
    this.gate.generation += 1;
    for (const relay of this.relays.slice(0, 3)) relay.breakConnections();
    this.crashes += 1;
    this.patient.restart();
  }

  private cleanerOutput(): Writable {
    const { cleanerLogs } = this;
    return new Writable({
      write(chunk: Buffer, _encoding, done) {
        cleanerLogs.push(chunk.toString());
        done();
      },
    });
  }

  private watchRegistrations(): void {
    const { service } = this.world;
    const register = service.register.bind(service);
    service.register = (runner) => {
      const made = register(runner);
      this.mostRegistered = Math.max(this.mostRegistered, service.registered(runner.scope));
      return made;
    };
  }
}
