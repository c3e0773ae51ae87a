// CircleCI, a cluster and AWS as doubles over one timeline, and what the controller builds on them; a test moves the clock.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Plants } from '../../../controller/plants.ts';
import type { Decision } from '../../../controller/decide/decision.ts';
import { policyOf } from '../../../controller/decide/policy.ts';
import type { Observation } from '../../../controller/decide/snapshot.ts';
import { Reconciler } from '../../../controller/reconcile.ts';
import { Clients } from '../../../core/clients/clients.ts';
import type { Config, Group } from '../../../core/config/config.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import type { Env } from '../../../core/environment.ts';
import { messageOf } from '../../../core/errors.ts';
import { createAutoScalingDouble, type AutoScalingDouble } from '../../../sandbox/auto-scaling/double.ts';
import { AutoScalingModel } from '../../../sandbox/auto-scaling/model.ts';
import { createCircleCiDouble, type CircleCiDouble } from '../../../sandbox/circleci/double.ts';
import { TaskService, type RunnerLife } from '../../../sandbox/circleci/tasks.ts';
import { createKubernetesDouble, type KubernetesDouble } from '../../../sandbox/kubernetes/double.ts';
import type { PodPlan } from '../../../sandbox/kubernetes/jobs.ts';
import { Timeline } from '../../../simulate/timeline.ts';
import { autoAdvanceClock, type AutoAdvanceClock } from '../../fakes/clock.ts';

export const minuteMs = 60_000;
export const token = 'canary-circle-token';
export const namespace = 'circleci-runners';

export interface SettingOptions {
  readonly podBootMs?: number;
  readonly instanceBootMs?: number;
  /** Instances, counted from 0, that come up and never register. */
  readonly neverRegister?: readonly number[];
  readonly tokenThatSees?: string;
  /** Left out, a runner takes one task. */
  readonly life?: RunnerLife;
}

/** One look, decision and its application, as the controller makes them. */
export interface GroupUnderTest {
  readonly decisions: Decision[];
  readonly observations: Observation[];
  /** Ticks, and moves the clock on by what the tick asks for. */
  tick(): Promise<Decision>;
}

export interface Setting {
  readonly clock: AutoAdvanceClock;
  readonly tasks: TaskService;
  readonly circleCi: CircleCiDouble;
  readonly kubernetes: KubernetesDouble;
  readonly model: AutoScalingModel;
  readonly aws: AutoScalingDouble;
  readonly clients: Clients;
  readonly env: Env;
  readonly warnings: string[];
  /** Moves time on, and lets everything happen that is due. */
  pass(ms: number): void;
  /** A controller's view of one group; a second one is what a restarted process has. */
  group(config: Config, group: Group): GroupUnderTest;
}

const oneTask: RunnerLife = { singleTask: true, idleMs: 30 * minuteMs };

function podPlan(
  timeline: Timeline,
  bootMs: number,
  of: { tasks: TaskService; kubernetes: () => KubernetesDouble; life: RunnerLife },
): PodPlan {
  const names = new Map<string, string>();
  return {
    podCreated({ uid, name, labels }) {
      names.set(uid, name);
      const resourceClass = `${labels['resource-class-org'] ?? ''}/${labels['resource-class-name'] ?? ''}`;
      timeline.plan(timeline.now + bootMs, () => {
        if (!of.kubernetes().setPodPhase(uid, 'Running')) return;
        const ended = (): void => void of.kubernetes().setPodPhase(uid, 'Succeeded');
        of.tasks.connect({ name, resourceClass, life: of.life, ended });
      });
    },
    podTerminating: (uid) => of.tasks.leave(names.get(uid) ?? ''),
    podDeleted: (uid) => of.tasks.stop(names.get(uid) ?? ''),
  };
}

function writeKubeconfig(t: TestContext, server: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'kubeconfig');
  writeFileSync(
    path,
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
      clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'test', user: {} }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    }),
  );
  return path;
}

