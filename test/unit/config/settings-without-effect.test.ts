// Settings that are legal and cannot do what they are for: each raises one warning, with its place and a remedy.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfig } from '../../../core/config/parse.ts';

interface Written {
  readonly parameters?: object;
  readonly constants?: object;
  readonly cleaner?: object;
}

const usual = {
  ...{ min: 1, max: 10, scale_up_threshold: 0.5, scale_down_threshold: 0.2 },
  ...{ scale_up_multiplier: 1.5, scale_down_multiplier: 0.5 },
};

function bitbucket({ parameters, ...sections }: Written): object {
  const group = {
    ...{ name: 'Linux', workspace: 'acme', labels: ['a'], namespace: 'runners' },
    ...{ strategy: 'percentageRunnersIdle', parameters: { ...usual, ...parameters } },
  };
  return { ...sections, groups: [group] };
}

function circleCi({ parameters, constants, ...sections }: Written): object {
  const group = {
    ...{ name: 'Linux', resource_class: 'acme/linux', strategy: 'unclaimedTasks' },
    ...{ cron_job: { namespace: 'runners', name: 'linux' }, parameters: { max: 10, ...parameters } },
  };
  return { ...sections, constants: { runner_api_polling_interval: 15, ...constants }, groups: [group] };
}

function warningsOf(file: object): string[] {
  const { warnings, problems } = parseConfig(JSON.stringify(file), 'config.yaml');
  assert.equal(problems, undefined);
  return warnings.map(({ path, message }) => `${path}: ${message}`);
}

describe('a warning with a remedy', () => {
  const ofGroup = 'groups[0].parameters';
  const rows: readonly [string, object, string, RegExp][] = [
    [
      'scale_up_threshold: 1 never grows',
      bitbucket({ parameters: { scale_up_threshold: 1 } }),
      `${ofGroup}.scale_up_threshold`,
      /never grows; write for example 0\.8/,
    ],
    [
      'scale_down_threshold: 0 never shrinks',
      bitbucket({ parameters: { scale_down_threshold: 0 } }),
      `${ofGroup}.scale_down_threshold`,
      /never shrinks; write for example 0\.2/,
    ],
    [
      'a multiplier so close to 1 that it adds none',
      bitbucket({ parameters: { scale_up_multiplier: 1.0000001 } }),
      `${ofGroup}.scale_up_multiplier`,
      /ceil\(1 × 1\.0000001\) is 1, so a group of 1 never grows; write at least 1\.1/,
    ],
    [
      'a start time-out that no start meets',
      bitbucket({ constants: { runner_start_timeout: 59 } }),
      'constants.runner_start_timeout',
      /every start counts as failed; write at least 60/,
    ],
    [
      'the same for CircleCI',
      circleCi({ constants: { runner_start_timeout: 5 } }),
      'constants.runner_start_timeout',
      /every start counts as failed; write at least 60/,
    ],
    [
      'a start time-out of hours',
      bitbucket({ constants: { runner_start_timeout: 3601 } }),
      'constants.runner_start_timeout',
      /counts against max for 3601 s; write at most 3600/,
    ],
    [
      'a cool-down of more than a day',
      bitbucket({ constants: { runner_cool_down_period: 86_401 } }),
      'constants.runner_cool_down_period',
      /never shrinks; write for example 300/,
    ],
    [
      'looks that are hours apart',
      bitbucket({ constants: { runner_api_polling_interval: 3601 } }),
      'constants.runner_api_polling_interval',
      /every 3601 s only.*; write at most 3600/,
    ],
    [
      'so few calls that looks are hours apart',
      bitbucket({ constants: { api_calls_per_hour: 1 }, cleaner: { enabled: false } }),
      'constants.api_calls_per_hour',
      /every 5539 s only.*; raise it/,
    ],
    [
      'as much headroom as max',
      circleCi({ parameters: { headroom: 10 } }),
      `${ofGroup}.headroom`,
      /always wants max.*; raise max or lower headroom/,
    ],
    [
      'more headroom than what is discovered may have',
      {
        constants: { runner_api_polling_interval: 15 },
        discovery: {
          ...{ circleci_namespace: 'acme', cron_jobs: { namespace: 'runners' } },
          parameters: { headroom: 41 },
        },
      },
      'discovery.parameters.headroom',
      /headroom is 41 and max is 40/,
    ],
    [
      'no grace for a runner with a step',
      bitbucket({ cleaner: { busy_offline_grace: 0 } }),
      'cleaner.busy_offline_grace',
      /a build whose runner is silent for 0 s is ended.*; write at least 43200/,
    ],
    [
      'a grace shorter than the longest step',
      bitbucket({ cleaner: { busy_offline_grace: 43_199 } }),
      'cleaner.busy_offline_grace',
      /silent for 43199 s is ended/,
    ],
    [
      'no time for a step to show',
      bitbucket({ cleaner: { drained_grace: 29 } }),
      'cleaner.drained_grace',
      /write at least 30$/,
    ],
    ...(['offline_grace', 'unhealthy_grace', 'orphan_grace'] as const).flatMap((key) =>
      [0, 59].map((seconds): [string, object, string, RegExp] => [
        `${key}: ${seconds}`,
        bitbucket({ cleaner: { [key]: seconds } }),
        `cleaner.${key}`,
        /; write at least 60$/,
      ]),
    ),
    [
      'sweeps that are hours apart',
      bitbucket({ cleaner: { interval: 3601 } }),
      'cleaner.interval',
      /; write at most 3600$/,
    ],
    [
      'an outage guard by more than all',
      bitbucket({ cleaner: { brake_share: 1 } }),
      'cleaner.brake_share',
      /an outage never stops a sweep; write for example 0\.5/,
    ],
    [
      'an outage guard by more runners than any group may have',
      bitbucket({ cleaner: { brake_minimum: 11 } }),
      'cleaner.brake_minimum',
      /an outage never stops a sweep; write no more than the largest max, 10/,
    ],
    [
      'an outage guard by no share',
      bitbucket({ cleaner: { brake_share: 0 } }),
      'cleaner.brake_share',
      /stop every removal, however large their group is; write for example 0\.5/,
    ],
    ...[0, 1].map((minimum): [string, object, string, RegExp] => [
      `an outage guard by ${minimum} runners`,
      bitbucket({ cleaner: { brake_minimum: minimum } }),
      'cleaner.brake_minimum',
      /taken for an outage and stays for busy_offline_grace; write for example 5/,
    ]),
  ];
  for (const [what, file, path, message] of rows) {
    test(`for ${what}`, () => {
      const warnings = warningsOf(file);
      assert.equal(warnings.length, 1, warnings.join('\n'));
      const [warning = ''] = warnings;
      assert.ok(warning.startsWith(`${path}: `), warning);
      assert.match(warning, message);
    });
  }
});

