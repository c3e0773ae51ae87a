// Both programs with the production clients against given addresses, impatient and fully recorded. Building only.

import { Writable } from 'node:stream';
import { cleanerPage } from '../../cleaner/page.ts';
import { Journal as CleanerJournal } from '../../cleaner/record/journal.ts';
import { StatusRecord } from '../../cleaner/record/status.ts';
import { Sweeper, type Recorder as SweepRecorder } from '../../cleaner/sweep.ts';
import type { ActionResult } from '../../controller/apply/apply.ts';
import { policyOf } from '../../controller/decide/policy.ts';
import { parseJobTemplate } from '../../controller/manifest/parse-template.ts';
import { Plants } from '../../controller/plants.ts';
import { Reconciler, type Recorder } from '../../controller/reconcile.ts';
import { Journal } from '../../controller/record/journal.ts';
import { ControllerMetrics } from '../../controller/record/metrics.ts';
import { GroupRecord } from '../../controller/record/status.ts';
import { createAutoScalingClient } from '../../core/clients/auto-scaling/client.ts';
import { createBitbucketClient } from '../../core/clients/bitbucket/client.ts';
import { createCircleCiClient } from '../../core/clients/circleci/client.ts';
import type { Clients } from '../../core/clients/clients.ts';
import { createKubernetesClient } from '../../core/clients/kubernetes/client.ts';
import type { Config } from '../../core/config/config.ts';
import { readCredentials } from '../../core/credentials.ts';
import { readAws, readEndpoints, type Env } from '../../core/environment.ts';
import { messageOf } from '../../core/errors.ts';
import type { Clock } from '../../core/process/clock.ts';
import { createLogger } from '../../core/process/logger.ts';
import { dashboardPage } from '../../dashboard/page.ts';
import { templateText } from '../fakes/world.ts';
import type { Output } from './canaries.ts';

/** Real milliseconds for one attempt of any call. */
const timeoutMs = 400;

/** One registry for all cells: a process has one. */
const metrics = new ControllerMetrics();

export interface Events {
  held: number;
  failed: number;
  /** A look failed, and something was to be done all the same (P3). */
  readonly blind: string[];
  lastLookFailed: ReadonlySet<string>;
}

function clientsOf(
  env: Env,
  clock: Clock,
  config: Config,
): Pick<Clients, 'bitbucket' | 'kubernetes' | 'circleCi' | 'autoScaling'> {
  const { bitbucketApiUrl: apiUrl, bitbucketOauthUrl: oauthUrl, circleCiRunnerApiUrl } = readEndpoints(env);
  const { bitbucket: credentials, circleci } = readCredentials(env, () => '');
  if (credentials === undefined || circleci === undefined) throw new Error('the matrix has no credentials');
  const onCall = metrics.called.bind(metrics);
  const parts = { clock, random: () => 0, timeoutMs, onCall };
  const callsPerHour = config.constants.apiCallsPerHour;
  const bitbucket = createBitbucketClient({
    ...parts,
    apiUrl,
    oauthUrl,
    flavour: 'internal',
    credentials,
    callsPerHour,
  });
  const kubernetes = createKubernetesClient({ ...parts, kubeconfig: { path: env['KUBECONFIG'] ?? '' } });
  const circleCi = createCircleCiClient({ ...parts, apiUrl: circleCiRunnerApiUrl, token: circleci.token });
  const autoScaling = createAutoScalingClient({
    region: 'eu-west-1',
    access: readAws(env),
    timeoutMs,
    onCall,
  });
  return {
    ...{ bitbucket: () => bitbucket, kubernetes: () => kubernetes },
    ...{ circleCi: () => circleCi, autoScaling: () => autoScaling },
  };
}

export class Programs {
  readonly events: Events = { held: 0, failed: 0, blind: [], lastLookFailed: new Set() };
  private readonly lines: string[] = [];
  private readonly records: GroupRecord[] = [];
  private readonly reconcilers: readonly Reconciler[];
  private readonly sweeper: Sweeper;
  private readonly failing = new Set<string>();
  private readonly swept = new StatusRecord();
  private readonly clock: Clock;

  constructor(env: Env, clock: Clock, config: Config) {
    this.clock = clock;
    const clients = clientsOf(env, clock, config) as Clients;
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.lines.push(chunk.toString());
        done();
      },
    });
    const logger = createLogger({ name: 'matrix', level: 'debug', clock, destination });
    const { template } = parseJobTemplate(templateText, 'job.yaml.template');
    if (template === undefined) throw new Error('the template is not valid');
    const warn = (text: string): void => logger.warn(text);
    const plants = new Plants({ clients, clock, random: () => 0, template: () => template, warn });
    const journal = new Journal(logger);
    this.reconcilers = config.groups.map((group) => {
      const policy = policyOf(group, config);
      const plant = plants.build(group, config);
      const { min, max } = policy.rule;
      const [source, target] = [plant.source.description, plant.target.description];
      const record = new GroupRecord({ name: group.name, source, target, min, max });
      this.records.push(record);
      return new Reconciler({ plant, policy, clock, recorder: this.recorder(record, journal, max) });
    });
    const sides = { bitbucket: clients.bitbucket(config.constants), kubernetes: clients.kubernetes() };
    const recorder = this.sweepRecorder(new CleanerJournal(logger));
    this.sweeper = new Sweeper({ config: () => config, sides: () => sides, clock, recorder });
  }

  /** Of all groups, at the same time. */
  async tick(): Promise<void> {
    await Promise.all(this.reconcilers.map((reconciler) => reconciler.tick()));
    this.events.lastLookFailed = new Set(this.failing);
  }

  sweep(): Promise<void> {
    return this.sweeper.sweep();
  }

  /** What they have let out so far. */
  async output(): Promise<Output> {
    const swept = this.swept.status(this.clock.now(), true);
    return {
      logs: this.lines.join('\n'),
      status: JSON.stringify(this.records.map((record) => record.status())),
      metrics: await metrics.registry.metrics(),
      page: dashboardPage(),
      "the cleaner's status": JSON.stringify(swept),
      "the cleaner's page": cleanerPage(swept),
    };
  }

  private recorder(record: GroupRecord, journal: Journal, max: number): Recorder {
    const { events, failing } = this;
    return {
      decided(decision, observation) {
        metrics.decided(decision, observation, max);
        record.decided(decision, observation);
        journal.decided(decision, observation);
        if (observation.ok) return void failing.delete(decision.group);
        failing.add(decision.group);
        events.held += 1;
        if (decision.actions.length > 0) events.blind.push(`${decision.group} acted though its look failed`);
      },
      applied: (decision, results) => {
        metrics.applied(decision, results);
        journal.applied(decision, results);
        this.noteFailures(results);
      },
      unfinished: (group, error) => {
        journal.unfinished(group, error);
        events.failed += 1;
      },
    };
  }

  private noteFailures(results: readonly ActionResult[]): void {
    for (const { outcome, error } of results) {
      if (outcome !== 'failed') continue;
      this.events.failed += 1;
      this.lines.push(error instanceof Error ? (error.stack ?? '') : messageOf(error));
    }
  }

  private sweepRecorder(journal: CleanerJournal): SweepRecorder {
    const { events, swept } = this;
    return {
      judged(group, pass, at) {
        for (const each of [journal, swept]) each.judged(group, pass, at);
      },
      held: (group, because) => {
        for (const each of [journal, swept]) each.held(group, because);
        events.held += 1;
      },
      removed(group, removal, at) {
        for (const each of [journal, swept]) each.removed(group, removal, at);
        if (removal.outcome === 'failed') events.failed += 1;
      },
    };
  }
}
