// Whatever stands in a config text, checking it takes time in proportion to its length: nobody's edit stops the process.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfig } from '../../../core/config/parse.ts';

const parameters =
  '{min: 1, max: 2, scale_up_threshold: 0.5, scale_down_threshold: 0.2, scale_up_multiplier: 1.5, scale_down_multiplier: 0.5}';

/** One group, by what differs from the usual. */
function group(given: Readonly<Record<string, string>> = {}): string {
  const usual = { name: 'g', workspace: 'w', labels: '[l]', namespace: 'n' };
  const all = { ...usual, strategy: 'percentageRunnersIdle', parameters, ...given };
  const keys = Object.entries(all).map(([key, value]) => `${key}: ${value}`);
  return `- {${keys.join(', ')}}\n`;
}

function times(count: number, of: (number: number) => string): string {
  return Array.from({ length: count }, (_, number) => of(number)).join('');
}

/** CPU time, so that it does not matter what else the machine does. */
function cost(text: string): { ms: number; result: ReturnType<typeof parseConfig> } {
  const before = process.cpuUsage();
  const result = parseConfig(text, 'test.yaml');
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, result };
}

/** Most took from half a minute to minutes while something was quadratic; now the slowest takes a second or two. */
const enoughMs = 10_000;

const texts: Readonly<Record<string, string>> = {
  '4,000 empty groups': `groups:\n${'- {}\n'.repeat(4000)}`,
  '4,000 groups that are right, in one workspace': `groups:\n${times(4000, (n) => group({ name: `g${n}`, labels: `[l${n}]` }))}`,
  '4,000 groups that are the same': `groups:\n${group().repeat(4000)}`,
  '4,000 groups of which half has labels within those of the other': `groups:\n${times(4000, (n) => group({ name: `g${n}`, labels: n % 2 ? '[x]' : `[x, l${n}]` }))}`,
  '200,000 empty groups': `groups:\n${'- {}\n'.repeat(200_000)}`,
  '250,000 labels that are numbers': `groups:\n${group({ labels: `[${'1,'.repeat(250_000)}]` })}`,
  '200,000 mappings in one merge key': `x: {<<: [${'{},'.repeat(200_000)}]}\n`,
  '250,000 keys without a name': '? \n'.repeat(250_000),
  'a schedule with a range of a hundred million minutes': 'cleaner: {schedule: "0-99999999 * * * *"}\n',
  'a schedule with such a range of days': 'cleaner: {schedule: "* * * * 5-99999999"}\n',
  '20,000 references to an empty group': `groups:\n- &a {}\n${'- *a\n'.repeat(20_000)}`,
  '20,000 groups with merged keys': `groups:\n- &a {name: g}\n${'- {<<: *a}\n'.repeat(20_000)}`,
  '60,000 unknown keys': times(60_000, (n) => `k${n}: 1\n`),
  '60,000 unknown keys of a group': `groups:\n${group({ cleaner: `{${times(60_000, (n) => `k${n}: 1, `)}}` })}`,
  '60,000 times the same key': 'k: 1\n'.repeat(60_000),
  '60,000 keys without a value': '? a\n'.repeat(60_000),
  'a name of 60,000 dots': `groups:\n${group({ name: `a${'.'.repeat(60_000)}a` })}`,
  'a quantity of 60,000 digits': `groups:\n${group({ resources: `{requests: {memory: "${'1'.repeat(60_000)}x"}}` })}`,
  '60,000 labels': `groups:\n${group({ labels: `[${times(60_000, (n) => `l${n}, `)}]` })}`,
  '60,000 node labels': `groups:\n${group({ node_selector: `{${times(60_000, (n) => `k${n}: 1, `)}}` })}`,
  'a key of 60,000 letters': `? ${'a'.repeat(60_000)}\n: 1\n`,
  'a strategy of 60,000 letters': `groups:\n${group({ strategy: 'x'.repeat(60_000) })}`,
  '100,000 brackets': `groups: ${'['.repeat(100_000)}`,
  '100,000 brackets that close nothing': ']'.repeat(100_000),
  '100,000 dashes': `${'- '.repeat(100_000)}1\n`,
  '20,000 anchors and aliases': `x: [${times(20_000, (n) => `&a${n} 1, `)}${times(20_000, (n) => `*a${n}, `)}]\n`,
  '30,000 anchors of one value': `x: ${'&a '.repeat(30_000)}1\n`,
  '30,000 documents': '---\na: 1\n'.repeat(30_000),
  '30,000 unknown tags': times(30_000, (n) => `k${n}: !x 1\n`),
  '30,000 comments after as many empty lines': `a:\n${'\n'.repeat(30_000)}${' #\n'.repeat(30_000)}`,
};

