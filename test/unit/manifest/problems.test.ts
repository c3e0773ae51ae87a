// What is refused in a job template, and where the problem is said to be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProblem } from '../../../core/errors.ts';
import { parseJobTemplate } from '../../../controller/manifest/parse-template.ts';
import { listTemplate, smallest } from './given.ts';

interface Case {
  readonly name: string;
  readonly text: string;
  readonly says: RegExp;
}

const smallestJinja = smallest.replace('example.org/runner:1', 'example.org/runner:<%architecture%>');

const cases: readonly Case[] = [
  { name: 'an empty file', text: '', says: /^f:1:1: there is no Job/ },
  { name: 'a file that is no mapping', text: '- 1\n', says: /^f:1:1: this is no Kubernetes object/ },
  { name: 'broken YAML', text: 'kind: Job\nspec: [\n', says: /^f:\d:\d: not valid YAML/ },
  {
    name: 'a key written twice',
    text: 'kind: Job\nkind: Job\n',
    says: /^f:2:1: kind: this key is written twice in the same mapping; keep one of them/,
  },
  {
    name: 'an alias without its anchor',
    text: 'kind: *job\n',
    says: /^f:1:7: an alias cannot be followed: no anchor &job is defined before it/,
  },
  {
    name: 'an alias within itself',
    text: 'kind: &job [*job]\n',
    says: /^f:1:13: an alias cannot be followed: \*job is used within the value that &job names/,
  },
  {
    name: 'an alias without its anchor in the second document',
    text: `${smallest}---\nkind: *job\n`,
    says: /^f:10:7: an alias cannot be followed: no anchor &job is defined before it/,
  },
  {
    name: 'a key that is no text',
    text: 'kind: Job\n? [a]\n: 1\n',
    says: /^f:2:3: a key must be a text, not a list or a mapping/,
  },
  {
    name: 'a label of a prefixed key that is no text',
    text: smallest.replace('kind: Job', 'kind: Job\nmetadata: {labels: {example.org/a: 1}}'),
    says: /^f:3:36: metadata\.labels\["example\.org\/a"\]: must be string; write it in quotes/,
  },
  {
    name: 'another kind of object',
    text: 'apiVersion: v1\nkind: Pod\n',
    says: /^f:1:1: Pod would not be created; a template has a Job/m,
  },
  {
    name: 'two Jobs',
    text: `${smallest}---\n${smallest}`,
    says: /^f:10:1: a template has one Job and at most one Secret/,
  },
  {
    name: 'an old API version',
    text: smallest.replace('batch/v1', 'batch/v1beta1'),
    says: /^f:1:13: apiVersion: must be equal to constant: "batch\/v1"/,
  },
  {
    name: 'no container named runner',
    text: smallest.replace('name: runner', 'name: agent'),
    says: /^f:7:9: spec\.template\.spec\.containers: a container named runner is needed \(found agent\)/,
  },
  {
    name: 'a number as the value of a variable',
    text: `${smallest}          env:\n            - name: A\n              value: 5\n`,
    says: /^f:11:22: spec\.template\.spec\.containers\[0\]\.env\[0\]\.value: must be string; write it in quotes/,
  },
  {
    name: 'a restart policy that Jobs cannot have',
    text: smallest.replace('      containers', '      restartPolicy: Always\n      containers'),
    says: /^f:6:22: spec\.template\.spec\.restartPolicy: .*\["OnFailure","Never"\]/,
  },
  {
    name: 'an unknown variable, also in a branch that is not taken',
    text: `${smallestJinja}# {% if repository_uuid %}<% runer_uuid %>{% endif %}\n`,
    says: /^f:9:30: unknown variable runer_uuid; did you mean runner_uuid\?$/,
  },
  {
    name: 'a tag without its end',
    text: `${smallestJinja}{% if runner_uuid %}\n`,
    says: /^f:9:1: not valid Jinja: .*endif/,
  },
  {
    name: 'a tag that cannot be read',
    text: `${smallestJinja}a: <% runner_uuid + %>\n`,
    says: /^f:9:\d+: not valid Jinja/,
  },
  {
    name: 'an include',
    text: `${smallestJinja}{% include "/etc/passwd" %}\n`,
    says: /^f:9:\d+: "include" cannot be used in a job template/,
  },
  {
    name: 'a macro',
    text: `${smallestJinja}{% macro m() %}{% endmacro %}\n`,
    says: /"macro" cannot be used in a job template/,
  },
  {
    name: 'a way to JavaScript by a name',
    text: `${smallestJinja}# <% range.constructor("return process")() %>\n`,
    says: /unknown variable range/,
  },
  {
    name: 'a way to JavaScript by a variable',
    text: `${smallestJinja}# <% runner_uuid.constructor %>\n`,
    says: /^f:9:\d+: only NAME\.key can be looked up/,
  },
  {
    name: 'a way to JavaScript by a computed key',
    text: `${smallestJinja}# <% node_selector["cons" ~ "tructor"] %>\n`,
    says: /^f:9:\d+: only NAME\.key can be looked up/,
  },
  {
    name: 'a call',
    text: `${smallestJinja}# <% runner_uuid.repeat(3) %>\n`,
    says: /^f:9:\d+: the only calls in a job template are NAME\.items\(\)/,
  },
  {
    name: 'an unknown filter',
    text: `${smallestJinja}# <% runner_uuid | shell %>\n`,
    says: /^f:9:\d+: unknown filter shell; known are/,
  },
  {
    name: 'the secret in the Job',
    text: `${smallestJinja}          args: ["<%oauth_client_secret_base64%>"]\n`,
    says: /^f:9:\d+: spec\.template\.spec\.containers\[0\]\.args\[0\]: a credential stands in the Job/,
  },
  {
    name: 'a Secret with stringData',
    text: `${smallest}---\napiVersion: v1\nkind: Secret\nstringData: {oauth_client_secret: x}\n`,
    says: /^f:12:13: stringData: cannot be used here/,
  },
];

for (const { name, text, says } of cases) {
  test(`${name} is refused with its place`, () => {
    const { problems = [] } = parseJobTemplate(text, 'f');
    assert.match(problems.map(formatProblem).join('\n'), says);
  });
}

test('a problem of the YAML is placed in the template, though blocks moved the lines of its result', () => {
  const lines = listTemplate.split('\n');
  const broken = lines.findIndex((line) => line.includes('image: example.org/runner:1'));
  lines[broken] = '              image: 5';
  const { problems = [] } = parseJobTemplate(lines.join('\n'), 'f');
  assert.deepEqual(
    problems.map(({ line, column, path }) => ({ line, column, path })),
    [{ line: broken + 1, column: 22, path: 'spec.template.spec.containers[1].image' }],
  );
});

test('every unknown variable is reported at once', () => {
  const { problems = [] } = parseJobTemplate(`${smallestJinja}# <% a_b %> <% c_d %>\n`, 'f');
  assert.equal(problems.length, 2);
});

test('a template that speaks of tags only in comments is plain YAML', () => {
  assert.equal(parseJobTemplate(`# not filled in: <% nothing %>\n${smallest}`, 'f').template?.kind, 'plain');
});
