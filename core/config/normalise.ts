// Turns what was written into the one shape that the programs use: every default filled in, milliseconds for seconds. Pure.

import type {
  AutoScalingGroupTarget,
  BacklogPolicy,
  BitbucketGroup,
  CircleCiGroup,
  Config,
  Constants,
  CronJobTarget,
  Discovery,
  Group,
  WrittenPlacement,
} from './config.ts';
import { backlogDefaults, constantDefaults, defaultNodeSelector } from './defaults.ts';
import { scopeOf, type Draft } from './finding.ts';
import { completeLabels } from './labels.ts';
import { normaliseCleaner } from './normalise-cleaner.ts';
import { planOf } from './plan-of.ts';
import type { PollingPlan } from './polling.ts';
import { completeResources } from './resources.ts';
import type {
  WrittenBacklogParameters,
  WrittenBitbucketGroup,
  WrittenCircleCiGroup,
  WrittenDiscovery,
  WrittenGroup,
} from './written.generated.ts';

function ms(seconds: number): number {
  return Math.round(seconds * 1000);
}

function normaliseConstants({ constants }: Draft, plan: PollingPlan): Constants {
  return {
    pollingIntervalMs: plan.calmMs,
    fastPollingIntervalMs: plan.fastMs,
    coolDownMs: ms(constants.runner_cool_down_period ?? constantDefaults.coolDownPeriod),
    startTimeoutMs: ms(constants.runner_start_timeout ?? constantDefaults.startTimeout),
    apiCallsPerHour: plan.budget,
    cleanerCallsPerHour: plan.shares.cleaner,
    lookingCallsPerHour: Math.ceil(plan.callsPerHour.fast),
    bitbucketRunnerLimit: constants.bitbucket_runner_limit ?? constantDefaults.bitbucketRunnerLimit,
    bitbucketApi: constants.bitbucket_api ?? constantDefaults.bitbucketApi,
  };
}

function writtenPlacement({
  architecture,
  node_selector: selector,
}: WrittenBitbucketGroup): WrittenPlacement {
  return { ...(architecture && { architecture }), ...(selector && { nodeSelector: { ...selector } }) };
}

function bitbucketGroup(group: WrittenBitbucketGroup): BitbucketGroup {
  const { parameters } = group;
  return {
    service: 'bitbucket',
    name: group.name,
    scope: scopeOf(group),
    labels: completeLabels(group),
    namespace: group.namespace,
    architecture: group.architecture ?? 'amd64',
    nodeSelector: { ...(group.node_selector ?? defaultNodeSelector) },
    writtenPlacement: writtenPlacement(group),
    resources: completeResources(group.resources),
    policy: {
      strategy: 'percentageRunnersIdle',
      min: parameters.min,
      max: parameters.max,
      scaleUpThreshold: parameters.scale_up_threshold,
      scaleDownThreshold: parameters.scale_down_threshold,
      scaleUpMultiplier: parameters.scale_up_multiplier,
      scaleDownMultiplier: parameters.scale_down_multiplier,
    },
    cleanerEnabled: group.cleaner?.enabled ?? true,
  };
}

function targetOf(group: WrittenCircleCiGroup): CronJobTarget | AutoScalingGroupTarget {
  if (group.cron_job) return { kind: 'cron-job', ...group.cron_job };
  const { name, region } = group.auto_scaling_group ?? { name: '', region: '' };
  return { kind: 'auto-scaling-group', name, region };
}

function backlogPolicy(parameters: Partial<WrittenBacklogParameters>): BacklogPolicy {
  return {
    strategy: 'unclaimedTasks',
    min: parameters.min ?? backlogDefaults.min,
    max: parameters.max ?? backlogDefaults.discoveredMax,
    headroom: parameters.headroom ?? backlogDefaults.headroom,
    scaleIn: parameters.scale_in ?? backlogDefaults.scaleIn,
  };
}

function circleCiGroup(group: WrittenCircleCiGroup): CircleCiGroup {
  return {
    service: 'circleci',
    name: group.name,
    resourceClass: group.resource_class,
    target: targetOf(group),
    policy: backlogPolicy(group.parameters),
    cleanerEnabled: group.cleaner?.enabled ?? true,
  };
}

function normaliseGroup(group: WrittenGroup): Group {
  return group.strategy === 'percentageRunnersIdle' ? bitbucketGroup(group) : circleCiGroup(group);
}

function normaliseDiscovery(written: WrittenDiscovery): Discovery {
  return {
    circleCiNamespace: written.circleci_namespace,
    ...(written.auto_scaling_groups && {
      autoScalingGroups: { regions: [...written.auto_scaling_groups.regions] },
    }),
    ...(written.cron_jobs && { cronJobs: { ...written.cron_jobs } }),
    policy: backlogPolicy(written.parameters ?? {}),
  };
}

/** @param draft complete and without errors: the rules have passed. */
export function normalise(draft: Draft): Config {
  const plan = planOf(draft);
  return {
    constants: normaliseConstants(draft, plan),
    groups: draft.groups.map(({ group }) => normaliseGroup(group)),
    ...(draft.discovery && { discovery: normaliseDiscovery(draft.discovery) }),
    cleaner: normaliseCleaner(draft.cleaner, plan),
  };
}
