// What a configuration comes to: defaults, units, order, immutability.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import schema from '../../../schemas/runner_config.schema.json' with { type: 'json' };
import type { Config } from '../../../core/config/config.ts';
import { backlogDefaults, cleanerDefaults, constantDefaults } from '../../../core/config/defaults.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import { ConfigError } from '../../../core/errors.ts';

const smallest = `
groups:
  - name: Linux
    workspace: acme
    labels: [my.group, an.other]
    namespace: runners
    strategy: percentageRunnersIdle
    parameters: {min: 1, max: 10, scale_up_threshold: 0.5, scale_down_threshold: 0.2, scale_up_multiplier: 1.5, scale_down_multiplier: 0.5}
`;

function good(text: string): Config {
  const { config, problems = [] } = parseConfig(text, 'test.yaml');
  if (config === undefined) throw new ConfigError(problems);
  return config;
}

function withResources(written: string): string {
  return smallest.replace('    parameters', `    resources: {${written}}\n    parameters`);
}

/** Memory and cpu of the requests, then of the limits. */
function resourcesOf(config: Config | undefined): [string, string][] {
  const group = config?.groups[0];
  assert.ok(group?.service === 'bitbucket');
  const { requests, limits } = group.resources;
  return [requests, limits].map(({ memory, cpu }) => [memory, cpu]);
}

test('what is not written gets its default, and seconds become milliseconds', () => {
  assert.deepEqual(good(smallest), {
    constants: {
      pollingIntervalMs: 600_000,
      fastPollingIntervalMs: 30_000,
      coolDownMs: 300_000,
      startTimeoutMs: 600_000,
      apiCallsPerHour: 1000,
      cleanerCallsPerHour: 160,
      lookingCallsPerHour: 120,
      bitbucketRunnerLimit: 100,
      bitbucketApi: 'internal',
    },
    groups: [
      {
        service: 'bitbucket',
        name: 'Linux',
        scope: { workspace: 'acme' },
        labels: ['an.other', 'autoscaler.created', 'linux', 'my.group', 'self.hosted'],
        namespace: 'runners',
        architecture: 'amd64',
        nodeSelector: { customer: 'shared' },
        writtenPlacement: {},
        resources: { requests: { memory: '4Gi', cpu: '1000m' }, limits: { memory: '4Gi', cpu: '1000m' } },
        policy: {
          strategy: 'percentageRunnersIdle',
          min: 1,
          max: 10,
          scaleUpThreshold: 0.5,
          scaleDownThreshold: 0.2,
          scaleUpMultiplier: 1.5,
          scaleDownMultiplier: 0.5,
        },
        cleanerEnabled: true,
      },
    ],
    cleaner: {
      enabled: true,
      intervalMs: 60_000,
      timeZone: 'UTC',
      offlineGraceMs: 600_000,
      busyOfflineGraceMs: 46_800_000,
      unhealthyGraceMs: 300_000,
      orphanGraceMs: 300_000,
      drainedGraceMs: 60_000,
      brakeShare: 0.5,
      brakeMinimum: 5,
    },
  });
});

test('the schema names the defaults that the code uses', () => {
  const { constants, cleaner, circleci_group: circleCi } = schema.definitions;
  assert.equal(constants.properties.bitbucket_api.default, constantDefaults.bitbucketApi);
  assert.equal(cleaner.properties.interval.default, cleanerDefaults.interval);
  assert.equal(circleCi.properties.parameters.properties.min.default, backlogDefaults.min);
  assert.equal(circleCi.properties.parameters.properties.headroom.default, backlogDefaults.headroom);
  assert.equal(circleCi.properties.parameters.properties.scale_in.default, backlogDefaults.scaleIn);
});

test('every key of the schema has a description, and every section refuses unknown keys', () => {
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    const { properties, additionalProperties } = node as Record<string, unknown>;
    if (typeof properties === 'object' && properties !== null) {
      assert.equal(additionalProperties, false, `${path} accepts unknown keys`);
      for (const [key, value] of Object.entries(properties)) {
        assert.ok('description' in value || '$ref' in value, `${path}.${key} has no description`);
      }
    }
    for (const [key, value] of Object.entries(node)) visit(value, `${path}.${key}`);
  };
  visit(schema, 'schema');
});