describe('no warning', () => {
  const rows: readonly [string, object][] = [
    [
      'for a fixed size, whatever its thresholds',
      bitbucket({ parameters: { min: 4, max: 4, scale_up_threshold: 1, scale_down_threshold: 0 } }),
    ],
    ['for a small multiplier that adds one', bitbucket({ parameters: { scale_up_multiplier: 1.01 } })],
    [
      'for the shortest and the longest start time-out',
      bitbucket({ constants: { runner_start_timeout: 60 } }),
    ],
    ['for an hour of start time-out', bitbucket({ constants: { runner_start_timeout: 3600 } })],
    ['for a cool-down of a day, or none', bitbucket({ constants: { runner_cool_down_period: 86_400 } })],
    ['for no cool-down', bitbucket({ constants: { runner_cool_down_period: 0 } })],
    [
      'for an hour between looks and sweeps',
      bitbucket({ constants: { runner_api_polling_interval: 3600 }, cleaner: { interval: 3600 } }),
    ],
    ['for a grace as long as the longest step', bitbucket({ cleaner: { busy_offline_grace: 43_200 } })],
    ['for half a minute of draining', bitbucket({ cleaner: { drained_grace: 30 } })],
    [
      'for graces of a minute',
      bitbucket({ cleaner: { offline_grace: 60, unhealthy_grace: 60, orphan_grace: 60 } }),
    ],
    [
      'for an outage guard of a small group',
      bitbucket({ cleaner: { brake_share: 0.99, brake_minimum: 10 } }),
    ],
    ['for CircleCI, which has no steps', circleCi({ cleaner: { busy_offline_grace: 7200 } })],
    ['for headroom below max', circleCi({ parameters: { headroom: 9 } })],
    [
      'for a cleaner that is off',
      bitbucket({
        cleaner: {
          enabled: false,
          busy_offline_grace: 0,
          drained_grace: 0,
          offline_grace: 0,
          brake_share: 1,
          brake_minimum: 99,
        },
      }),
    ],
  ];
  for (const [what, file] of rows) test(what, () => assert.deepEqual(warningsOf(file), []));
});
