// A cleaner's sweeps with the production clients against both doubles, over real HTTP, in time that the test moves.

import type { Removal } from '../../../cleaner/removal.ts';
import type { Pass } from '../../../cleaner/stale/pass.ts';
import { Sweeper } from '../../../cleaner/sweep.ts';
import { Clients } from '../../../core/clients/clients.ts';
import type { Config } from '../../../core/config/config.ts';
import type { Clock } from '../../../core/process/clock.ts';
import { labelValue } from '../../../core/config/label-value.ts';
import { createdAtAnnotation, jobName, managedByValue, secretName } from '../../../core/job-names.ts';
import { identify } from '../../../sandbox/bitbucket/identity.ts';
import { minute, type TestWorld } from '../../fakes/world.ts';

export class Crew {
  readonly removals: Removal[] = [];
  readonly holds: string[] = [];
  pass: Pass | undefined;
  private readonly world: TestWorld;
  private readonly sweeper: Sweeper;

  constructor(world: TestWorld, config: Config = world.config) {
    this.world = world;
    const { env } = world;
    const clock = movesWorld(world);
    const rest = { random: () => 0, readFile: () => '', onCall: () => undefined };
    const clients = new Clients({ env, clock, ...rest });
    const sides = { bitbucket: clients.bitbucket(config.constants), kubernetes: clients.kubernetes() };
    this.sweeper = new Sweeper({
      ...{ config: () => config, sides: () => sides, clock },
      recorder: {
        judged: (_group, pass) => void (this.pass = pass),
        held: (_group, because) => void this.holds.push(because),
        removed: (_group, removal) => void this.removals.push(removal),
      },
    });
  }

  async sweep(times = 1): Promise<void> {
    for (let count = 0; count < times; count += 1) {
      this.world.world.advance();
      await this.sweeper.sweep();
      this.world.world.advance();
      this.world.clock.pass(minute);
    }
  }

  /** `removed offline`, sorted. */
  outcomes(): string[] {
    return this.removals.map(({ outcome, verdict }) => `${outcome} ${verdict.reason}`).sort();
  }
}

/** What a sweep waits for happens in the world. */
function movesWorld({ clock, world }: TestWorld): Clock {
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    await clock.sleep(ms, signal);
    world.advance();
  };
  return { now: () => clock.now(), sleep };
}

/** Lets time pass in the world. */
export function pass(world: TestWorld, minutes: number): void {
  world.clock.pass(minutes * minute);
  world.world.advance();
}

export function register(world: TestWorld, index = 0, labels = world.group(index).labels): string {
  const made = world.world.service.register({
    scope: world.scope(index),
    name: world.group(index).name,
    labels,
  });
  if (made === 'limit') throw new Error('the scope is full');
  return made.id;
}

interface Parts {
  readonly namespace: string;
  readonly annotations: Record<string, string>;
  readonly labels: Record<string, string>;
}

/** What the controller writes on everything that belongs to a runner. */
export function partsOf(world: TestWorld, id: string, index: number): Parts {
  const { workspace = '', repository } = identify(world.group(index).scope);
  const bare = (uuid: string): string => uuid.replace(/[{}]/g, '');
  return {
    namespace: world.group(index).namespace,
    annotations: { [createdAtAnnotation]: new Date(world.clock.now()).toISOString() },
    labels: {
      ...{ runner_uuid: id, account_uuid: bare(workspace) },
      ...(repository === undefined ? {} : { repository_uuid: bare(repository) }),
      'app.kubernetes.io/managed-by': managedByValue,
      'runner-autoscaler/group': labelValue(world.group(index).name),
    },
  };
}

/** The double makes none by itself; one that is there already is fine. */
function makeNamespace(world: TestWorld, name: string): void {
  const { kubernetes } = world.world;
  if (kubernetes.objects('Namespace').some(({ metadata: { name: there } }) => there === name)) return;
  kubernetes.create({ kind: 'Namespace', metadata: { name } });
}

export function makeSecret(world: TestWorld, id: string, index = 0): void {
  const { kubernetes } = world.world;
  makeNamespace(world, world.group(index).namespace);
  kubernetes.create({ kind: 'Secret', metadata: { ...partsOf(world, id, index), name: secretName(id) } });
}

/** A Job with its Secret. Its pod starts, which brings the runner online. */
export function makeJob(world: TestWorld, id: string, index = 0, own: { annotations?: object } = {}): void {
  const { kubernetes } = world.world;
  makeNamespace(world, world.group(index).namespace);
  const about = partsOf(world, id, index);
  const template = {
    metadata: { labels: about.labels },
    spec: { restartPolicy: 'Never', containers: [{ name: 'runner', image: 'runner' }] },
  };
  const spec = { template, backoffLimit: 0 };
  const annotations = { ...about.annotations, ...own.annotations };
  const named = { ...about, name: jobName(id), annotations };
  kubernetes.create({ kind: 'Job', metadata: named, spec });
  makeSecret(world, id, index);
  world.world.advance();
}

/** Registered, with Job and Secret, and online. */
export function makeRunner(world: TestWorld, index = 0): string {
  const id = register(world, index);
  makeJob(world, id, index);
  return id;
}

/** What a kubelet would say of the pod of a runner. */
export function podOf(world: TestWorld, id: string): string {
  const pods = world.world.kubernetes.objects('Pod');
  const found = pods.find(({ metadata: { labels } }) => labels?.['runner_uuid'] === id);
  return found?.metadata.uid ?? '';
}