export function configOf(text: string): Config {
  const { config, problems } = parseConfig(text, 'test.yaml');
  if (config === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return config;
}

/** One group of `acme/linux` on the CronJob small-runner. @param constants and `parameters` are YAML between braces */
export function cronJobConfig(
  parameters: string,
  constants = 'runner_api_polling_interval: 15, fast_polling_interval: 5',
): Config {
  return configOf(`
constants: { ${constants} }
groups:
  - name: linux
    resource_class: acme/linux
    strategy: unclaimedTasks
    cron_job: { namespace: ${namespace}, name: small-runner }
    parameters: { ${parameters} }
`);
}

/** A suspended CronJob as the users of the Go program have it. */
export function cronJob(name: string, resourceClass: string, rest: Record<string, unknown> = {}) {
  const [org = '', of = ''] = resourceClass.split('/');
  const labels = { 'resource-class-org': org, 'resource-class-name': of };
  const container = { name: 'runner', image: 'registry.invalid/runner:1' };
  return {
    ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name, namespace, labels } },
    spec: {
      ...{ suspend: true, schedule: '* * * * *' },
      jobTemplate: {
        metadata: { labels: { team: 'mobile' }, annotations: { 'example.com/cost': 'ci' } },
        spec: {
          backoffLimit: 1,
          template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [container] } },
        },
      },
      ...rest,
    },
  };
}

export async function stage(t: TestContext, options: SettingOptions = {}): Promise<Setting> {
  const { podBootMs = minuteMs, instanceBootMs = minuteMs, neverRegister = [], tokenThatSees } = options;
  const { life = oneTask } = options;
  const clock = autoAdvanceClock(Date.UTC(2026, 10, 24, 9));
  const timeline = new Timeline(clock.now());
  const tasks = new TaskService(timeline);
  const kubernetes: KubernetesDouble = createKubernetesDouble({
    ...{ clock, random: Math.random },
    pods: podPlan(timeline, podBootMs, { tasks, kubernetes: () => kubernetes, life }),
  });
  const model: AutoScalingModel = new AutoScalingModel(timeline, {
    ...{ bootMs: () => instanceBootMs, terminationMs: minuteMs },
    inService({ id }, { region, tags }) {
      if (neverRegister.includes(parseInt(id.slice(2), 16))) return;
      const ended = (): void => model.terminate(region, id, true);
      tasks.connect({ name: id, resourceClass: tags['resource-class'] ?? '', life, ended });
    },
    ending: (id) => tasks.stop(id),
  });
  const circleCi = createCircleCiDouble({ tasks, timeline, clock, token: tokenThatSees });
  const aws = createAutoScalingDouble({ model, timeline, clock });
  kubernetes.create({ kind: 'Namespace', metadata: { name: namespace } });
  const [circleUrl, server, endpoint] = await Promise.all([
    circleCi.listen(),
    kubernetes.listen(),
    aws.listen(),
  ]);
  t.after(() => Promise.all([circleCi.close(), kubernetes.close(), aws.close()]));
  const env: Env = {
    ...{ CIRCLECI_RUNNER_API_URL: circleUrl, KUBECONFIG: writeKubeconfig(t, server), CIRCLE_TOKEN: token },
    ...{ AWS_ENDPOINT_URL_AUTO_SCALING: endpoint, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  };
  const random = (): number => 0.5;
  const readFile = (): string => '';
  const clients = new Clients({ env, clock, random, readFile, onCall: () => undefined });
  const warnings: string[] = [];
  const template = (): never => {
    throw new Error('no Bitbucket group here');
  };
  const pass = (ms: number): void => {
    clock.pass(ms);
    timeline.advance(clock.now());
    kubernetes.advance();
  };
  return {
    ...{ clock, tasks, circleCi, kubernetes, model, aws, clients, env, warnings, pass },
    group(config, group) {
      const plants = new Plants({
        clients,
        clock,
        random,
        template,
        warn: (text) => void warnings.push(text),
      });
      const decisions: Decision[] = [];
      const observations: Observation[] = [];
      const reconciler = new Reconciler({
        ...{ plant: plants.build(group, config), policy: policyOf(group, config), clock },
        recorder: {
          decided: (decision, observation) => {
            decisions.push(decision);
            observations.push(observation);
          },
          applied(_decision, results) {
            for (const { error } of results) if (error !== undefined) warnings.push(messageOf(error));
          },
          unfinished: () => undefined,
        },
      });
      return {
        ...{ decisions, observations },
        async tick() {
          pass(await reconciler.tick());
          return decisions.at(-1) as Decision;
        },
      };
    },
  };
}

export function onlyGroup(config: Config): Group {
  const [group] = config.groups;
  if (group === undefined) throw new Error('the config has no group');
  return group;
}
