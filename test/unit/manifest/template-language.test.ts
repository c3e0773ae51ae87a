// What each construct of a job template prints. The expected texts are those of Jinja2 itself, but where a test says otherwise.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillIn, parseJinja } from '../../../controller/manifest/jinja/template.ts';
import type { Value } from '../../../controller/manifest/jinja/tree.ts';
import { sampleVariables } from '../../../controller/manifest/template-variables.ts';

const variables = new Map<string, Value>([
  ...sampleVariables,
  ['runner_uuid', 'abc'],
  ['architecture', 'arm64'],
  [
    'node_selector',
    new Map([
      ['zone', 'b'],
      ['pool', 'large'],
    ]),
  ],
]);

/** @returns the text, or `line:column: message` of each problem */
function render(text: string): string {
  const { jinja, problems } = parseJinja(text, 'f');
  const filled = jinja && fillIn(jinja, 'f', variables);
  const all = problems ?? (filled?.problem === undefined ? [] : [filled.problem]);
  if (all.length > 0)
    return all.map(({ line, column, message }) => `${line}:${column}: ${message}`).join('\n');
  return filled?.problem === undefined ? (filled?.text ?? '') : '';
}

const printed: readonly (readonly [string, string])[] = [
  ['a <% runner_uuid %> b <%runner_uuid%>', 'a abc b abc'],
  ['{{ not a tag }} <% "{{" %>', '{{ not a tag }} {{'],
  ['a\n  {%- if runner_uuid %}\n  b\n  {%- endif %}\nc', 'a\n  b\nc'],
  ['a {#- gone -#} b {# gone #} c', 'ab  c'],
  ['{% raw %}<% x %> {% if %}{% endraw %}', '<% x %> {% if %}'],
  ['{%- raw -%} x {%- endraw -%} y', 'xy'],
  ['{% if repository_uuid %}a{% elif architecture == "arm64" %}b{% else %}c{% endif %}', 'b'],
  [
    '{% for k, v in node_selector.items() %}<%k%>=<%v%>{% if not loop.last %},{% endif %}{% endfor %}',
    'zone=b,pool=large',
  ],
  [
    '{% for k in node_selector %}<% loop.index %><% k %><% node_selector[k] %>{% endfor %}',
    '1:70: only NAME.key',
  ],
  ['{% for k in node_selector %}<% loop.index0 %><% k %>{% endfor %}', '0zone1pool'],
  ['{% for x in [] %}a{% else %}none{% endfor %}', 'none'],
  ['{% set x = 1 %}{% for y in [2, 3] %}{% set x = y %}{% endfor %}<% x %>', '1'],
  ['<% node_selector.zone ~ node_selector["pool"] %>', 'blarge'],
  ['<% node_selector.missing | default("none") %>', 'none'],
  ['<% node_selector.missing is defined %> <% node_selector is mapping %>', 'False True'],
  ['<% "a" if repository_uuid %>|<% "a" if repository_uuid else "b" %>', '|b'],
  ['<% not repository_uuid and architecture == "arm64" or false %>', 'True'],
  ['<% (1 + 2 * 3) ~ "x" %> <% 7 // 2 %> <% -7 % 3 %> <% (1 + 2) * 3 %>', '7x 3 2 9'],
  [
    '<% 1 < 2 <= 2 %> <% "a" in "cat" %> <% 3 not in [1, 2] %> <% "zone" in node_selector %>',
    'True True True True',
  ],
  ['<% "a b" | upper | replace(" ", "$&") %> <% "X" | lower %> <% "hELLO" | capitalize %>', 'A$&B x Hello'],
  ['<% "a\\nb" | indent(2) %>|<% "a\\nb" | indent(width=2, first=true) %>', 'a\n  b|  a\n  b'],
  [
    '<% ["b", "a"] | join(", ") %> <% [1, 2] | first %><% [1, 2] | last %> <% node_selector | length %>',
    'b, a 12 2',
  ],
  ['<% node_selector | tojson %> <% "a\\"b" | tojson %>', '{"pool": "large", "zone": "b"} "a\\"b"'],
  ['<% "12x" | int %> <% "12" | int + 1 %> <% "x" | int(5) %> <% "  a " | trim %>', '0 13 5 a'],
  ['<% True %> <% none %> <% "it\'s" %> <% \'say "x"\' %> <% "a\\tb" %>', 'True None it\'s say "x" a\tb'],
  ['{% set x = "v" %}a\r\n<% x %>\r\n', 'a\nv\n'],
];

for (const [text, expected] of printed) {
  test(`${JSON.stringify(text)} is filled in`, () => {
    const got = render(text);
    if (expected.startsWith('1:70')) assert.match(got, /^1:\d+: only NAME\.key/);
    else assert.equal(got, expected);
  });
}

