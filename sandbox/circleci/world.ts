// CircleCI's part of the sandbox: its API, an Auto Scaling API, and what stands behind the groups of a config. No controller.

import type { CircleCiGroup, Config } from '../../core/config/config.ts';
import type { Env } from '../../core/environment.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Timeline } from '../../simulate/timeline.ts';
import { createAutoScalingDouble, type AutoScalingDouble } from '../auto-scaling/double.ts';
import { AutoScalingModel } from '../auto-scaling/model.ts';
import type { KubernetesDouble } from '../kubernetes/double.ts';
import { createCircleCiDouble, type CircleCiDouble } from './double.ts';
import { TaskService, type RunnerLife } from './tasks.ts';

export interface CircleCiWorldOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly timeline: Timeline;
  /** From ordering an instance or a pod to its being up; milliseconds. */
  readonly bootMs: () => number;
  /** The only token that CircleCI accepts. */
  readonly token: string;
}

/** Runners go on for a few minutes without a task, so that a wave of them does not start one anew for each. */
export const runnerLife: RunnerLife = { singleTask: false, idleMs: 3 * 60_000 };

const terminationMs = 60_000;

export function circleCiGroups({ groups }: Config): CircleCiGroup[] {
  return groups.filter((group) => group.service === 'circleci');
}

function cronJobFor(resourceClass: string, namespace: string, name: string) {
  const [org = '', of = ''] = resourceClass.split('/');
  const labels = { 'resource-class-org': org, 'resource-class-name': of };
  const container = { name: 'runner', image: 'circleci/runner-agent:machine-3' };
  const pod = { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [container] } };
  const jobTemplate = { spec: { backoffLimit: 0, ttlSecondsAfterFinished: 600, template: pod } };
  return {
    ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name, namespace, labels } },
    spec: { suspend: true, schedule: '* * * * *', jobTemplate },
  };
}

export class CircleCiWorld {
  readonly tasks: TaskService;
  readonly circleCi: CircleCiDouble;
  readonly model: AutoScalingModel;
  readonly autoScaling: AutoScalingDouble;
  /** Whether the instance that comes up now never registers; none if left out. */
  stillborn: (() => boolean) | undefined;
  private readonly groups: readonly CircleCiGroup[];

  constructor({ config, clock, timeline, bootMs, token }: CircleCiWorldOptions) {
    this.groups = circleCiGroups(config);
    const tasks = new TaskService(timeline);
    const model: AutoScalingModel = new AutoScalingModel(timeline, {
      ...{ bootMs, terminationMs },
      inService: ({ id }, { region, tags }) => {
        if (this.stillborn?.() === true) return;
        const ended = (): void => model.terminate(region, id, true);
        tasks.connect({ name: id, resourceClass: tags['resource-class'] ?? '', life: runnerLife, ended });
      },
      ending: (id) => tasks.stop(id),
    });
    this.tasks = tasks;
    this.model = model;
    this.circleCi = createCircleCiDouble({ tasks, timeline, clock, accepted: [token] });
    this.autoScaling = createAutoScalingDouble({ model, timeline, clock });
  }

  /** Makes what the groups stand on, and gives the environment of a controller, without its token. */
  async start(kubernetes: KubernetesDouble | undefined): Promise<Env> {
    for (const group of this.groups) this.furnish(group, kubernetes);
    const [circleCi, autoScaling] = await Promise.all([this.circleCi.listen(), this.autoScaling.listen()]);
    return {
      CIRCLECI_RUNNER_API_URL: circleCi,
      AWS_ENDPOINT_URL_AUTO_SCALING: autoScaling,
      AWS_ACCESS_KEY_ID: 'sandbox',
      AWS_SECRET_ACCESS_KEY: 'sandbox',
    };
  }

  async stop(): Promise<void> {
    await Promise.all([this.circleCi.close(), this.autoScaling.close()]);
  }

  private furnish(
    { resourceClass, target, policy }: CircleCiGroup,
    kubernetes: KubernetesDouble | undefined,
  ): void {
    this.tasks.declareClass(resourceClass);
    if (target.kind === 'auto-scaling-group') {
      const { name, region } = target;
      this.model.create({ region, name, min: 0, max: policy.max, tags: { 'resource-class': resourceClass } });
      return;
    }
    if (kubernetes === undefined) return;
    const { namespace, name } = target;
    const namespaces = kubernetes.objects('Namespace').map(({ metadata }) => metadata.name);
    if (!namespaces.includes(namespace))
      kubernetes.create({ kind: 'Namespace', metadata: { name: namespace } });
    kubernetes.create(cronJobFor(resourceClass, namespace, name));
  }
}
