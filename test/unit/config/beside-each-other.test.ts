// One problem does not hide another: whatever two parts of a file are wrong, `check` says of both what it says of each alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../../core/config/parse.ts';

interface Part {
  readonly kind: 'group' | 'constants' | 'cleaner' | 'discovery';
  readonly lines: readonly string[];
}

const parameters: Readonly<Record<string, number | string>> = {
  ...{ min: 1, max: 10, scale_up_threshold: 0.5, scale_down_threshold: 0.2 },
  ...{ scale_up_multiplier: 1.5, scale_down_multiplier: 0.5 },
};
let count = 0;

function group(change: Record<string, unknown>): Part {
  count += 1;
  const sound = { name: `g${count}`, workspace: `w${count}`, labels: [`l${count}`], namespace: 'runners' };
  const written = { ...sound, strategy: 'percentageRunnersIdle', parameters, ...change };
  const [first = '', ...rest] = Object.entries(written).map(
    ([key, value]) => `${key}: ${JSON.stringify(value)}`,
  );
  return { kind: 'group', lines: [`  - ${first}`, ...rest.map((line) => `    ${line}`)] };
}

function queue(change: Record<string, unknown>): Part {
  count += 1;
  const { lines } = group({
    ...{ workspace: undefined, labels: undefined, namespace: undefined, strategy: 'unclaimedTasks' },
    ...{ resource_class: `acme/c${count}`, cron_job: { namespace: 'runners', name: `c${count}` } },
    ...{ parameters: { min: 0, max: 3 }, ...change },
  });
  return { kind: 'group', lines: lines.filter((line) => !line.endsWith('undefined')) };
}

const section = (kind: Part['kind'], ...lines: readonly string[]): Part => ({ kind, lines });

/** So that no warning on the whole file is about the constants that a part does or does not bring. */
const seenSoon = 'runner_api_polling_interval: 60';

const wrong: readonly Part[] = [
  group({}),
  queue({}),
  group({ name: 7 }),
  group({ workspace: 'acme/site' }),
  group({ repository: '' }),
  group({ labels: ['My_Group', 'windows'] }),
  group({ labels: 'text' }),
  group({ namespace: 'Not_One' }),
  group({ strategy: 'percentageRunnerIdle' }),
  group({ strategy: null }),
  group({ architecture: 'vax' }),
  group({ node_selector: { '-bad': 4 } }),
  group({ resources: { requests: { memory: '8Gi' }, limits: { memory: '4Gi', cpu: 'x' } } }),
  group({ resources: { limits: { memory: '2Gi' } } }),
  group({ parameters: { ...parameters, min: 11, max: 10 } }),
  group({ parameters: { ...parameters, max: 150, scale_down_threshold: 0.6 } }),
  group({ parameters: { min: 'x', maximum: 3 } }),
  group({ parameters: 'none' }),
  group({ color: 'blue', cleaner: { busy_offline_grace: 'x' } }),
  queue({ resource_class: 'none' }),
  queue({ cron_job: { namespace: 5, name: 'Upper Case' } }),
  queue({ auto_scaling_group: { name: 'a', region: 'nowhere' } }),
  queue({ parameters: { min: -1, max: 'x', headroom: 1.5 } }),
  section(
    'constants',
    'constants:',
    `  ${seenSoon}`,
    '  fast_polling_interval: soon',
    '  bitbucket_api: both',
    '  colour: x',
  ),
  section('cleaner', 'cleaner: {interval: x, time_zone: Mars, schedule: nonsense}'),
  section('discovery', 'discovery:', '  circleci: {namespace: a/b, auto_scaling_groups: {regions: [x, 3]}}'),
];

/** What is said of each part, by its place in the part. */
function told(parts: readonly Part[]): Map<Part, string[]> {
  const groups = parts.filter(({ kind }) => kind === 'group');
  const given = parts.filter(({ kind }) => kind !== 'group');
  const hasConstants = given.some(({ kind }) => kind === 'constants');
  const others = hasConstants ? given : [section('constants', `constants: {${seenSoon}}`), ...given];
  const heads = { kind: 'constants', lines: ['groups:'] } as const;
  const inOrder: readonly Part[] = [...others, heads, group({ name: 'sound', labels: ['sound'] }), ...groups];
  const text = inOrder.flatMap(({ lines }) => lines).join('\n');
  const { problems = [], warnings } = parseConfig(text, 'f');
  let end = 1;
  return new Map(
    inOrder.map((part) => {
      const start = end;
      end += part.lines.length;
      const here = [...problems, ...warnings].filter(({ line }) => line >= start && line < end);
      return [part, here.map(({ line, column, message }) => `${line - start}:${column} ${message}`)];
    }),
  );
}

test('of any two wrong parts each is told as if it were alone', () => {
  const alone = new Map(wrong.map((part) => [part, told([part]).get(part) ?? []]));
  assert.ok([...alone.values()].filter((each) => each.length > 0).length >= wrong.length - 2);
  const pairs = wrong.flatMap((one) => wrong.filter((other) => other !== one).map((other) => [one, other]));
  for (const pair of pairs) {
    const both = told(pair);
    const hidden = pair.flatMap((part) =>
      (alone.get(part) ?? []).filter((line) => both.get(part)?.includes(line) !== true),
    );
    assert.deepEqual(hidden, [], pair.flatMap(({ lines }) => lines).join('\n'));
  }
});