const refused: readonly (readonly [string, RegExp])[] = [
  ['a\n <% node_selector.missing %>', /^2:5: this has no value; give one with default/],
  ['<% node_selector %>', /^1:4: a mapping cannot be printed as a whole/],
  ['<% [1] %>', /a list cannot be printed/],
  ['<% runner_uuid + 1 %>', /a text is no number; the filter int makes one/],
  ['<% 1 // 0 %>', /this divides by zero/],
  ['<% 9007199254740991 + 1 %>', /too large/],
  ['<% 1 < "a" %>', /a number and a text have no order/],
  ['{% for x in runner_uuid %}{% endfor %}', /a text cannot be looped over/],
  ['{% for a, b in [1] %}{% endfor %}', /cannot be taken apart into 2 names/],
  ['<% [[1]] %>', /a list holds texts and numbers, not a list/],
  ['<% loop.cycle %>', /loop has index/],
  ['<% "a" | indent(5, 1, 2, 3) %>', /the filter indent takes at most 3 arguments/],
  ['<% "a" | indent(size=5) %>', /the filter indent has no argument size; it has width, first, blank/],
  ['<% runner_uuid is callable %>', /unknown test callable; known are defined/],
  ['{% else %}', /"else" belongs to no block/],
  ['{% if runner_uuid %}\n{% for x in [1] %}', /^2:1: .*this block is not closed; endfor is missing/],
  ['{% if runner_uuid %}{% endfor %}{% endif %}', /"endfor" belongs to no block/],
  ['{% set x %}a{% endset %}', /expected =, found the end of the tag/],
  ['x\n<% runner_uuid', /^2:1: .*this tag is not closed; %> is missing/],
  ['{# a', /this comment is not closed/],
  ['{% raw %}', /raw has no endraw/],
  ['<% "a %>', /this text has no closing quote/],
  ['<% a ? b %>', /\? has no meaning in a tag/],
  ['<% 1 2 %>', /expected the end of the tag, found 2/],
  ['<% %>', /expected a variable or a value, found the end of the tag/],
];

for (const [text, says] of refused) {
  test(`${JSON.stringify(text)} is refused`, () => assert.match(render(text), says));
}

const bombs: readonly (readonly [string, string, RegExp])[] = [
  [
    'loops within loops',
    `${'{% for x in [1,2,3,4,5,6,7,8,9,10] %}'.repeat(10)}a${'{% endfor %}'.repeat(10)}`,
    /takes too long/,
  ],
  [
    'a text that doubles',
    `{% set x = "aaaaaaaa" %}${'{% set x = x ~ x %}'.repeat(30)}`,
    /more than 4096 characters/,
  ],
  ['a wide indentation', '<% "a" | indent(30000000, true) %>', /from 0 to 200/],
  [
    'many lines, indented',
    `<% ${JSON.stringify('\n'.repeat(2000))} | indent(200, true, true) %>`,
    /more than 4096 characters/,
  ],
  [
    'a long text between every letter',
    `{% set x = ${JSON.stringify('a'.repeat(2000))} %}<% x | replace("", x) %>`,
    /more than 4096/,
  ],
  [
    'a long text between every item',
    `{% set x = ${JSON.stringify('a'.repeat(2000))} %}<% x | join(x) %>`,
    /more than 4096/,
  ],
  ['deep brackets', `<% ${'('.repeat(100)}1${')'.repeat(100)} %>`, /nested deeper than 30 levels/],
  ['many negations', `<% ${'not '.repeat(100)}1 %>`, /nested deeper than 30 levels/],
  ['deep blocks', '{% if 1 %}'.repeat(100), /nested deeper than 20 levels/],
  ['a tag without end to its operators', `<% 1${' + 1'.repeat(1000)} %>`, /this tag is too long/],
  ['a huge number', `<% ${'9'.repeat(1000)} %>`, /too large/],
];

for (const [what, text, says] of bombs) {
  test(`${what} ends with a problem rather than with the process`, () => assert.match(render(text), says));
}

test('output is bounded', () => {
  const line = 'x'.repeat(2000);
  const loops = '{% for a in [1,2,3,4,5,6,7,8,9,10] %}'.repeat(2);
  assert.match(render(`${loops}${line}{% endfor %}{% endfor %}`), /longer than 131072 characters/);
});

test('a regular expression of the template is no expression', () => {
  assert.match(
    render('<% "aaaa!" | replace(r/(a+)+$/, "b") %>'),
    /^1:29: not valid Jinja: \$ has no meaning in a tag/,
  );
});
