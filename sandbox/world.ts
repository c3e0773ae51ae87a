// The sandbox's world behind real HTTP on loopback: builds, the APIs of both CI services, of a cluster and of AWS. No controller.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../core/config/config.ts';
import { createKubernetesClient } from '../core/clients/kubernetes/client.ts';
import type { Env } from '../core/environment.ts';
import type { Clock } from '../core/process/clock.ts';
import { CiService } from '../simulate/ci-service.ts';
import { Nodes } from '../simulate/nodes.ts';
import { Timeline } from '../simulate/timeline.ts';
import { createBitbucketDouble, type BitbucketDouble } from './bitbucket/double.ts';
import { worldScope } from './bitbucket/identity.ts';
import { taskPods } from './circleci/pods.ts';
import { CircleCiWorld, runnerLife } from './circleci/world.ts';
import {
  acceptedByBitbucket,
  environmentOf,
  sandboxCredentials,
  type SandboxCredentials,
} from './credentials.ts';
import { planDemand, type Place, type Scenario } from './demand.ts';
import { createKubernetesDouble, type KubernetesDouble } from './kubernetes/double.ts';
import { launchRefusalOf, noImage, type Trouble } from './troubles.ts';
import type { PodPhase } from './kubernetes/job-status.ts';
import { withPodMishaps, type MishapPods, type PodMishap } from './pod-mishaps.ts';
import { modelledPods, RealPods } from './pods.ts';

export interface WorldOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
  readonly scenario: Scenario;
  readonly bootMs: number;
  /** Pods that the nodes hold. */
  readonly room: number;
  /** A real cluster to use instead of the modelled one. */
  readonly kubeconfig?: string | undefined;
  /** All that the doubles accept; the sandbox's own if left out. */
  readonly credentials?: SandboxCredentials | undefined;
}

/** A runner reports every 30 s, and shows as offline after three reports that did not come. */
const times = { reportEveryMs: 30_000, offlineAfterMs: 90_000 };
/** Real milliseconds between two moments at which the world moves. */
const stepMs = 50;
const podLookMs = 500;

/** Builds of a group ask for its own labels; the marker is our business, not theirs. */
function placesOf({ groups }: Config, service: CiService, { tasks }: CircleCiWorld): Place[] {
  return groups.map((group) => {
    if (group.service === 'circleci')
      return { arrive: (runMs) => void tasks.arrive(group.resourceClass, runMs) };
    const labels = group.labels.filter((label) => !label.startsWith('autoscaler.'));
    const scope = worldScope(group.scope);
    return { arrive: (runMs) => void service.arrive({ scope, labels, runMs }) };
  });
}

function writeKubeconfig(folder: string, server: string): string {
  const path = join(folder, 'kubeconfig');
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'sandbox' },
    clusters: [{ name: 'sandbox', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'sandbox', user: {} }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'sandbox' } }],
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

export class World {
  readonly timeline: Timeline;
  readonly service: CiService;
  readonly nodes: Nodes;
  readonly bitbucket: BitbucketDouble;
  readonly kubernetes: KubernetesDouble;
  /** CircleCI's tasks and Auto Scaling groups. */
  readonly circleCi: CircleCiWorld;
  /** What befalls the pods that are made from now on. */
  podMishap: PodMishap | undefined;
  private readonly options: WorldOptions;
  private readonly credentials: SandboxCredentials;
  private readonly pods: MishapPods;
  private readonly folder: string;
  private readonly timers: NodeJS.Timeout[] = [];
  private environment: Env = {};

