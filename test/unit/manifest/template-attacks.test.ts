// Texts that reached JavaScript through a template engine that generates code, and a short run of the fuzzer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { templates } from '../../fuzz/templates.ts';
import { tryTemplate } from '../../fuzz/trial.ts';
import { smallest } from './given.ts';

const job = smallest.replace('example.org/runner:1', 'example.org/runner:<%architecture%>');

const code = 'globalThis.reached = 1';
const attacks = [
  `<% 1 if runner_uuid is sameas(runner_uuid.constructor.constructor("${code}")()) else 2 %>`,
  `<% 1 if x is 'defined") && (() => { ${code} })() || ("' else 2 %>`,
  `<% runner_uuid | default(runner_uuid.constructor.constructor("${code}")()) %>`,
  `<% node_selector.items.constructor("${code}")() %>`,
  `<% node_selector["constructor"]["constructor"]("${code}")() %>`,
  `<% [].constructor.constructor("${code}")() %>`,
  `<% "".constructor.fromCharCode(1) %>`,
  `<% (1)["constructor"] %>`,
  `<% (runner_uuid if 1 else 2).constructor %>`,
  `{% for x in [].constructor %}<% x %>{% endfor %}`,
  `{% set __proto__ = node_selector %}<% __proto__.constructor %>`,
  `{% set x = node_selector %}<% x.__proto__ %>`,
  `{% for constructor, v in node_selector.items() %}<% constructor.constructor %>{% endfor %}`,
  `<% runner_uuid | attr("constructor") %>`,
  `<% runner_uuid | constructor %>`,
  `<% runner_uuid | __proto__ %>`,
  `<% runner_uuid is constructor %>`,
  `<% runner_uuid is __proto__ %>`,
  `<% loop.constructor %>`,
  `<% "a" | replace(old="a", constructor="b") %>`,
  `<% self %><% context %><% env %><% frame %>`,
  `<% cycler("a").next.constructor("${code}")() %>`,
  '{% include "/etc/passwd" %}',
  '{% import "/etc/passwd" as x %}',
  '{% extends "/etc/passwd" %}',
  `{% set x = joiner.constructor("${code}") %}<% x() %>`,
  `{% call x() %}{% endcall %}{% macro m() %}{% endmacro %}`,
  `{% filter constructor %}{% endfilter %}`,
];

for (const attack of attacks) {
  test(`${attack} is refused, and nothing of it runs`, () => {
    const { accepted, complaints } = tryTemplate(`${job}# ${attack}\n`);
    assert.deepEqual({ accepted, complaints }, { accepted: false, complaints: [] });
    assert.ok(!('reached' in globalThis));
  });
}

test('names that JavaScript objects have are plain keys of a mapping', () => {
  const { accepted, complaints } = tryTemplate(
    `${job}# <% node_selector.constructor | default("none") %> <% "__proto__" in node_selector %>\n`,
  );
  assert.deepEqual({ accepted, complaints }, { accepted: true, complaints: [] });
});

test('no template of the fuzzer reaches code, a file or a global', () => {
  fc.assert(
    fc.property(templates, (text) => assert.deepEqual(tryTemplate(text).complaints, [])),
    { numRuns: 400 },
  );
});

test('a regular expression that backtracks and a thousand loops end at once', { timeout: 10_000 }, () => {
  const loop = '{% for x in [1,2,3,4,5,6,7,8,9,10] %}';
  for (const text of [`{% if "a" in "${'a'.repeat(4000)}" %}x{% endif %}`, loop.repeat(20)])
    assert.deepEqual(tryTemplate(`${job}# ${text}`).complaints, []);
});