describe('a text is checked at once', () => {
  for (const [name, text] of Object.entries(texts)) {
    test(name, () => {
      const { ms, result } = cost(text);
      assert.ok(ms < enoughMs, `${Math.round(ms)} ms of CPU`);
      for (const { path, message } of [...(result.problems ?? []), ...result.warnings]) {
        assert.ok(path.length < 500 && message.length < 700, `${path.length} and ${message.length} letters`);
      }
    });
  }
});

test('every problem of thousands is told, and where', () => {
  const { problems = [] } = parseConfig(`groups:\n${'- {}\n'.repeat(500)}`, 'test.yaml');
  const named = new Set(problems.map(({ path }) => path));
  assert.equal(named.size, 500);
  assert.equal(problems.at(-1)?.line, 501);
  assert.equal(problems.at(-1)?.path, 'groups[499]');
});

test('of a million problems the first 50,000 are told, and that there are more', () => {
  const { problems = [] } = parseConfig(`groups:\n${'- {}\n'.repeat(200_000)}`, 'test.yaml');
  assert.equal(problems.length, 50_001);
  assert.equal(problems.at(-1)?.message, 'more than 50000 problems; the rest is not listed');
});

test('a text that no ConfigMap can hold is refused, one that it can hold is read', () => {
  const right = `groups:\n${group()}`;
  const padded = right + '#'.repeat(2 ** 20 - right.length);
  assert.ok(parseConfig(padded, 'test.yaml').config !== undefined);
  const { problems = [] } = parseConfig(`${padded}#`, 'test.yaml');
  assert.match(problems.map(({ message }) => message).join(), /^the file is longer than 1 MiB/);
});

test('what is nested too deeply is refused where it is, whatever nests it', () => {
  const deep = [
    `groups: ${'['.repeat(200)}${']'.repeat(200)}`,
    `groups: ${'{a: '.repeat(200)}1${'}'.repeat(200)}`,
    `${'- '.repeat(200)}1\n`,
    times(200, (n) => `${' '.repeat(n)}a:\n`),
  ];
  for (const text of deep) {
    const { problems = [] } = parseConfig(text, 'test.yaml');
    assert.match(
      problems.map(({ message }) => message).join(),
      /^more than 100 levels deep/,
      text.slice(0, 20),
    );
  }
});

test('aliases may be used more than a hundred times, but not stand for millions of values', () => {
  const shared = `- &first {name: g0, workspace: w, labels: [l0], namespace: n, strategy: percentageRunnersIdle, parameters: &p ${parameters}}\n`;
  const others = times(300, (n) => group({ name: `h${n}`, labels: `[m${n}]`, parameters: '*p' }));
  const merged = times(300, (n) => `- {<<: *first, name: i${n}, labels: [k${n}]}\n`);
  const { config, problems } = parseConfig(`groups:\n${shared}${others}${merged}`, 'test.yaml');
  assert.equal(config?.groups.length, 601, JSON.stringify(problems));
  const bomb = times(9, (n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(9)}]\n`);
  const refused = parseConfig(`a0: &a0 {x: 1}\n${bomb}`, 'test.yaml');
  assert.match(refused.problems?.[0]?.message ?? '', /stand for more than 100000 values/);
});

test('many keys and values on one line are not deep', () => {
  const groups = times(
    50,
    (n) =>
      `${group({ name: `g${n}`, labels: `[l${n}]` })
        .slice(2)
        .trim()}, `,
  );
  const { config, problems } = parseConfig(`{groups: [${groups}]}`, 'test.yaml');
  assert.equal(config?.groups.length, 50, JSON.stringify(problems));
});

test('an alias within what it stands for is refused', () => {
  for (const text of ['groups: &a [*a]\n', 'groups: [&a {<<: *a}]\n', 'x: &a {y: *a}\n']) {
    assert.match(parseConfig(text, 'test.yaml').problems?.[0]?.message ?? '', /alias|merged/, text);
  }
});
