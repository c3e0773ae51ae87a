// Tries the credentials of the CI services and of AWS by the reads that the programs make. It changes nothing there.

import type { Clients } from '../../core/clients/clients.ts';
import {
  scopeKey,
  type AutoScalingGroupTarget,
  type CircleCiGroup,
  type Config,
  type Scope,
} from '../../core/config/config.ts';
import { ConfigError, messageOf } from '../../core/errors.ts';
import type { Program } from '../../core/rights.ts';
import { isOurs } from '../../core/runner.ts';
import { fine, problem, type Finding } from './finding.ts';

type Try = () => Promise<string>;

async function attempt(check: string, about: string, call: Try): Promise<Finding> {
  try {
    return fine(check, `${about}: ${await call()}`);
  } catch (error) {
    const where =
      error instanceof ConfigError ? error.problems.map(({ message }) => message).join('; ') : undefined;
    return problem(check, `${about}: ${where ?? messageOf(error)}`);
  }
}

function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

function bitbucketScopes({ groups }: Config): Scope[] {
  return unique(
    groups.flatMap((group) => (group.service === 'bitbucket' ? [group.scope] : [])),
    scopeKey,
  );
}

function checkBitbucket(config: Config, clients: Clients): Promise<Finding>[] {
  return bitbucketScopes(config).map((scope) =>
    attempt('bitbucket', `runners of ${scopeKey(scope)}`, async () => {
      const client = clients.bitbucket(config.constants);
      await client.resolve(scope);
      const runners = await client.listRunners(scope);
      const limit = config.constants.bitbucketRunnerLimit;
      const ours = runners.filter(isOurs).length;
      return `${runners.length} of at most ${limit} registered, ${ours} ours; that they may be written is not tried`;
    }),
  );
}

/** The cleaner asks CircleCI about instances only: what became of a Job the cluster knows. */
function asks(program: Program, group: Config['groups'][number]): group is CircleCiGroup {
  if (group.service !== 'circleci') return false;
  return program === 'controller' || group.target.kind === 'auto-scaling-group';
}

function checkCircleCi(config: Config, clients: Clients, program: Program): Promise<Finding>[] {
  const { groups, discovery } = config;
  const classes = groups.flatMap((group) => (asks(program, group) ? [group.resourceClass] : []));
  const counts = unique(classes, (name) => name).map((name) =>
    attempt('circleci', `resource class ${name}`, async () => {
      const client = clients.circleCi();
      return `${await client.countUnclaimed(name)} tasks unclaimed, ${await client.countRunning(name)} running`;
    }),
  );
  if (discovery === undefined || (program === 'cleaner' && discovery.autoScalingGroups === undefined)) {
    return counts;
  }
  const namespace = discovery.circleCiNamespace;
  const found = attempt('circleci', `namespace ${namespace}`, async () => {
    return `${(await clients.circleCi().listResourceClasses(namespace)).length} resource classes`;
  });
  return [...counts, found];
}

function scalingGroups({ groups }: Config): AutoScalingGroupTarget[] {
  return groups.flatMap((group) =>
    group.service === 'circleci' && group.target.kind === 'auto-scaling-group' ? [group.target] : [],
  );
}

/** The controller asks for them to tell why an instance does not come. */
function checkLaunches(config: Config, clients: Clients): Promise<Finding>[] {
  return scalingGroups(config).map(({ name, region }) =>
    attempt('aws', `launches of Auto Scaling group ${name} in ${region}`, async () => {
      const [last] = await clients.autoScaling(region).endedLaunches(name);
      if (last === undefined) return 'none lately';
      return last.succeeded ? 'the last one went well' : `the last one failed: ${last.message}`;
    }),
  );
}

function checkAws(config: Config, clients: Clients, program: Program): Promise<Finding>[] {
  const declared = scalingGroups(config).map(({ name, region }) =>
    attempt('aws', `Auto Scaling group ${name} in ${region}`, async () => {
      const [group] = await clients.autoScaling(region).describe([name]);
      if (group === undefined)
        throw new Error('there is no such group; correct the config, or make the group');
      const { min, desired, max } = group;
      return `desired ${desired}, between ${min} and ${max}; that it may be changed is not tried (AWS has no dry run for it)`;
    }),
  );
  const regions = config.discovery?.autoScalingGroups?.regions ?? [];
  const searched = regions.map((region) =>
    attempt('aws', `Auto Scaling groups of ${region}`, async () => {
      const found = await clients.autoScaling(region).findTagged('resource-class');
      return `${found.length} carry the tag resource-class`;
    }),
  );
  return [...declared, ...(program === 'controller' ? checkLaunches(config, clients) : []), ...searched];
}

/** Never throws: what fails is a finding, with the advice that its error carries. */
export function checkServices(config: Config, clients: Clients, program: Program): Promise<Finding[]> {
  return Promise.all([
    ...checkBitbucket(config, clients),
    ...checkCircleCi(config, clients, program),
    ...checkAws(config, clients, program),
  ]);
}
