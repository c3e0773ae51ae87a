// Whatever stands in a job template, checking it takes time in proportion to its length: the process does not stand still meanwhile.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Problem } from '../../../core/errors.ts';
import { parseJobTemplate } from '../../../controller/manifest/parse-template.ts';

function times(count: number, of: (number: number) => string): string {
  return Array.from({ length: count }, (_, number) => of(number)).join('');
}

const longest = 64 * 1024;
const job = 'apiVersion: batch/v1\nkind: Job\nspec: {template: {spec: {containers: ';

/** Sixty items, for loops within loops. */
const sixty = `[${times(60, (n) => `${n},`)}]`;

/** 14,400 texts that all differ, as keys or as items. */
const loops = `{% for a in ${sixty} %}{% for b in ${sixty} %}{% for c in [1, 2, 3, 4] %}<%a%>.<%b%>.<%c%>,{% endfor %}{% endfor %}{% endfor %}`;

/** CPU time, so that it does not matter what else the machine does. */
function cost(text: string): { ms: number; problems: readonly Problem[] } {
  const before = process.cpuUsage();
  const { problems = [] } = parseJobTemplate(text, 'job.yaml');
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, problems };
}

const texts: Readonly<Record<string, string>> = {
  'as many keys as there is room for': `{${times(11_500, (n) => `${n},`)}}`,
  'keys that loops make': `{ ${loops} }`,
  'brackets that loops make': `{% for a in ${sixty} %}{% for b in ${sixty} %}[[[[[[[[[[{% endfor %}{% endfor %}`,
  'dashes that loops make': `{% for a in ${sixty} %}{% for b in ${sixty} %}- - - - - {% endfor %}{% endfor %}`,
  'the same merge key': `a: &a {x: 1}\nb:\n${'  <<: *a\n'.repeat(7000)}`,
  'a mapping that is merged into many': `a: &a {${times(2000, (n) => `${n},`)}}\nb: [${'{<<: *a},'.repeat(5000)}]`,
  'merges in a chain': `a: [&a0 {k: 1},${times(2400, (n) => `&a${n + 1} {<<: *a${n},${n}: 1},`)}]`,
  brackets: '['.repeat(longest),
  dashes: '- '.repeat(longest / 2),
  'levels by indentation': times(350, (n) => `${' '.repeat(n)}a:\n`),
  quotes: '"'.repeat(longest),
  'aliases of an anchor': `- &a x\n${'- *a\n'.repeat(13_000)}`,
  'aliases without an anchor': '- *a\n'.repeat(13_000),
  documents: '---\n'.repeat(longest / 4),
  'objects in a list': `kind: List\nitems:\n${'- {}\n'.repeat(13_000)}`,
  'containers without a name': `${job}[${'{},'.repeat(21_000)}]}}}`,
  'references to a container that is wrong': `${job}[&a {env: [{},{},{},{}]},${'*a,'.repeat(15_000)}]}}}`,
  'containers of another name': `${job}[${'{name: agent},'.repeat(4600)}]}}}`,
  'a kind of object that is as long': `kind: ${'x'.repeat(60_000)}`,
};

/** The slowest takes a second. */
const enoughMs = 5000;

describe('a job template is checked at once', () => {
  for (const [name, text] of Object.entries(texts)) {
    test(name, () => {
      assert.ok(text.length <= longest, `${text.length} characters`);
      const { ms, problems } = cost(text);
      assert.ok(ms < enoughMs, `${Math.round(ms)} ms of CPU`);
      assert.ok(problems.length > 0);
      assert.ok(!problems.some(({ message }) => /stack|too long/.test(message)), problems[0]?.message);
      for (const { path, message } of problems)
        assert.ok(path.length < 500 && message.length < 700, `${path.length} and ${message.length} letters`);
    });
  }
});

test('many keys take hardly longer than as many items', () => {
  const items = cost(`[ ${loops} ]`).ms;
  const keys = cost(`{ ${loops} }`).ms;
  assert.ok(keys < 4 * items, `${Math.round(keys)} ms for the keys, ${Math.round(items)} ms for the items`);
});

test('what is nested too deeply is refused where it is, whatever nests it', () => {
  const deep = [
    '['.repeat(200),
    '{a: '.repeat(200),
    '- '.repeat(200),
    '{% for a in [1, 2] %}<%"["%>{% endfor %}'.repeat(60),
  ];
  for (const text of deep) {
    const { problems: [problem] = [] } = parseJobTemplate(`kind: Job\nspec:\n  ${text}`, 'job.yaml');
    assert.match(problem?.message ?? '', /^more than 100 levels deep/, text.slice(0, 20));
    assert.equal(problem?.line, 3);
  }
});