  constructor(options: WorldOptions) {
    const { config, clock, random, newId, bootMs, room, credentials = sandboxCredentials } = options;
    this.options = options;
    this.credentials = credentials;
    this.folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-sandbox-'));
    this.timeline = new Timeline(clock.now());
    const runnerLimit = config.constants.bitbucketRunnerLimit;
    this.service = new CiService(this.timeline, { ...times, runnerLimit, failsWithoutRunner: true, newId });
    const boot = (): number => bootMs * (0.8 + 0.4 * random());
    const placed = (uid: string): void => this.pods.placed(uid);
    this.nodes = new Nodes(this.timeline, { room, bootMs: boot, placed });
    const { service, nodes, timeline } = this;
    this.bitbucket = createBitbucketDouble({
      service,
      timeline,
      clock,
      ratePerHour: config.constants.apiCallsPerHour,
      credentials: acceptedByBitbucket(credentials),
    });
    this.circleCi = new CircleCiWorld({
      ...{ config, clock, timeline, bootMs: boot, token: credentials.circleCiToken },
    });
    const setPhase = (uid: string, phase: PodPhase, reason?: string, message?: string): boolean =>
      this.kubernetes.setPodPhase(uid, phase, reason, message);
    const runners = modelledPods({ service, nodes, started: (uid) => void setPhase(uid, 'Running') });
    const { tasks } = this.circleCi;
    this.pods = withPodMishaps(
      { nodes, mishap: () => this.podMishap, setPhase },
      taskPods({ tasks, nodes, life: runnerLife, setPhase }, runners),
    );
    this.kubernetes = createKubernetesDouble({ clock, pods: this.pods, random });
  }

  /** Breaks what is named, and mends what is not. Pods and instances that run go on. */
  afflict(broken: ReadonlySet<Trouble>): void {
    for (const service of [this.bitbucket, this.circleCi.circleCi]) {
      service.withdrawCredentials(broken.has('wrong-credential'));
      service.clearFaults();
    }
    if (broken.has('vendor-down')) {
      this.bitbucket.failNext({ times: Infinity, with: 503 });
      this.circleCi.circleCi.failNext({
        times: Infinity,
        status: 503,
        body: '{"message":"Service Unavailable"}',
      });
    }
    this.nodes.resize(broken.has('nodes-full') ? 0 : this.options.room);
    this.circleCi.model.refusal = launchRefusalOf(broken);
    this.podMishap = broken.has('image-missing') ? noImage : undefined;
    if (this.podMishap === undefined) this.pods.healed();
  }

  /** @returns the environment with which a controller works in this world */
  async start(): Promise<Env> {
    const bitbucket = await this.bitbucket.listen();
    const { kubeconfig } = this.options;
    const KUBECONFIG = kubeconfig ?? writeKubeconfig(this.folder, await this.kubernetes.listen());
    const circleCi = await this.circleCi.start(kubeconfig === undefined ? this.kubernetes : undefined);
    this.environment = {
      ...circleCi,
      ...environmentOf(this.credentials),
      BITBUCKET_API_URL: bitbucket,
      BITBUCKET_OAUTH_URL: `${bitbucket}/site/oauth2/access_token`,
      KUBECONFIG,
    };
    if (kubeconfig !== undefined) this.followRealPods(kubeconfig);
    this.timers.push(setInterval(() => this.advance(), stepMs));
    const { scenario, config, random } = this.options;
    const { timeline, service } = this;
    planDemand({ scenario, timeline, places: placesOf(config, service, this.circleCi), random });
    return this.environment;
  }

  /** Lets everything happen that is due by the clock. */
  advance(): void {
    this.timeline.advance(this.options.clock.now());
    this.kubernetes.advance();
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all([this.bitbucket.close(), this.kubernetes.close(), this.circleCi.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private followRealPods(path: string): void {
    const { clock, config } = this.options;
    const client = createKubernetesClient({ kubeconfig: { path }, clock });
    const namespaces = config.groups.flatMap((group) =>
      group.service === 'bitbucket' ? [group.namespace] : [],
    );
    const pods = new RealPods(this.service, client, namespaces);
    let looking = false;
    const look = async (): Promise<void> => {
      if (looking) return;
      looking = true;
      // A cluster that does not answer for a moment changes nothing about its pods.
      await pods.look().catch(() => undefined);
      looking = false;
    };
    this.timers.push(setInterval(() => void look(), podLookMs));
  }
}
