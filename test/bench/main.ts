// The benchmark: how fast bursts are served, how bounded trouble stays, and what the process costs. `npm run bench`

import { policyOf, type Policy } from '../../controller/decide/policy.ts';
import type { Config, RatioPolicy } from '../../core/config/config.ts';
import { parseConfig } from '../../core/config/parse.ts';
import { readConfigFile } from '../../core/config/read.ts';
import { projectFile } from '../../cli/files.ts';
import { quantile, simulate, type SimulationResult } from '../../simulate/simulate.ts';
import { measureProcess } from './process.ts';

const minuteMs = 60_000;

/** The numbers that Atlassian ships, in a file as small as theirs may be. */
const atlassianNumbers = `
constants: {runner_api_polling_interval: 600, runner_cool_down_period: 300}
groups:
  - name: Runner group 1
    workspace: acme
    labels: [my.group]
    namespace: default
    strategy: percentageRunnersIdle
    parameters: {min: 1, max: 10, scale_up_threshold: 0.5, scale_down_threshold: 0.2, scale_up_multiplier: 1.5, scale_down_multiplier: 0.5}
`;

function required({ config }: { config?: Config | undefined }): Config {
  if (config === undefined) throw new Error('the config of the benchmark is not valid');
  return config;
}

function policyWith(config: Config, change: Partial<RatioPolicy>): Policy {
  const [group] = config.groups;
  if (group?.service !== 'bitbucket') throw new Error('the config of the benchmark has no Bitbucket group');
  return policyOf({ ...group, policy: { ...group.policy, ...change } }, config);
}

interface Trouble {
  readonly builds: number;
  readonly runMs: number;
  readonly bootMs: number;
  /** Pods that the nodes hold. */
  readonly room: number;
}

function play(policy: Policy, { builds, runMs, bootMs, room }: Trouble): SimulationResult {
  return simulate({
    policy,
    model: {
      ...{ reportEveryMs: 30_000, offlineAfterMs: 90_000, runnerLimit: 100, failsWithoutRunner: true },
      ...{ room, bootMs: () => bootMs, creationMs: 300 },
    },
    // Just after a calm look, which is the worst moment.
    demand: Array.from({ length: builds }, () => ({ atMs: 1000, runMs })),
    warmUpMs: 20 * minuteMs,
    coolOffMs: 60 * minuteMs,
  });
}

function report(title: string, result: SimulationResult, compare: string): void {
  const { waits, allRunningMs, registeredEver, registeredAtMost, killed, failed } = result;
  const minutes = (ms: number): string => (ms / minuteMs).toFixed(1);
  process.stdout.write(
    `${title}\n  all running after ${minutes(allRunningMs)} min · wait median ${minutes(quantile(waits, 0.5))} min, ` +
      `95 % ${minutes(quantile(waits, 0.95))} min · ${registeredEver} runners made, ${registeredAtMost} at most at a time · ` +
      `${killed} builds killed, ${failed} found no runner\n  ${compare}\n`,
  );
}

const theirs = required(parseConfig(atlassianNumbers, 'atlassian'));
const ours = required(await readConfigFile(projectFile('kustomize/values/runner_config.yaml')));
const burst = { builds: 50, runMs: 120 * minuteMs, bootMs: 30_000, room: 1000 };

report(
  "burst of 50 long builds, boot 30 s, Atlassian's shipped settings (max 50)",
  play(policyWith(theirs, { max: 50 }), burst),
  'their program, measured: about 100 min, 99 runners made; aim: at most 15 min',
);
report(
  'burst of 50 long builds, boot 30 s, our shipped settings (max 50)',
  play(policyWith(ours, { max: 50 }), burst),
  'their program at its best setting, measured: 11 min; aim: at most 3 min',
);
report(
  'pods that take 4 minutes, 10 builds, max 20, our shipped settings',
  play(policyWith(ours, { max: 20 }), { builds: 10, runMs: 60 * minuteMs, bootMs: 4 * minuteMs, room: 1000 }),
  'their program, measured: 106 runners made',
);
report(
  'a cluster that is full at 3 pods, 5 builds, max 10, our shipped settings',
  play(policyWith(ours, { max: 10 }), { builds: 5, runMs: 60 * minuteMs, bootMs: 30_000, room: 3 }),
  'their program, measured: 100 runners registered',
);
await measureProcess();
