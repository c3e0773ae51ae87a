// The benchmark: how fast bursts are served, how bounded trouble stays, and what the process costs. `npm run bench`

import { policyOf, type Policy } from '../../controller/decide/policy.ts';
import type { Config, RatioPolicy } from '../../core/config/config.ts';
import { parseConfig } from '../../core/config/parse.ts';
import { readConfigFile } from '../../core/config/read.ts';
import { projectFile } from '../../cli/files.ts';
import { quantile, simulate, type SimulationResult } from '../../simulate/simulate.ts';
import { measureProcess } from './process.ts';

const minuteMs = 60_000;
/** Moments of arrival that are tried. */
const moments = 20;

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

/** How long after a calm look the builds arrive; which moment is the worst depends on the intervals. */
function arrivalsWithin(intervalMs: number): readonly number[] {
  return Array.from({ length: moments }, (_, index) => Math.round(((index + 0.5) * intervalMs) / moments));
}

function playAt(
  policy: Policy,
  { builds, runMs, bootMs, room }: Trouble,
  arrivalMs: number,
): SimulationResult {
  return simulate({
    policy,
    model: {
      ...{ reportEveryMs: 30_000, offlineAfterMs: 90_000, runnerLimit: 100, failsWithoutRunner: true },
      ...{ room, bootMs: () => bootMs, creationMs: 300 },
    },
    demand: Array.from({ length: builds }, () => ({ atMs: arrivalMs, runMs })),
    warmUpMs: 20 * minuteMs,
    coolOffMs: 60 * minuteMs,
  });
}

interface Played {
  readonly result: SimulationResult;
  /** From the arrival until the last build runs. */
  readonly allRunningMs: number;
}

/** The same trouble at different moments between two calm looks, the quickest first. */
function play(policy: Policy, trouble: Trouble): readonly Played[] {
  return arrivalsWithin(policy.pollingIntervalMs)
    .map((arrivalMs) => {
      const result = playAt(policy, trouble, arrivalMs);
      return { result, allRunningMs: result.allRunningMs - arrivalMs };
    })
    .sort((left, right) => left.allRunningMs - right.allRunningMs);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function report(title: string, played: readonly Played[], compare: string): void {
  const minutes = (ms: number): string => (ms / minuteMs).toFixed(1);
  const all = played.map(({ allRunningMs }) => allRunningMs);
  const most = (of: (result: SimulationResult) => number): number =>
    Math.max(...played.map(({ result }) => of(result)));
  const wait = (share: number): string =>
    minutes(mean(played.map(({ result }) => quantile(result.waits, share))));
  process.stdout.write(
    `${title}\n  all running after ${minutes(mean(all))} min on average, ${minutes(Math.max(...all))} at worst · ` +
      `wait median ${wait(0.5)} min, 95 % ${wait(0.95)} min\n` +
      `  ${most(({ registeredEver }) => registeredEver)} runners made, ${most(({ registeredAtMost }) => registeredAtMost)} at most at a time · ` +
      `${most(({ killed }) => killed)} builds killed, ${most(({ failed }) => failed)} found no runner\n  ${compare}\n`,
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
