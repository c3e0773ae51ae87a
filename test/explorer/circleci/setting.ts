// What one episode with CircleCI groups is about: its groups, times, runners and tasks, drawn from a seed. Plain data.

import { parseConfig } from '../../../core/config/parse.ts';
import type { CircleCiGroup, Config } from '../../../core/config/config.ts';
import type { RunnerLife } from '../../../sandbox/circleci/tasks.ts';
import { minute, second, type Pick } from '../setting.ts';

export const namespace = 'runners';
export const region = 'eu-west-1';

/**
 * `jobs` and `instances` have one controller and a cleaner; `found` the same, and groups that nobody declared; `twins` two
 * of each with their leases; in `futile` nothing that is made ever becomes a runner (P7).
 */
export type TaskKind = 'jobs' | 'instances' | 'found' | 'twins' | 'futile';

export interface TaskSetting {
  readonly kind: TaskKind;
  readonly config: Config;
  readonly groups: readonly CircleCiGroup[];
  readonly life: RunnerLife;
  /** Whether a runner ends by itself when it has nothing to do. */
  readonly endsIdle: boolean;
  /** Pods that the nodes hold. */
  readonly room: number;
  readonly bootMs: number;
  /** Whether a Job's pod may end its task when it is deleted. */
  readonly patient: boolean;
  readonly ttlSeconds: number | undefined;
  /** Whether the cluster keeps to it. */
  readonly ttlWorks: boolean;
  /** As AWS calls it: new instances are protected from scale-in. */
  readonly isProtected: boolean;
  readonly minSize: number;
  readonly taskEveryMs: number;
  readonly taskMs: number;
  readonly faultEveryMs: number;
  /** With faults; then without, until every grace is over, that of an outage too. */
  readonly roughMs: number;
  readonly calmMs: number;
  /** Tasks that never end, there when it is calm. */
  readonly constantTasks: number;
}

type Target = 'cron_job' | 'auto_scaling_group';

const targetsOf: Readonly<Record<TaskKind, readonly (readonly Target[])[]>> = {
  jobs: [['cron_job'], ['cron_job', 'cron_job']],
  instances: [['auto_scaling_group'], ['auto_scaling_group', 'auto_scaling_group']],
  found: [['cron_job', 'auto_scaling_group']],
  twins: [['cron_job', 'auto_scaling_group']],
  futile: [['cron_job', 'auto_scaling_group']],
};

interface Drawn {
  readonly pick: Pick;
  readonly kind: TaskKind;
  readonly endsIdle: boolean;
}

function parametersOf({ pick, kind, endsIdle }: Drawn, target: Target): object {
  const max = pick(1, 10);
  const [min, headroom] = [Math.min(max, pick(0, 2)), pick(0, 1)];
  const scale_in = pick(0, 1) === 1 && target === 'cron_job' && kind !== 'found';
  // Runners that end when they are idle would be made anew for ever.
  return { max, ...(endsIdle ? {} : { min, headroom }), ...(scale_in ? { scale_in } : {}) };
}

function groupText(drawn: Drawn, target: Target, index: number): object {
  const name = `class-${index + 1}`;
  const place = target === 'cron_job' ? { name, namespace } : { name, region };
  return {
    ...{ name, resource_class: `acme/${name}`, strategy: 'unclaimedTasks', [target]: place },
    parameters: parametersOf(drawn, target),
  };
}

function configText(drawn: Drawn, groups: readonly object[]): string {
  const { pick, kind } = drawn;
  const discovery = {
    ...{ circleci_namespace: 'acme', auto_scaling_groups: { regions: [region] }, cron_jobs: { namespace } },
    parameters: parametersOf(drawn, 'auto_scaling_group'),
  };
  return JSON.stringify({
    constants: {
      ...{ runner_api_polling_interval: pick(2, 12) * 15, fast_polling_interval: pick(1, 2) * 15 },
      ...{ runner_cool_down_period: pick(0, 3) * 100, runner_start_timeout: pick(3, 10) * 60 },
      api_calls_per_hour: 100_000,
    },
    cleaner: {
      ...{ interval: 60 * pick(1, 3), offline_grace: 600, busy_offline_grace: 5400, unhealthy_grace: 600 },
      ...{ orphan_grace: 300 },
    },
    ...(kind === 'found' ? { discovery } : { groups }),
  });
}

function parsed(text: string): Config {
  const { config, problems = [] } = parseConfig(text, 'runner_config.yaml');
  if (config === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return config;
}

/** As discovery makes them of what the world is furnished with. */
function foundGroups({ discovery }: Config): CircleCiGroup[] {
  if (discovery === undefined) return [];
  const { policy } = discovery;
  return (targetsOf.found[0] ?? []).map((target, index): CircleCiGroup => {
    const name = `class-${index + 1}`;
    return {
      ...{ service: 'circleci', name: `acme/${name}`, resourceClass: `acme/${name}`, policy },
      target:
        target === 'cron_job'
          ? { kind: 'cron-job', namespace, name }
          : { kind: 'auto-scaling-group', name, region },
      cleanerEnabled: true,
    };
  });
}

function kindOf(share: number): TaskKind {
  if (share < 0.3) return 'jobs';
  if (share < 0.6) return 'instances';
  if (share < 0.75) return 'found';
  return share < 0.9 ? 'twins' : 'futile';
}

function lifeOf(pick: Pick, endsIdle: boolean): RunnerLife {
  const idleMs = endsIdle ? pick(1, 10) * minute : 1000 * 60 * minute;
  return { singleTask: pick(0, 1) === 1, idleMs };
}

export function taskSettingOf(random: () => number): TaskSetting {
  const pick: Pick = (from, to) => from + Math.floor(random() * (to - from + 1));
  const kind = kindOf(random());
  const endsIdle = pick(0, 3) > 0;
  const drawn: Drawn = { pick, kind, endsIdle };
  const several = targetsOf[kind];
  const targets = several[pick(0, several.length - 1)] ?? [];
  const config = parsed(
    configText(
      drawn,
      targets.map((target, index) => groupText(drawn, target, index)),
    ),
  );
  const declared = config.groups.filter((group): group is CircleCiGroup => group.service === 'circleci');
  return {
    ...{ kind, config, groups: kind === 'found' ? foundGroups(config) : declared },
    ...{ life: lifeOf(pick, endsIdle), endsIdle },
    room: pick(0, 3) === 0 ? pick(2, 8) : 40,
    bootMs: pick(5, 180) * second,
    patient: pick(0, 2) > 0,
    ttlSeconds: pick(0, 1) === 1 ? pick(0, 10) * 60 : undefined,
    ttlWorks: pick(0, 2) > 0,
    isProtected: pick(0, 3) === 0,
    minSize: pick(0, 4) === 0 ? 1 : 0,
    taskEveryMs: pick(1, 10) * minute,
    taskMs: pick(1, 20) * minute,
    faultEveryMs: pick(20, 240) * second,
    roughMs: (kind === 'twins' ? 40 : 180) * minute,
    // An election is many steps: what is left, and that it comes to rest, is looked at in the other episodes.
    calmMs: (kind === 'twins' ? 20 : 290) * minute,
    constantTasks: pick(0, 1) * pick(0, 6),
  };
}
