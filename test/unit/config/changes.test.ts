// What the log says that an edit of the config changed.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changesBetween, shownChanges } from '../../../core/config/changes.ts';
import type { Config } from '../../../core/config/config.ts';
import { parseConfig } from '../../../core/config/parse.ts';

const parameters = {
  ...{ min: 1, max: 10, scale_up_threshold: 0.5, scale_down_threshold: 0.2 },
  ...{ scale_up_multiplier: 2, scale_down_multiplier: 0.5 },
};
const linux = {
  ...{ name: 'Linux small', workspace: 'acme', labels: ['small'], namespace: 'runners' },
  ...{ strategy: 'percentageRunnersIdle', parameters },
};
const cronJob = {
  ...{ name: 'large', resource_class: 'acme/large', strategy: 'unclaimedTasks', parameters: { max: 4 } },
  cron_job: { namespace: 'circleci', name: 'large' },
};
const discovery = {
  ...{ circleci_namespace: 'acme', auto_scaling_groups: { regions: ['eu-west-1'] } },
  ...{ cron_jobs: { namespace: 'circleci' }, parameters: { max: 4 } },
};

function configOf(written: object): Config {
  const { config, problems } = parseConfig(JSON.stringify(written), 'f');
  assert.ok(config !== undefined, JSON.stringify(problems));
  return config;
}

function changes(before: object, after: object): readonly string[] {
  return changesBetween(configOf(before), configOf(after));
}

const edits: readonly (readonly [string, object, object, readonly string[]])[] = [
  [
    'a number of a group',
    { groups: [linux] },
    { groups: [{ ...linux, parameters: { ...parameters, max: 20 } }] },
    ['groups.Linux small.parameters.max: 10 → 20'],
  ],
  [
    'a list and a selector',
    { groups: [{ ...linux, node_selector: { pool: 'a' } }] },
    { groups: [{ ...linux, labels: ['small', 'new'], node_selector: { Pool: 'b' } }] },
    [
      'groups.Linux small.labels: [autoscaler.created, linux, self.hosted, small] → [autoscaler.created, linux, new, self.hosted, small]',
      'groups.Linux small.node_selector.pool: a → (none)',
      'groups.Linux small.node_selector.Pool: (none) → b',
    ],
  ],
  [
    'a default that is written now, which confines a Jinja template',
    { groups: [linux] },
    { groups: [{ ...linux, architecture: 'amd64' }] },
    ['groups.Linux small.architecture: amd64 (default) → amd64'],
  ],
  [
    'a constant, in the words and the unit of the file',
    { groups: [linux], constants: { runner_cool_down_period: 300 } },
    { groups: [linux], constants: { runner_cool_down_period: 60 } },
    ['constants.runner_cool_down_period: 300 s → 60 s'],
  ],
  [
    'groups that come and go',
    { groups: [linux] },
    { groups: [{ ...linux, name: 'X' }] },
    ['group Linux small removed', 'group X added'],
  ],
  [
    'discovery and the cleaner',
    { discovery },
    { discovery: { ...discovery, parameters: { max: 9 } }, cleaner: { offline_grace: 60 } },
    ['discovery.parameters.max: 4 → 9', 'cleaner.offline_grace: 600 s → 60 s'],
  ],
  ['the order of groups only', { groups: [linux, cronJob] }, { groups: [cronJob, linux] }, []],
];

describe('an edit', () => {
  for (const [what, before, after, told] of edits)
    test(`of ${what}`, () => {
      assert.deepEqual(changes(before, after), told);
    });

  test('of whatever value is told, in lower-case words as the file has them', () => {
    const config = configOf({ groups: [linux, cronJob], discovery });
    const paths = leavesOf(config);
    assert.ok(paths.length > 40);
    // A name and a service make it another group; what is worked out from other values changes with them.
    const isOther = ([top, second, key]: readonly string[]): boolean =>
      (top === 'groups' && /^(name|service)$/.test(key ?? '')) ||
      /^(cleaner|looking)CallsPerHour$/.test(second ?? '');
    for (const path of paths.filter((each) => !isOther(each))) {
      const told = changesBetween(config, withOther(config, path));
      assert.equal(told.length, 1, `${path.join('.')}: ${told.join('; ')}`);
      const [words = ''] = told[0]?.replace(/^groups\.(Linux small|large)/, '').split(':') ?? [];
      assert.doesNotMatch(words, /[A-Z]|Ms$/);
    }
  });
});

/** Where the values are; a list of plain values is one. */
function leavesOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  const isList = Array.isArray(value) && value.every((each) => typeof each !== 'object');
  if (typeof value !== 'object' || value === null || isList) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function withOther(config: Config, path: readonly string[]): Config {
  const copy = structuredClone(config) as unknown as Record<string, unknown>;
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, copy);
  const last = path.at(-1) ?? '';
  const value = parent[last];
  parent[last] = Array.isArray(value) ? [...(value as unknown[]), 'more'] : otherThan(value);
  return copy as unknown as Config;
}

function otherThan(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  return typeof value === 'boolean' ? !value : `${String(value)}x`;
}

describe('what is shown of the changes', () => {
  test('is bounded in number and length, and no text of the file reaches a terminal raw', () => {
    const many = Array.from({ length: 30 }, (_, index) => `${index} ${'x'.repeat(500)}\u001b[31m`);
    const shown = shownChanges(many);
    assert.equal(shown.length, 21);
    assert.equal(shown.at(-1), 'and 10 more');
    assert.ok(shown.every((line) => line.length <= 200));
    assert.deepEqual(shownChanges(['a\u001bb']), ['a\\u001bb']);
  });

  test('is never an empty list', () => {
    assert.deepEqual(shownChanges([]), ['nothing differs from what was in force']);
  });
});
