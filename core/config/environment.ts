// The environment of the Go program circleci-runner-autoscaler as a configuration. Pure: the environment is an argument.

import type { Problem } from '../errors.ts';
import type { ConfigResult } from './config.ts';
import { backlogDefaults } from './defaults.ts';
import { deepFreeze } from './freeze.ts';
import { normalise } from './normalise.ts';
import { judge } from './parse.ts';
import { pathText } from './path.ts';
import type { WrittenConfig, WrittenDiscovery } from './written.generated.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Seconds. The Go program looked every 5 s at everything; a calm resource class can do with less. */
const intervals = { runner_api_polling_interval: 10, fast_polling_interval: 5 } as const;

const trueWords = ['1', 't', 'true'];
const falseWords = ['0', 'f', 'false'];

const variableOf: Readonly<Record<string, string>> = {
  'discovery.circleci_namespace': 'APP_CIRCLE_RESOURCE_NAMESPACE',
  'discovery.cron_jobs.namespace': 'APP_KUBERNETES_NAMESPACE',
  'discovery.auto_scaling_groups.regions[0]': 'AWS_REGION',
};

function problem(path: string, message: string): Problem {
  return { file: 'environment', line: 1, column: 1, path, message };
}

function given(env: Environment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}

/** Kubernetes is on unless it is switched off, as in the Go program; undefined for a word that is neither. */
function kubernetesEnabled(env: Environment): boolean | undefined {
  const word = (given(env, 'APP_KUBERNETES_SCALER_ENABLED') ?? 'true').toLowerCase();
  if (trueWords.includes(word)) return true;
  return falseWords.includes(word) ? false : undefined;
}

function discoveryOf(env: Environment, namespace: string): WrittenDiscovery {
  const region = given(env, 'AWS_REGION') ?? given(env, 'AWS_DEFAULT_REGION');
  const cronJobs = { namespace: given(env, 'APP_KUBERNETES_NAMESPACE') ?? 'circleci-runners' };
  return {
    circleci_namespace: namespace,
    ...(kubernetesEnabled(env) === true && { cron_jobs: cronJobs }),
    ...(region !== undefined && { auto_scaling_groups: { regions: [region] } }),
  };
}

function warningsOf({ auto_scaling_groups: found }: WrittenDiscovery): Problem[] {
  const bound = `at most ${backlogDefaults.discoveredMax} runners are kept for each resource class; write a configuration file to change that`;
  const noRegion = 'Auto Scaling groups are not looked for, as no region is set';
  return [problem('', bound), ...(found ? [] : [problem('AWS_REGION', noRegion)])];
}

function usageProblems(env: Environment): Problem[] {
  const namespace = given(env, 'APP_CIRCLE_RESOURCE_NAMESPACE');
  return [
    ...(namespace === undefined
      ? [problem('APP_CIRCLE_RESOURCE_NAMESPACE', 'not set; set it to your CircleCI namespace such as acme')]
      : []),
    ...(kubernetesEnabled(env) === undefined
      ? [problem('APP_KUBERNETES_SCALER_ENABLED', 'expected true or false')]
      : []),
  ];
}

/** A discovery has two places to look; a message about the lack of both must name variables, not keys. */
function nowhere(env: Environment): Problem {
  const message = 'nowhere to look: set AWS_REGION, or APP_KUBERNETES_SCALER_ENABLED to true';
  return problem(given(env, 'AWS_REGION') === undefined ? 'AWS_REGION' : '', message);
}

/**
 * What the Go program would have been told by `APP_CIRCLE_RESOURCE_NAMESPACE`, `APP_KUBERNETES_SCALER_ENABLED` (true) and
 * `APP_KUBERNETES_NAMESPACE` (circleci-runners). AWS is looked at in `AWS_REGION` or `AWS_DEFAULT_REGION`.
 * @returns undefined if neither the namespace nor `APP_CIRCLE_TOKEN` is set: then this is not that program's environment.
 */
export function configFromEnvironment(env: Environment): ConfigResult | undefined {
  const namespace = given(env, 'APP_CIRCLE_RESOURCE_NAMESPACE');
  if (namespace === undefined && given(env, 'APP_CIRCLE_TOKEN') === undefined) return undefined;
  const usage = usageProblems(env);
  if (usage.length > 0 || namespace === undefined) return { warnings: [], problems: usage };
  const discovery = discoveryOf(env, namespace);
  const warnings = warningsOf(discovery);
  if (!discovery.cron_jobs && !discovery.auto_scaling_groups) return { warnings, problems: [nowhere(env)] };
  const written: WrittenConfig = { constants: intervals, discovery };
  const { draft, findings } = judge(written);
  const problems = findings
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message }) => problem(variableOf[pathText(path)] ?? pathText(path), message));
  return problems.length > 0 ? { warnings, problems } : { config: deepFreeze(normalise(draft)), warnings };
}
