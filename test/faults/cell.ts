// One cell of the matrix: a short life of the groups in the sandbox's world, with one fault at one endpoint, and what became of it.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../core/config/config.ts';
import { parseConfig } from '../../core/config/parse.ts';
import type { Env } from '../../core/environment.ts';
import { jobName } from '../../core/job-names.ts';
import { createKubernetesClient } from '../../core/clients/kubernetes/client.ts';
import { uuidFrom, worldScope } from '../../sandbox/bitbucket/identity.ts';
import { World } from '../../sandbox/world.ts';
import { autoAdvanceClock, type AutoAdvanceClock } from '../fakes/clock.ts';
import { seeded } from '../fakes/world.ts';
import { canaries, clusterToken, leaks, secretsIn } from './canaries.ts';
import type { Endpoint, Service } from './endpoints.ts';
import type { Fault } from './faults.ts';
import { Programs } from './programs.ts';
import { Proxy } from './proxy.ts';

/** `held`: a look failed, and nothing was done; `failed`: an action failed, and a later look made it good; `absorbed`: neither. */
export type Fate = 'held' | 'failed' | 'absorbed';

export interface Cell {
  readonly fate: Fate;
  readonly struck: number;
  /** Empty if all is well. */
  readonly complaints: readonly string[];
}

const minute = 60_000;
const leastMinutes = 34;
/** Starts that failed stop further ones for half an hour, but for a probe. */
const mostMinutes = 90;
const scope = worldScope({ workspace: 'acme' });
const max = 4;

const bitbucketGroup = {
  ...{ name: 'Linux', workspace: 'acme', labels: ['small'], namespace: 'runners' },
  strategy: 'percentageRunnersIdle',
  parameters: {
    ...{ min: 1, max, scale_up_threshold: 0.5, scale_down_threshold: 0.3 },
    ...{ scale_up_multiplier: 3, scale_down_multiplier: 0.5 },
  },
};
const circleCiGroups = [
  {
    ...{ name: 'pods', resource_class: 'acme/pods', strategy: 'unclaimedTasks' },
    ...{ cron_job: { namespace: 'circleci-runners', name: 'pods' }, parameters: { min: 0, max } },
  },
  {
    ...{ name: 'instances', resource_class: 'acme/instances', strategy: 'unclaimedTasks' },
    ...{ auto_scaling_group: { name: 'instances', region: 'eu-west-1' }, parameters: { min: 0, max } },
  },
];

function configFor(isBitbucket: boolean): Config {
  const text = JSON.stringify({
    constants: {
      ...{ runner_api_polling_interval: 60, fast_polling_interval: 60, runner_cool_down_period: 60 },
      ...{ runner_start_timeout: 240, api_calls_per_hour: 100_000 },
    },
    cleaner: {
      interval: 120,
      orphan_grace: 180,
      offline_grace: 180,
      unhealthy_grace: 180,
      drained_grace: 300,
    },
    groups: isBitbucket ? [bitbucketGroup] : circleCiGroups,
  });
  const { config, problems = [] } = parseConfig(text, 'runner_config.yaml');
  if (config === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return config;
}

function isForBitbucket({ service, name }: Endpoint): boolean {
  return service === 'bitbucket' || (service === 'kubernetes' && !/cron/i.test(name));
}

class Scene {
  readonly clock: AutoAdvanceClock = autoAdvanceClock(Date.UTC(2026, 10, 23, 12));
  readonly secrets = new Set<string>();
  readonly proxies = new Map<Service, Proxy>();
  readonly isBitbucket: boolean;
  readonly world: World;
  mostRegistered = 0;
  private readonly config: Config;
  private readonly folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-matrix-'));
  private kubeconfig = '';
  private isJobDeleted = false;

  constructor(isBitbucket: boolean) {
    this.isBitbucket = isBitbucket;
    this.config = configFor(isBitbucket);
    let ids = 0;
    const newId = (): string => uuidFrom(`runner ${++ids}`);
    const { clock, config } = this;
    this.world = new World({
      config,
      clock,
      scenario: 'quiet',
      bootMs: 20_000,
      room: 50,
      random: seeded(1),
      newId,
    });
  }

  async start(): Promise<Programs> {
    const env = await this.world.start();
    this.kubeconfig = env['KUBECONFIG'] ?? '';
    const bitbucket = await this.proxy('bitbucket', env['BITBUCKET_API_URL']);
    const circleCi = await this.proxy('circleci', env['CIRCLECI_RUNNER_API_URL']);
    const through: Env = {
      ...{ ...env, ...canaries, BITBUCKET_API_URL: bitbucket },
      BITBUCKET_OAUTH_URL: `${bitbucket}/site/oauth2/access_token`,
      CIRCLECI_RUNNER_API_URL: `${circleCi}/api/v3`,
      AWS_ENDPOINT_URL_AUTO_SCALING: await this.proxy('aws', env['AWS_ENDPOINT_URL_AUTO_SCALING']),
      KUBECONFIG: await this.throughProxy(),
    };
    return new Programs(through, this.clock, this.config);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.proxies.values()].map((proxy) => proxy.close()));
    await this.world.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What happens in the world in this minute. */
  async live(at: number): Promise<void> {
    this.world.advance();
    const arrive = (runMs: number): void => {
      if (this.isBitbucket) this.world.service.arrive({ scope, labels: ['small'], runMs });
      else for (const name of ['pods', 'instances']) this.world.circleCi.tasks.arrive(`acme/${name}`, runMs);
    };
    if (at === 2 || at === 4) for (let count = 0; count < 2; count += 1) arrive(4 * minute);
    if (at >= 18 && this.isBitbucket && !this.isJobDeleted) await this.deleteJobByHand();
    this.mostRegistered = Math.max(this.mostRegistered, this.registered().length);
  }

  registered(): readonly { readonly id: string; readonly status: string }[] {
    return this.world.service.list(scope);
  }

  private async proxy(service: Service, upstream = ''): Promise<string> {
    const proxy = new Proxy(upstream, (answer) =>
      secretsIn(answer).forEach((secret) => this.secrets.add(secret)),
    );
    this.proxies.set(service, proxy);
    return proxy.listen();
  }

  private async throughProxy(): Promise<string> {
    const text = readFileSync(this.kubeconfig, 'utf8');
    const [server = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
    const path = join(this.folder, 'kubeconfig');
    const through = text.replace(server, await this.proxy('kubernetes', server));
    writeFileSync(path, through.replace('"user":{}', `"user":{"token":"${clusterToken}"}`));
    return path;
  }

  /** Of one that has no build and says so: people do not end their own. */
  private async deleteJobByHand(): Promise<void> {
    const { service } = this.world;
    const isIdle = (id: string): boolean => service.buildOn(id) === undefined && service.reportsTruly(id);
    const idle = this.registered().find(({ id, status }) => status === 'ONLINE' && isIdle(id));
    if (idle === undefined) return;
    this.isJobDeleted = true;
    const client = createKubernetesClient({ kubeconfig: { path: this.kubeconfig }, clock: this.clock });
    await client.deleteJob('runners', jobName(idle.id));
  }
}

function left(scene: Scene): string[] {
  const { world, isBitbucket } = scene;
  const jobs = world.kubernetes.objects('Job').filter(({ status }) => !hasEnded(status));
  if (!isBitbucket) {
    const [group] = world.circleCi.model.inRegion('eu-west-1');
    const complaints = jobs.map(({ metadata }) => `Job ${metadata.name} is left`);
    return (group?.desired ?? 0) === 0 ? complaints : [...complaints, `${group?.desired} instances are left`];
  }
  const runners = scene.registered();
  const secrets = world.kubernetes.objects('Secret');
  const counts = `${runners.length} registrations, ${jobs.length} Jobs, ${secrets.length} Secrets`;
  const isRight = runners.length === 1 && jobs.length === 1 && secrets.length === 1;
  const online = runners.filter(({ status }) => status === 'ONLINE').length;
  return isRight && online === 1 ? [] : [`${counts}, ${online} online, where one of each should be`];
}

function hasEnded(status: unknown): boolean {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly { type: string; status: string }[] };
  return conditions.some(
    ({ type, status: value }) => ['Complete', 'Failed'].includes(type) && value === 'True',
  );
}

