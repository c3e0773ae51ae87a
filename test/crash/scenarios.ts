// The reference scenarios: what happens in the world while the controller works. Each waits for states, never for time alone.

import { worldScope } from '../../sandbox/bitbucket/identity.ts';
import { stateOf } from './state.ts';
import type { Stage } from './stage.ts';

export interface Scenario {
  readonly name: string;
  /** A `runner_config.yaml` in namespaces of its own. */
  config(namespace: string): string;
  /** Whether the cleaner runs beside: what a crash leaves half removed is its work (promise P5). */
  readonly cleaner: boolean;
  /** The most registrations that there may ever be. */
  readonly max: number;
  play(stage: Stage): Promise<void>;
}

const constants = {
  ...{ runner_api_polling_interval: 20, fast_polling_interval: 10, runner_cool_down_period: 30 },
  ...{ runner_start_timeout: 600, api_calls_per_hour: 1_000_000 },
};

const dayMs = 86_400_000;
const max = 5;

/** @param up the multiplier: how many runners are ordered at a time */
function bitbucketConfig(namespace: string, up: number): string {
  const parameters = {
    ...{ min: 1, max, scale_up_threshold: 0.5, scale_down_threshold: 0.2 },
    ...{ scale_up_multiplier: up, scale_down_multiplier: 0.2 },
  };
  const group = {
    ...{ name: 'crash', workspace: 'acme', labels: ['crash.test'], namespace },
    ...{ strategy: 'percentageRunnersIdle', node_selector: { 'kubernetes.io/os': 'linux' }, parameters },
  };
  // Late enough that it leaves to the controller what the controller does by itself.
  const cleaner = { interval: 30, orphan_grace: 300, drained_grace: 3600 };
  return JSON.stringify({ constants, groups: [group], cleaner });
}

const wellRunner = 'ONLINE runner with a Job (open) and its Secret';

/** 1 → 5 under load → 1, then a Job deleted by hand. */
async function playBitbucket(stage: Stage): Promise<void> {
  const { service } = stage.world;
  const [group] = stage.config.groups;
  if (group?.service !== 'bitbucket') throw new Error('the scenario needs a Bitbucket group');
  const scope = worldScope(group.scope);
  const isAlone = async (): Promise<boolean> => {
    const state = await stateOf(stage);
    return Object.keys(state).length === 1 && state[wellRunner] === 1;
  };
  await stage.until('one runner is there', isAlone);
  for (let build = 0; build < max; build += 1)
    service.arrive({ scope, labels: ['crash.test'], runMs: dayMs });
  await stage.until('every build runs', () => service.builds.count('running') === max);
  endBuilds(stage);
  await stage.until('one runner is left', isAlone);
  const [last] = service.list(scope);
  await stage.kubernetes.deleteJob(group.namespace, `runner-${last?.id ?? ''}`);
  const isReplaced = (): boolean => service.find(scope, last?.id ?? '') === undefined;
  await stage.until('the runner without a Job is replaced', async () => isReplaced() && isAlone());
}

/** Every running build ends now. */
function endBuilds({ world }: Stage): void {
  world.advance();
  for (const runner of world.service['runners'].values()) {
    if (runner.build !== undefined) world.service['complete'](runner, runner.build);
  }
}

function circleConfig(namespace: string): string {
  const group = (name: string, target: object) => ({
    ...{ name, resource_class: `acme/${name}`, strategy: 'unclaimedTasks', ...target },
    parameters: { min: 0, max: 10, headroom: 0 },
  });
  const pods = group('pods', { cron_job: { namespace, name: 'pods' } });
  const instances = group('instances', { auto_scaling_group: { name: 'instances', region: 'eu-west-1' } });
  // Nobody claims these tasks, and a pod of a busy cluster may take half a minute of real time.
  return JSON.stringify({
    constants: { ...constants, runner_start_timeout: 3600 },
    groups: [pods, instances],
  });
}

/** Five tasks for each resource class: five Jobs, and a desired capacity of five. */
async function playCircle(stage: Stage): Promise<void> {
  const { tasks } = stage.world.circleCi;
  stage.world.advance();
  for (let task = 0; task < 5; task += 1) {
    tasks.arrive('acme/pods', dayMs);
    tasks.arrive('acme/instances', dayMs);
  }
  await stage.until('five Jobs, and a desired capacity of five', async () => {
    const state = await stateOf(stage);
    const jobs = Object.keys(state).filter((thing) => /^Job .*\(open\)/.test(thing));
    return jobs.length === 5 && state['desired capacity 5'] === 1;
  });
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'steps',
    config: (namespace) => bitbucketConfig(namespace, 1.2),
    ...{ cleaner: true, max, play: playBitbucket },
  },
  { name: 'circleci', config: circleConfig, cleaner: false, max: 0, play: playCircle },
];
