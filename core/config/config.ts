// The configuration after validation: one shape, every default filled in, frozen. What a user may write is in written.generated.ts.

import type { Problem } from '../errors.ts';

/** Durations are milliseconds here; the file has seconds. */
export interface Config {
  readonly constants: Constants;
  readonly groups: readonly Group[];
  readonly discovery?: Discovery | undefined;
  readonly cleaner: CleanerConfig;
}

/** The intervals are the effective ones: what was written, or what the API budget leaves of the default. */
export interface Constants {
  readonly pollingIntervalMs: number;
  /** Never longer than `pollingIntervalMs`. */
  readonly fastPollingIntervalMs: number;
  readonly coolDownMs: number;
  readonly startTimeoutMs: number;
  /** Of all programs together. */
  readonly apiCallsPerHour: number;
  /** The cleaner's part of them; the rest is the controller's. */
  readonly cleanerCallsPerHour: number;
  /** What looking at all workspaces and repositories takes of the controller's part under pressure. */
  readonly lookingCallsPerHour: number;
  readonly bitbucketRunnerLimit: number;
  readonly bitbucketApi: 'internal' | 'public';
}

/** When the cleaner looks, and how long it leaves a thing alone before it counts as stale. */
export interface CleanerConfig {
  readonly enabled: boolean;
  /** Between two sweeps; without effect while `schedule` is set. */
  readonly intervalMs: number;
  /** A cron expression of five or six fields, read in `timeZone`. */
  readonly schedule?: string | undefined;
  /** An IANA name such as `Europe/Rome`. */
  readonly timeZone: string;
  readonly offlineGraceMs: number;
  /** For a runner that is silent with a step, or draining with one while no Job of it is in sight (promise P2). */
  readonly busyOfflineGraceMs: number;
  readonly unhealthyGraceMs: number;
  /** For a registration without a machine, and a machine without a registration. */
  readonly orphanGraceMs: number;
  readonly drainedGraceMs: number;
  /** Nothing of a group is removed while more than this share of its runners (0 to 1) are silent... */
  readonly brakeShare: number;
  /** ...and they are at least so many. */
  readonly brakeMinimum: number;
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
  /** What the file itself says of the nodes. A default is not imposed on a Jinja template, which may run anywhere. */
  readonly writtenPlacement?: WrittenPlacement | undefined;
  readonly resources: Resources;
  readonly policy: RatioPolicy;
  /** Whether the cleaner may remove what this group leaves behind. */
  readonly cleanerEnabled: boolean;
}

/** Each is undefined where the file does not write it. */
export interface WrittenPlacement {
  readonly architecture?: 'amd64' | 'arm64' | undefined;
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
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
  /** Whether the cleaner may remove what this group leaves behind. */
  readonly cleanerEnabled: boolean;
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
  /** Whether runners that are too many are drained; otherwise they end themselves. Never true for Auto Scaling groups. */
  readonly scaleIn: boolean;
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