test('a CircleCI group and a discovery are complete with little written', () => {
  const config = good(`
constants: {runner_api_polling_interval: 15}
groups:
  - {name: X, resource_class: acme/x, strategy: unclaimedTasks, auto_scaling_group: {name: x, region: eu-west-1}, parameters: {max: 3}}
discovery: {circleci_namespace: acme, cron_jobs: {namespace: circleci-runners}}
`);
  assert.deepEqual(config.groups, [
    {
      service: 'circleci',
      name: 'X',
      resourceClass: 'acme/x',
      target: { kind: 'auto-scaling-group', name: 'x', region: 'eu-west-1' },
      policy: { strategy: 'unclaimedTasks', min: 0, max: 3, headroom: 0, scaleIn: false },
      cleanerEnabled: true,
    },
  ]);
  assert.deepEqual(config.discovery, {
    circleCiNamespace: 'acme',
    cronJobs: { namespace: 'circleci-runners' },
    policy: { strategy: 'unclaimedTasks', min: 0, max: 40, headroom: 0, scaleIn: false },
  });
  assert.equal(config.constants.fastPollingIntervalMs, 15_000);
});

test('the configuration cannot be changed, however deep', () => {
  const assertFrozen = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    assert.ok(Object.isFrozen(value));
    Object.values(value).forEach(assertFrozen);
  };
  assertFrozen(good(smallest));
});

describe('an amount that is not written has its default, as in Atlassian’s program', () => {
  const rows: readonly [string, [string, string], [string, string]][] = [
    ['requests: {memory: 2Gi, cpu: 500m}', ['2Gi', '500m'], ['4Gi', '1000m']],
    ['limits: {memory: 8Gi, cpu: 4}', ['4Gi', '1000m'], ['8Gi', '4']],
    ['requests: {memory: 2Gi}', ['2Gi', '1000m'], ['4Gi', '1000m']],
    ['requests: {memory: 2Gi}, limits: {cpu: 2}', ['2Gi', '1000m'], ['4Gi', '2']],
    ['requests: {}, limits: {}', ['4Gi', '1000m'], ['4Gi', '1000m']],
  ];
  for (const [written, requests, limits] of rows) {
    test(written, () => {
      const { config, warnings } = parseConfig(withResources(written), 'test.yaml');
      assert.deepEqual(resourcesOf(config), [requests, limits]);
      assert.deepEqual(warnings, []);
    });
  }
});

describe('a default that Kubernetes would refuse beside what is written gives way, with a warning', () => {
  const rows: readonly [string, [string, string], [string, string], string][] = [
    ['requests: {memory: 8Gi}', ['8Gi', '1000m'], ['8Gi', '1000m'], 'write resources.limits.memory'],
    ['requests: {cpu: 1500m}', ['4Gi', '1500m'], ['4Gi', '1500m'], 'write resources.limits.cpu'],
    ['limits: {memory: 2Gi}', ['2Gi', '1000m'], ['2Gi', '1000m'], 'write resources.requests.memory'],
    ['limits: {cpu: 0.5}', ['4Gi', '0.5'], ['4Gi', '0.5'], 'write resources.requests.cpu'],
  ];
  for (const [written, requests, limits, remedy] of rows) {
    test(written, () => {
      const { config, warnings } = parseConfig(withResources(written), 'test.yaml');
      assert.deepEqual(resourcesOf(config), [requests, limits]);
      assert.equal(warnings.length, 1);
      assert.ok(warnings[0]?.message.endsWith(remedy), warnings[0]?.message);
    });
  }
});

test('a file that starts with a byte order mark or a document marker is read', () => {
  good(`\uFEFF${smallest}`);
  good(`---${smallest}`);
  good(smallest.replaceAll('\n', '\r\n'));
});

test('a prototype cannot be smuggled in', () => {
  const { problems } = parseConfig(`__proto__: {groups: []}${smallest}`, 'test.yaml');
  assert.equal(problems?.[0]?.path, '__proto__');
});

test('a bomb of aliases is a problem, not a hang', () => {
  const levels = Array.from({ length: 12 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`);
  const { problems } = parseConfig(`l0: &l0 [x]\n${levels.join('\n')}`, 'test.yaml');
  assert.match(problems?.[0]?.message ?? '', /alias/);
});

test('a long text is not repeated in a message, as it may be a secret in the wrong place', () => {
  const secret = 'x'.repeat(64);
  const { problems = [] } = parseConfig(`constants: {api_calls_per_hour: ${secret}}${smallest}`, 'test.yaml');
  assert.equal(problems.length, 1);
  assert.ok(!JSON.stringify(problems).includes(secret));
});

test('no text makes the parser throw, and every problem has a place', () => {
  const words = fc.constantFrom(
    ...'groups constants cleaner min name - : [ ] { } & * a ! | > # \n \t 1 ~ "'.split(' '),
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(words).map((parts) => parts.join(' ')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      for (const { line, column } of parseConfig(text, 'x').problems ?? []) {
        assert.ok(line >= 1 && column >= 1);
      }
    }),
    { numRuns: 500 },
  );
});
