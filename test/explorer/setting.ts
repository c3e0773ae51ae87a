// What one episode is about: its groups, times, nodes and builds, drawn from a seed. Plain data.

import { parseJobTemplate } from '../../controller/manifest/parse-template.ts';
import type { JobTemplate } from '../../controller/manifest/job-template.ts';
import type { BitbucketGroup, Config } from '../../core/config/config.ts';
import { parseConfig } from '../../core/config/parse.ts';

export const second = 1000;
export const minute = 60 * second;

/**
 * `usual` has one controller and a cleaner; `replicas` two controllers and a lease; in `barren` nothing that is made ever starts
 * (P7), and in `crowded` the groups together want more than the vendor's limit.
 */
export type Kind = 'usual' | 'replicas' | 'barren' | 'crowded';

export interface Setting {
  readonly kind: Kind;
  readonly config: Config;
  readonly groups: readonly BitbucketGroup[];
  readonly room: number;
  readonly bootMs: number;
  /** From one build to the next, in the mean. */
  readonly buildEveryMs: number;
  readonly buildMs: number;
  readonly faultEveryMs: number;
  /** With faults; then without, until every grace is over. */
  readonly roughMs: number;
  readonly calmMs: number;
  /** Builds that never end, there when it is calm. */
  readonly constantBuilds: number;
}

export const template: JobTemplate = readTemplate();

function readTemplate(): JobTemplate {
  const text = `
apiVersion: batch/v1
kind: Job
spec:
  template:
    spec:
      restartPolicy: OnFailure
      containers: [{name: runner, image: runner}]
`;
  const { template: read } = parseJobTemplate(text, 'job.yaml.template');
  if (read === undefined) throw new Error('the template is not valid');
  return read;
}

export type Pick = (from: number, to: number) => number;

function groupText(index: number, kind: Kind, pick: Pick): object {
  const max = pick(2, 10);
  const min = Math.min(max, kind === 'barren' ? pick(1, 4) : pick(0, 3));
  return {
    ...{
      name: `group-${index + 1}`,
      workspace: 'acme',
      labels: [`label.${index + 1}`],
      namespace: 'runners',
    },
    strategy: 'percentageRunnersIdle',
    parameters: {
      ...{ min, max, scale_up_threshold: pick(4, 9) / 10, scale_down_threshold: pick(1, 3) / 10 },
      ...{ scale_up_multiplier: pick(12, 40) / 10, scale_down_multiplier: pick(2, 9) / 10 },
    },
  };
}

function configOf(kind: Kind, pick: Pick): Config {
  const text = JSON.stringify({
    constants: {
      ...{ runner_api_polling_interval: pick(4, 12) * 15, fast_polling_interval: pick(1, 3) * 15 },
      ...{ runner_cool_down_period: pick(0, 3) * 100, runner_start_timeout: pick(3, 10) * 60 },
      api_calls_per_hour: 100_000,
      bitbucket_runner_limit: kind === 'crowded' ? pick(10, 14) : 100,
    },
    cleaner: {
      ...{ interval: 60 * pick(1, 3), offline_grace: 600, busy_offline_grace: 5400, unhealthy_grace: 600 },
      ...{ orphan_grace: 300, drained_grace: 1200 },
    },
    groups: Array.from({ length: kind === 'crowded' ? 2 : pick(1, 2) }, (_, index) =>
      groupText(index, kind, pick),
    ),
  });
  const { config, problems = [] } = parseConfig(text, 'runner_config.yaml');
  if (config === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return config;
}

function kindOf(share: number): Kind {
  if (share < 0.55) return 'usual';
  if (share < 0.75) return 'replicas';
  return share < 0.9 ? 'crowded' : 'barren';
}

export function settingOf(random: () => number): Setting {
  const pick: Pick = (from, to) => from + Math.floor(random() * (to - from + 1));
  const kind = kindOf(random());
  const config = configOf(kind, pick);
  const groups = config.groups.filter((group): group is BitbucketGroup => group.service === 'bitbucket');
  return {
    ...{ kind, config, groups },
    room: kind === 'barren' ? 50 : pick(3, 25),
    bootMs: pick(5, 180) * second,
    buildEveryMs: pick(1, 10) * minute,
    buildMs: pick(1, 20) * minute,
    faultEveryMs: pick(20, 240) * second,
    roughMs: (kind === 'replicas' ? 30 : 150) * minute,
    calmMs: 200 * minute,
    constantBuilds: pick(0, 2) * pick(0, 6),
  };
}
