// The configuration after validation: one shape, every default filled in, frozen. What a user may write is in written.generated.ts.

import type { Problem } from '../errors.ts';

/** Durations are milliseconds here; the file has seconds. */
export interface Config {
  readonly constants: Constants;
  readonly groups: readonly Group[];
  readonly discovery?: Discovery | undefined;
}

export interface Constants {
  readonly pollingIntervalMs: number;
  readonly fastPollingIntervalMs: number;
  readonly coolDownMs: number;
  readonly startTimeoutMs: number;
  readonly apiCallsPerHour: number;
  readonly bitbucketRunnerLimit: number;
  readonly bitbucketApi: 'internal' | 'public';
}

export type Group = BitbucketGroup | CircleCiGroup;

export interface BitbucketGroup {
  readonly service: 'bitbucket';
  readonly name: string;
  readonly scope: Scope;
  /** Complete and sorted: the user's labels, `self.hosted`, the platform's label and our marker. */
  readonly labels: readonly string[];
  /** The Kubernetes namespace where its Jobs run. */
  readonly namespace: string;
  readonly architecture: 'amd64' | 'arm64';
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly resources: Resources;
  readonly policy: RatioPolicy;
}

/** Whose runners: a workspace's, or one repository's. As written: slug or `{uuid}`. */
export interface Scope {
  readonly workspace: string;
  readonly repository?: string | undefined;
}

/** The same scope always gives the same key; used to share one list call between its groups (P9). */
export function scopeKey({ workspace, repository }: Scope): string {
  return repository === undefined ? workspace : `${workspace}/${repository}`;
}

export interface Resources {
  readonly requests: { readonly memory: string; readonly cpu: string };
  readonly limits: { readonly memory: string; readonly cpu: string };
}

export interface RatioPolicy {
  readonly strategy: 'percentageRunnersIdle';
  readonly min: number;
  readonly max: number;
  readonly scaleUpThreshold: number;
  readonly scaleDownThreshold: number;
  readonly scaleUpMultiplier: number;
  readonly scaleDownMultiplier: number;
}

export interface CircleCiGroup {
  readonly service: 'circleci';
  readonly name: string;
  /** `namespace/name`. */
  readonly resourceClass: string;
  readonly target: CronJobTarget | AutoScalingGroupTarget;
  readonly policy: BacklogPolicy;
}

export interface CronJobTarget {
  readonly kind: 'cron-job';
  readonly namespace: string;
  readonly name: string;
}

export interface AutoScalingGroupTarget {
  readonly kind: 'auto-scaling-group';
  readonly name: string;
  readonly region: string;
}

export interface BacklogPolicy {
  readonly strategy: 'unclaimedTasks';
  readonly min: number;
  readonly max: number;
  readonly headroom: number;
}

export interface Discovery {
  readonly circleCiNamespace: string;
  readonly autoScalingGroups?: { readonly regions: readonly string[] } | undefined;
  readonly cronJobs?: { readonly namespace: string } | undefined;
  readonly policy: BacklogPolicy;
}

/** What reading a file gives: a config with warnings, or every problem at once. */
export type ConfigResult =
  | { readonly config: Config; readonly warnings: readonly Problem[]; readonly problems?: undefined }
  | {
      readonly config?: undefined;
      readonly warnings: readonly Problem[];
      readonly problems: readonly Problem[];
    };
