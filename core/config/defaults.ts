// The value of every key that is not written. Read from the schema, so that editors, documents and code agree.

import schema from '../../schemas/runner_config.schema.json' with { type: 'json' };

const constants = schema.definitions.constants.properties;
const cleaner = schema.definitions.cleaner.properties;

/** Durations in seconds, as written. */
export const constantDefaults = {
  pollingInterval: constants.runner_api_polling_interval.default,
  fastPollingInterval: constants.fast_polling_interval.default,
  coolDownPeriod: constants.runner_cool_down_period.default,
  startTimeout: constants.runner_start_timeout.default,
  apiCallsPerHour: constants.api_calls_per_hour.default,
  bitbucketRunnerLimit: constants.bitbucket_runner_limit.default,
  bitbucketApi: 'internal',
} as const;

/** Durations in seconds, as written. */
export const cleanerDefaults = {
  enabled: cleaner.enabled.default,
  interval: cleaner.interval.default,
  timeZone: cleaner.time_zone.default,
  offlineGrace: cleaner.offline_grace.default,
  busyOfflineGrace: cleaner.busy_offline_grace.default,
  unhealthyGrace: cleaner.unhealthy_grace.default,
  orphanGrace: cleaner.orphan_grace.default,
  drainedGrace: cleaner.drained_grace.default,
  brakeShare: cleaner.brake_share.default,
  brakeMinimum: cleaner.brake_minimum.default,
} as const;

export const defaultNodeSelector: Readonly<Record<string, string>> =
  schema.definitions.bitbucket_group.properties.node_selector.default;

/** Those of Atlassian's autoscaler, for groups that write no resources. */
export const defaultAmounts = { memory: '4Gi', cpu: '1000m' } as const;

const discovered = schema.definitions.discovery.properties.parameters.properties;

export const backlogDefaults = {
  min: discovered.min.default,
  discoveredMax: discovered.max.default,
  headroom: discovered.headroom.default,
  scaleIn: discovered.scale_in.default,
} as const;