async function shown(scene: Scene, programs: Programs): Promise<string[]> {
  const objects = ['Job', 'Pod', 'Event'].map((kind) => {
    return [`a ${kind}`, JSON.stringify(scene.world.kubernetes.objects(kind))] as const;
  });
  return leaks({ ...(await programs.output()), ...Object.fromEntries(objects) }, scene.secrets);
}

async function reckon(scene: Scene, programs: Programs, struck: number): Promise<string[]> {
  const { events } = programs;
  const killed =
    scene.world.service.builds.count('killed') + scene.world.circleCi.tasks.builds.count('killed');
  return [
    ...events.blind,
    ...(struck >= endless ? ['pages were read without end'] : []),
    ...(struck === 0 ? ['the endpoint was never called'] : []),
    ...(killed > 0 ? [`${killed} builds killed`] : []),
    ...(scene.mostRegistered > max ? [`${scene.mostRegistered} registered, max is ${max}`] : []),
    ...[...events.lastLookFailed].map((group) => `${group} did not recover`),
    ...left(scene),
    ...(await shown(scene, programs)),
  ];
}

/** Pages after which the caller should long have given up. */
const endless = 5_000;

/** Those of a list go on as long as there are pages. */
function strikesOf(fault: Fault): number {
  if (fault === 'endless next') return endless;
  return fault === '50 MB' ? 2 : 4;
}

function hasSettled(scene: Scene, { events }: Programs): boolean {
  scene.world.advance();
  return events.lastLookFailed.size === 0 && left(scene).length === 0;
}

/** When there is something to list; but what is asked once, at the very beginning. */
function firstMinuteOf({ name }: Endpoint): number {
  return ['get-token', 'get-workspace', 'list-resource-classes'].includes(name) ? 0 : 3;
}

async function act(scene: Scene, endpoint: Endpoint, fault: Fault): Promise<Cell> {
  const programs = await scene.start();
  const proxy = scene.proxies.get(endpoint.service);
  if (proxy === undefined) throw new Error(`there is no proxy for ${endpoint.service}`);
  let dead: string[] = [];
  try {
    for (let at = 0; at < leastMinutes || (at < mostMinutes && !hasSettled(scene, programs)); at += 1) {
      await scene.live(at);
      if (at === firstMinuteOf(endpoint)) {
        proxy.play({ matches: endpoint.matches, fault, times: strikesOf(fault) });
      }
      await programs.tick();
      if (at % 2 === 1) await programs.sweep();
      // A page that never ends has been refused by now, or never will be.
      if (proxy.struck > 4) proxy.forgive();
      scene.clock.pass(minute);
    }
    scene.world.advance();
  } catch (error) {
    dead = [`it threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
  const { held, failed } = programs.events;
  const complaints = [...dead, ...(await reckon(scene, programs, proxy.struck))];
  return { fate: held > 0 ? 'held' : failed > 0 ? 'failed' : 'absorbed', struck: proxy.struck, complaints };
}

export async function runCell(endpoint: Endpoint, fault: Fault): Promise<Cell> {
  const scene = new Scene(isForBitbucket(endpoint));
  try {
    return await act(scene, endpoint, fault);
  } finally {
    await scene.stop();
  }
}
