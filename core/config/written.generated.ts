// Made from schemas/runner_config.schema.json by `npm run generate`. Do not edit: change the schema.

/**
 * Settings that all groups share.
 */
export type WrittenConstants = {
  /**
   * Time between two looks at a calm group. A group under pressure is looked at sooner. Seconds.
   */
  runner_api_polling_interval?: number;
  /**
   * Time between two looks at a group that is over its threshold or has runners starting. Not written: lengthened to what the API budget allows, shortened to runner_api_polling_interval. Seconds.
   */
  fast_polling_interval?: number;
  /**
   * Time that a runner is left alone after it was created and after it was last seen busy, before it may be retired. Seconds.
   */
  runner_cool_down_period?: number;
  /**
   * Time after which a runner that never came online is given up. Seconds.
   */
  runner_start_timeout?: number;
  /**
   * Calls an hour that one Bitbucket credential may spend; controller and cleaner divide them. Intervals that cannot fit are an error.
   */
  api_calls_per_hour?: number;
  /**
   * Runners that Bitbucket allows a workspace, and a repository.
   */
  bitbucket_runner_limit?: number;
  /**
   * Which of Bitbucket's two runner APIs to use. Only the internal one is proven to show whether a runner is busy.
   */
  bitbucket_api?: 'internal' | 'public';
  /**
   * Accepted, without effect: creation is paced by the API budget. Seconds.
   */
  default_sleep_time_runner_setup?: number;
  /**
   * Accepted, without effect: deletion is paced by the API budget. Seconds.
   */
  default_sleep_time_runner_delete?: number;
} | null;
/**
 * One group of interchangeable runners. The strategy says which service it belongs to: percentageRunnersIdle for Bitbucket, unclaimedTasks for CircleCI.
 */
export type WrittenGroup = WrittenBitbucketGroup | WrittenCircleCiGroup;
/**
 * What the runner container gets. Requests may not exceed limits.
 */
export type WrittenResources = {
  requests?: WrittenRequests;
  limits?: WrittenLimits;
} | null;

/**
 * runner_config.yaml of runner-autoscaler: which groups of CI runners to keep, and how many. Durations are seconds.
 */
export interface WrittenConfig {
  constants?: WrittenConstants;
  /**
   * The groups of runners that are declared here.
   *
   * @minItems 1
   */
  groups?: WrittenGroup[];
  discovery?: WrittenDiscovery;
  cleaner?: WrittenCleaner;
}
/**
 * Runners of a Bitbucket workspace or repository, each a Kubernetes Job.
 */
export interface WrittenBitbucketGroup {
  /**
   * Name of the group, and of each of its runners in Bitbucket. Unique.
   */
  name: string;
  /**
   * Bitbucket workspace: its slug, or its uuid in braces and quotes.
   */
  workspace: string;
  /**
   * Bitbucket repository: its slug, or its uuid in braces and quotes. Written: the runners belong to this repository only.
   */
  repository?: string | null;
  /**
   * Labels that a step asks for in runs-on: lowercase letters, digits and dots, at most 10. The labels self.hosted, linux (or linux.arm64) and autoscaler.created are added.
   *
   * @minItems 1
   * @maxItems 50
   */
  labels: string[];
  /**
   * Kubernetes namespace where the runner Jobs run. Not bitbucket-runner-control-plane.
   */
  namespace: string;
  /**
   * Keep the share of busy runners between two thresholds.
   */
  strategy: 'percentageRunnersIdle';
  /**
   * Processor architecture: amd64 adds the label linux, arm64 the label linux.arm64.
   */
  architecture?: 'amd64' | 'arm64';
  /**
   * Labels of the Kubernetes nodes where the runner Jobs run.
   */
  node_selector?: {
    [k: string]: string;
  } | null;
  resources?: WrittenResources;
  parameters: WrittenRatioParameters;
  cleaner?: WrittenGroupCleaner;
}
/**
 * What the runner container asks for.
 */
export interface WrittenRequests {
  /**
   * Memory that the runner container asks for, as a Kubernetes quantity of at least 1Gi. Not written: 4Gi, or the limit if that is lower.
   */
  memory?: string | number;
  /**
   * Processor time that the runner container asks for, as a Kubernetes quantity. Not written: 1000m, or the limit if that is lower.
   */
  cpu?: string | number;
}
/**
 * What the runner container may use at most.
 */
export interface WrittenLimits {
  /**
   * Memory that the runner container may use at most, as a Kubernetes quantity of at least 1Gi. Not written: 4Gi, or the request if that is higher.
   */
  memory?: string | number;
  /**
   * Processor time that the runner container may use at most, as a Kubernetes quantity. Not written: 1000m, or the request if that is higher.
   */
  cpu?: string | number;
}
/**
 * How a Bitbucket group grows and shrinks.
 */
export interface WrittenRatioParameters {
  /**
   * Fewest runners that are online or starting. With 0, a Bitbucket step fails while no runner is online.
   */
  min: number;
  /**
   * Most runners that are registered, those on their way out included.
   */
  max: number;
  /**
   * Share of busy runners (0 to 1) above which the group grows.
   */
  scale_up_threshold: number;
  /**
   * Share of busy runners (0 to 1) below which the group shrinks. Less than scale_up_threshold.
   */
  scale_down_threshold: number;
  /**
   * A growing group becomes this many times as large, rounded up.
   */
  scale_up_multiplier: number;
  /**
   * A shrinking group becomes this many times as large, rounded down.
   */
  scale_down_multiplier: number;
}
/**
 * What the cleaner does with this group.
 */
