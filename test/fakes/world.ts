// The controller's ticks with the production clients against both doubles, over real HTTP, in time that a test moves.

import type { TestContext } from 'node:test';
import type { ActionResult } from '../../controller/apply/apply.ts';
import type { Decision } from '../../controller/decide/decision.ts';
import { policyOf } from '../../controller/decide/policy.ts';
import { capacityOf, type Capacity, type Observation } from '../../controller/decide/snapshot.ts';
import { parseJobTemplate } from '../../controller/manifest/parse-template.ts';
import type { JobTemplate } from '../../controller/manifest/job-template.ts';
import { Plants } from '../../controller/plants.ts';
import { Reconciler } from '../../controller/reconcile.ts';
import { Clients, type Call } from '../../core/clients/clients.ts';
import type { BitbucketGroup, Config } from '../../core/config/config.ts';
import { parseConfig } from '../../core/config/parse.ts';
import type { Env } from '../../core/environment.ts';
import { nextDue } from '../../core/process/loop.ts';
import { uuidFrom, worldScope } from '../../sandbox/bitbucket/identity.ts';
import { World } from '../../sandbox/world.ts';
import { autoAdvanceClock, type AutoAdvanceClock } from './clock.ts';

export const minute = 60_000;

/** What a test says of a group; the rest is Atlassian's numbers. */
export interface GivenGroup {
  readonly name?: string;
  readonly labels?: readonly string[];
  readonly namespace?: string;
  readonly repository?: string;
  readonly parameters?: Readonly<Record<string, number>>;
}

export interface GivenWorld {
  readonly groups?: readonly GivenGroup[];
  readonly constants?: Readonly<Record<string, number | string>>;
  readonly bootMs?: number;
  /** Pods that the nodes hold. */
  readonly room?: number;
}

const parameters = {
  ...{ min: 1, max: 10, scale_up_threshold: 0.5, scale_down_threshold: 0.2 },
  ...{ scale_up_multiplier: 1.5, scale_down_multiplier: 0.5 },
};

/** A `runner_config.yaml`: JSON is YAML too. */
export function configText({ groups = [{}], constants = {} }: GivenWorld): string {
  return JSON.stringify({
    constants: {
      ...{ runner_api_polling_interval: 30, fast_polling_interval: 15, runner_cool_down_period: 300 },
      ...constants,
    },
    groups: groups.map((group, index) => ({
      ...{ name: `group-${index + 1}`, workspace: 'acme', labels: [`label.${index + 1}`] },
      ...{ namespace: 'runners', strategy: 'percentageRunnersIdle' },
      ...group,
      parameters: { ...parameters, ...group.parameters },
    })),
  });
}

