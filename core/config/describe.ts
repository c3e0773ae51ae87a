// An effective configuration as text for a person. Pure.

import { scopeKey, type BitbucketGroup, type CircleCiGroup, type Config, type Group } from './config.ts';
import { callsPerRunner, runnersAnHour, sharesOf } from './budget.ts';
import { callsPerLookOf } from './polling.ts';

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(12)} ${value}`;
}

/** `key=value` of each, as `kubectl` takes them; of an empty selector nothing. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

function selectorText(architecture: string | undefined, selector: Readonly<Record<string, string>>): string {
  const labels = architecture === undefined ? selector : { 'kubernetes.io/arch': architecture, ...selector };
  return labelsText(labels);
}

/** A template of Atlassian's kind is only confined by what the file itself says, and by the template. */
function nodeRows({ architecture, nodeSelector, writtenPlacement = {} }: BitbucketGroup): string[] {
  const plain = selectorText(architecture, nodeSelector);
  const jinja = selectorText(writtenPlacement.architecture, writtenPlacement.nodeSelector ?? {});
  const nodes = row('nodes', plain);
  if (jinja === plain) return [nodes];
  return [nodes, row('', `with a Jinja job template (<% %>): ${jinja || 'any'}, and what the template says`)];
}

function bitbucketRows(group: BitbucketGroup): string[] {
  const { policy, resources } = group;
  return [
    row('watches', `Bitbucket ${scopeKey(group.scope)}`),
    row('labels', group.labels.join(' ')),
    row('runs on', `Jobs in ${group.namespace}`),
    ...nodeRows(group),
    row('memory', `${resources.requests.memory} asked, ${resources.limits.memory} at most`),
    row('cpu', `${resources.requests.cpu} asked, ${resources.limits.cpu} at most`),
    row('grows', `× ${policy.scaleUpMultiplier} above ${policy.scaleUpThreshold} busy`),
    row('shrinks', `× ${policy.scaleDownMultiplier} below ${policy.scaleDownThreshold} busy`),
  ];
}

function circleCiRows({ resourceClass, target, policy }: CircleCiGroup): string[] {
  const place =
    target.kind === 'cron-job'
      ? `Jobs of CronJob ${target.namespace}/${target.name}`
      : `Auto Scaling group ${target.name} in ${target.region}`;
  return [
    row('watches', `CircleCI ${resourceClass}`),
    row('runs on', place),
    row('headroom', String(policy.headroom)),
    row('shrinks', policy.scaleIn ? 'drains runners that are too many' : 'no: runners end themselves'),
  ];
}

function groupBlock(group: Group, { constants }: Config): string[] {
  const { min, max } = group.policy;
  return [
    `group ${group.name}`,
    ...(group.service === 'bitbucket' ? bitbucketRows(group) : circleCiRows(group)),
    row('runners', `${min} to ${max}`),
    row(
      'looked at',
      `every ${seconds(constants.pollingIntervalMs)}, under pressure every ${seconds(constants.fastPollingIntervalMs)}`,
    ),
    row('cleaner', group.cleanerEnabled ? 'on' : 'off'),
  ];
}

function discoveryBlock({ discovery }: Config): string[] {
  if (discovery === undefined) return [];
  const { min, max, headroom, scaleIn } = discovery.policy;
  return [
    `discovery of ${discovery.circleCiNamespace}`,
    ...(discovery.cronJobs ? [row('CronJobs', `in namespace ${discovery.cronJobs.namespace}`)] : []),
    ...(discovery.autoScalingGroups
      ? [row('ASGs', `in ${discovery.autoScalingGroups.regions.join(', ')}`)]
      : []),
    row('runners', `${min} to ${max} each, headroom ${headroom}${scaleIn ? ', drained when too many' : ''}`),
  ];
}

function cleanerBlock({ cleaner }: Config): string[] {
  const when =
    cleaner.schedule === undefined
      ? `every ${seconds(cleaner.intervalMs)}`
      : `at "${cleaner.schedule}" (${cleaner.timeZone})`;
  return ['cleaner', row('sweeps', cleaner.enabled ? when : 'off')];
}

function scopesOf({ groups }: Config): string[] {
  const scopes = groups.flatMap((group) => (group.service === 'bitbucket' ? [scopeKey(group.scope)] : []));
  return [...new Set(scopes)].sort();
}

/** What looking at each workspace or repository costs; its groups share it, and the cleaner looks for itself. */
function callsBlock(config: Config): string[] {
  const { constants, cleaner } = config;
  const scopes = scopesOf(config);
  if (scopes.length === 0) return [];
  const calls = callsPerLookOf(constants.bitbucketRunnerLimit);
  const hourly = (ms: number, count = 1): number => Math.ceil((count * calls * 3_600_000) / ms);
  const sweeps = (count = 1): string =>
    cleaner.enabled ? `, cleaner ${hourly(cleaner.intervalMs, count)}` : '';
  const cost = (count = 1): string =>
    `${hourly(constants.pollingIntervalMs, count)} when calm, ${hourly(constants.fastPollingIntervalMs, count)} under pressure${sweeps(count)}`;
  return [
    `Bitbucket API calls an hour, of ${constants.apiCallsPerHour}`,
    ...scopes.map((scope) => row(scope, cost())),
    row('together', cost(scopes.length)),
    ...runnersRows(config),
  ];
}

/** What the controller's part leaves when it looks as often as it does under pressure. */
function runnersRows({ constants }: Config): string[] {
  const { controller, cleaner } = sharesOf(constants);
  const runners = runnersAnHour(controller, constants.lookingCallsPerHour);
  return [
    row('parts', `controller ${controller}, cleaner ${cleaner}`),
    row('runners', `at least ${runners} an hour can be ordered and retired, at ${callsPerRunner} calls each`),
  ];
}

/** A block a group, then what all of them share; blocks are separated by an empty line. Ends without a newline. */
export function describeConfig(config: Config): string {
  const blocks = [
    ...config.groups.map((group) => groupBlock(group, config)),
    discoveryBlock(config),
    cleanerBlock(config),
    callsBlock(config),
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}