export interface WrittenGroupCleaner {
  /**
   * Whether the cleaner may remove what this group leaves behind.
   */
  enabled?: boolean;
}
/**
 * Runners of one CircleCI resource class.
 */
export interface WrittenCircleCiGroup {
  /**
   * Name of the group. Unique.
   */
  name: string;
  /**
   * CircleCI resource class, as NAMESPACE/NAME.
   */
  resource_class: string;
  /**
   * Keep one runner for each task that waits or runs.
   */
  strategy: 'unclaimedTasks';
  cron_job?: WrittenCronJob;
  auto_scaling_group?: WrittenAutoScalingGroup;
  parameters: WrittenBacklogParameters;
  cleaner?: WrittenGroupCleaner;
}
/**
 * Suspended CronJob that the runner Jobs are made from. Either this or auto_scaling_group.
 */
export interface WrittenCronJob {
  /**
   * Kubernetes namespace of the CronJob.
   */
  namespace: string;
  /**
   * Name of the suspended CronJob.
   */
  name: string;
}
/**
 * EC2 Auto Scaling group whose desired capacity is raised. Either this or cron_job.
 */
export interface WrittenAutoScalingGroup {
  /**
   * Name of the Auto Scaling group.
   */
  name: string;
  /**
   * AWS region of the Auto Scaling group.
   */
  region: string;
}
/**
 * How a CircleCI group grows, and whether it shrinks.
 */
export interface WrittenBacklogParameters {
  /**
   * Fewest runners.
   */
  min?: number;
  /**
   * Most runners.
   */
  max: number;
  /**
   * Runners kept ready beyond the tasks that wait or run.
   */
  headroom?: number;
  /**
   * Whether runners that are too many are drained: each gets one TERM, and time to end its task. Only with cron_job, and only Jobs whose pods leave that time: see docs/scaling.md.
   */
  scale_in?: boolean;
}
/**
 * CircleCI groups that are found rather than declared.
 */
export interface WrittenDiscovery {
  /**
   * CircleCI namespace, the part before the slash of its resource classes.
   */
  circleci_namespace: string;
  auto_scaling_groups?: WrittenDiscoveredAutoScalingGroups;
  cron_jobs?: WrittenDiscoveredCronJobs;
  parameters?: WrittenDiscoveryParameters;
}
/**
 * Take every Auto Scaling group that is tagged resource-class: NAMESPACE/NAME.
 */
export interface WrittenDiscoveredAutoScalingGroups {
  /**
   * AWS regions to look in.
   *
   * @minItems 1
   * @maxItems 100
   */
  regions: string[];
}
/**
 * Take every CronJob that is labelled resource-class-org and resource-class-name.
 */
export interface WrittenDiscoveredCronJobs {
  /**
   * Kubernetes namespace to look in.
   */
  namespace: string;
}
/**
 * How each discovered group grows, and whether it shrinks.
 */
export interface WrittenDiscoveryParameters {
  /**
   * Fewest runners of each discovered group.
   */
  min?: number;
  /**
   * Most runners of each discovered group.
   */
  max?: number;
  /**
   * Runners of each discovered group kept ready beyond the tasks that wait or run.
   */
  headroom?: number;
  /**
   * Whether runners of each discovered group that are too many are drained: each gets one TERM, and time to end its task. Not together with auto_scaling_groups.
   */
  scale_in?: boolean;
}
/**
 * When the cleaner looks, and how long it leaves things alone.
 */
export interface WrittenCleaner {
  /**
   * Whether the cleaner removes anything.
   */
  enabled?: boolean;
  /**
   * Time between two sweeps. Without effect while schedule is written. Seconds.
   */
  interval?: number;
  /**
   * Cron expression of five or six fields for sweeps at set times instead of an interval.
   */
  schedule?: string;
  /**
   * IANA time zone in which the schedule is read.
   */
  time_zone?: string;
  /**
   * Time before an offline runner without a step is removed. Seconds.
   */
  offline_grace?: number;
  /**
   * Time before a runner that has, or may have, a step is removed: one that is offline or unhealthy, and one that is disabled while no Job of it is in sight. Longer than any step may last, which at Bitbucket is 720 minutes. Seconds.
   */
  busy_offline_grace?: number;
  /**
   * Time before an unhealthy runner is removed. Seconds.
   */
  unhealthy_grace?: number;
  /**
   * Time before a registration without a Job, or a Job or Secret without a registration, is removed. Seconds.
   */
  orphan_grace?: number;
  /**
   * Time before a disabled runner without a step is removed. Seconds.
   */
  drained_grace?: number;
  /**
   * Outage guard: while more than this share (0 to 1) of the runners of a group are silent, nothing of the group is removed. Silent is a runner that was online before and is offline, unhealthy or unknown to the CI service, without a cause in the cluster.
   */
  brake_share?: number;
  /**
   * Outage guard: fewest silent runners of a group that are taken for an outage. With fewer, the sweep goes on, whatever their share.
   */
  brake_minimum?: number;
}