function configOf(text: string): Config {
  const { config, problems } = parseConfig(text, 'runner_config.yaml');
  if (config === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return config;
}

/** The smallest template that is one. */
export const templateText = `
apiVersion: batch/v1
kind: Job
spec:
  template:
    spec:
      restartPolicy: OnFailure
      containers: [{name: runner, image: runner}]
`;

function templateOf(text: string): JobTemplate {
  const { template, problems } = parseJobTemplate(text, 'job.yaml.template');
  if (template === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return template;
}

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface RunningGroup {
  readonly name: string;
  readonly reconciler: Reconciler;
  due: number;
}

/** One group's past. */
export interface Past {
  readonly decisions: Decision[];
  readonly observations: Observation[];
  readonly results: ActionResult[];
  readonly unfinished: Error[];
}

/** The controller's groups of one process, without its loops: the test says when they tick. */
export class Shift {
  readonly calls: Call[] = [];
  private readonly clock: AutoAdvanceClock;
  private readonly world: World;
  private readonly groups: RunningGroup[];
  private readonly pasts = new Map<string, Past>();

  constructor(parts: { config: Config; env: Env; clock: AutoAdvanceClock; world: World }) {
    const { config, env, clock, world } = parts;
    this.clock = clock;
    this.world = world;
    const clients = new Clients({
      ...{ env, clock, random: () => 0 },
      readFile: () => '',
      onCall: (call) => this.calls.push(call),
    });
    const template = templateOf(templateText);
    const plants = new Plants({ clients, clock, template: () => template });
    this.groups = config.groups.map((group) => {
      const { name } = group;
      const recorder = this.recorder(name);
      const plant = plants.build(group, config);
      const reconciler = new Reconciler({ plant, policy: policyOf(group, config), clock, recorder });
      return { name, reconciler, due: clock.now() };
    });
  }

  past(name = this.groups[0]?.name ?? ''): Past {
    const past = this.pasts.get(name);
    if (past === undefined) throw new Error(`there is no group ${name}`);
    return past;
  }

  capacity(name?: string): Capacity {
    const observation = this.past(name).observations.at(-1);
    if (observation?.ok !== true) throw new Error('the last look failed');
    return capacityOf(observation.snapshot.members);
  }

  /** One tick of these groups (all if none is named), at the same time. */
  async tick(...names: readonly string[]): Promise<void> {
    this.world.advance();
    const ticking = this.groups.filter(({ name }) => names.length === 0 || names.includes(name));
    await Promise.all(ticking.map((group) => this.tickOne(group)));
    this.world.advance();
  }

  /** Lets time pass, with each tick when it is due. */
  async run(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    for (let at = this.nextDue(); at <= until; at = this.nextDue()) {
      this.clock.pass(Math.max(0, at - this.clock.now()));
      const due = this.groups.filter((group) => group.due <= this.clock.now());
      await this.tick(...due.map(({ name }) => name));
    }
    this.clock.pass(Math.max(0, until - this.clock.now()));
    this.world.advance();
  }

  private nextDue(): number {
    return Math.min(...this.groups.map(({ due }) => due));
  }

  private async tickOne(group: RunningGroup): Promise<void> {
    const began = this.clock.now();
    group.due = nextDue(began, await group.reconciler.tick());
  }

  private recorder(name: string): ConstructorParameters<typeof Reconciler>[0]['recorder'] {
    const past: Past = { decisions: [], observations: [], results: [], unfinished: [] };
    this.pasts.set(name, past);
    return {
      decided(decision, observation) {
        past.decisions.push(decision);
        past.observations.push(observation);
      },
      applied: (_decision, results) => void past.results.push(...results),
      unfinished: (_group, error) => void past.unfinished.push(error),
    };
  }
}

export class TestWorld {
  readonly clock = autoAdvanceClock(Date.parse('2026-11-23T12:00:00Z'));
  readonly config: Config;
  readonly world: World;
  env: Env = {};
  /** The most registrations of each scope at any instant. */
  readonly mostRegistered = new Map<string, number>();

  private readonly given: GivenWorld;

  constructor(given: GivenWorld) {
    this.given = given;
    const { bootMs = 0, room = 1000 } = given;
    this.config = configOf(configText(given));
    let ids = 0;
    this.world = new World({
      ...{ config: this.config, clock: this.clock, scenario: 'quiet', bootMs, room },
      random: seeded(1),
      newId: () => uuidFrom(`runner ${++ids}`),
    });
    this.watchRegistrations();
  }

  /** A controller process begins, perhaps with edited groups; the one before it is just not ticked any more. */
  begin(edited?: readonly GivenGroup[]): Shift {
    const { env, clock, world } = this;
    const config =
      edited === undefined ? this.config : configOf(configText({ ...this.given, groups: edited }));
    return new Shift({ config, env, clock, world });
  }

  /** As `kubectl delete job` does it. */
  async deleteJob(name: string, namespace = 'runners'): Promise<void> {
    const client = new Clients({
      ...{ env: this.env, clock: this.clock, random: () => 0 },
      ...{ readFile: () => '', onCall: () => undefined },
    });
    await client.kubernetes().deleteJob(namespace, name);
    this.world.advance();
  }

  group(index = 0): BitbucketGroup {
    const group = this.config.groups[index];
    if (group?.service !== 'bitbucket') throw new Error('no such group');
    return group;
  }

  scope(index = 0): string {
    return worldScope(this.group(index).scope);
  }

  /** Builds for a group arrive now. */
  builds(count: number, runMs: number, index = 0): void {
    this.world.advance();
    const labels = this.group(index).labels.filter((label) => !label.startsWith('autoscaler.'));
    for (let number = 0; number < count; number += 1) {
      this.world.service.arrive({ scope: this.scope(index), labels, runMs });
    }
  }

  /** Names of the Jobs, and of the Secrets, that belong to runners. */
  left(): {
    readonly runners: readonly string[];
    readonly jobs: readonly string[];
    readonly secrets: readonly string[];
  } {
    this.world.advance();
    const scopes = new Set(this.config.groups.map((_, index) => this.scope(index)));
    const names = (kind: string): string[] =>
      this.world.kubernetes.objects(kind).map(({ metadata }) => metadata.name);
    const runners = [...scopes].flatMap((scope) => this.world.service.list(scope).map(({ id }) => id));
    return { runners, jobs: names('Job'), secrets: names('Secret') };
  }

  private watchRegistrations(): void {
    const { service } = this.world;
    const register = service.register.bind(service);
    service.register = (runner) => {
      const made = register(runner);
      const key = `${runner.scope} ${runner.name}`;
      const now = service.list(runner.scope).filter(({ name }) => name === runner.name).length;
      this.mostRegistered.set(key, Math.max(this.mostRegistered.get(key) ?? 0, now));
      return made;
    };
  }

  /** The most registrations that a group had at any instant. */
  mostOf(index = 0): number {
    return this.mostRegistered.get(`${this.scope(index)} ${this.group(index).name}`) ?? 0;
  }
}

/** Ends with the test. */
export async function startWorld(t: TestContext, given: GivenWorld = {}): Promise<TestWorld> {
  const made = new TestWorld(given);
  made.env = await made.world.start();
  t.after(() => made.world.stop());
  return made;
}
