// What `check` says of ConfigMaps, job templates, environments and the lines that are wrong, as text and as JSON.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkCommand, type CheckOptions } from '../../../cli/check.ts';
import { projectFile } from '../../../cli/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'check-'));
after(() => rmSync(folder, { recursive: true }));

interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function check(files: readonly string[], options: Partial<CheckOptions> = {}): Promise<Told> {
  let [out, err] = ['', ''];
  const code = await checkCommand(
    files,
    { output: 'text', env: {}, ...options },
    { stdout: (text) => void (out += text), stderr: (text) => void (err += text) },
  );
  return { code, out, err };
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const config = `groups:
  - name: Linux
    workspace: acme
    labels: [my.group]
    namespace: runners
    strategy: percentageRunnersIdle
    parameters: {min: 1, max: 10, scale_up_threshold: 0.5, scale_down_threshold: 0.2,
      scale_up_multiplier: 1.5, scale_down_multiplier: 0.5}
`;
const good = write('good.yaml', config);

function configMap(key: string, text: string): string {
  const block = text.replaceAll(/^(?=.)/gm, '    ');
  return `# shipped by us\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: any}\ndata:\n  ${key}: |\n${block}`;
}

const jinja = `apiVersion: batch/v1
kind: Job
metadata: {name: "runner-<%runner_uuid%>"}
spec:
  template:
    spec:
      containers:
        - name: runner
          image: runner
{%- if repository_uuid %}
          args: [one]
{%- endif %}
`;

test('a problem is followed by its line with a caret under its column', async () => {
  const { out } = await check([write('wrong.yaml', config.replace('max: 10', 'max: ten'))]);
  const [first, second, third] = out.split('\n');
  assert.match(first ?? '', /wrong\.yaml:7:31: groups\[0\]\.parameters\.max: expected a whole number/);
  assert.equal(
    second,
    '  7 |     parameters: {min: 1, max: ten, scale_up_threshold: 0.5, scale_down_threshold: 0.2,',
  );
  assert.equal(third?.indexOf('^'), second?.indexOf('ten'));
});

test('text that is no YAML is shown with its line and a caret, too', async () => {
  const { code, out } = await check([write('broken.yaml', 'groups:\n  - name: a\n   bad: b\n')]);
  assert.equal(code, 2);
  assert.match(out, /broken\.yaml:\d+:\d+: not valid YAML: .*\n {2}\d+ \| .*\n {4}\| +\^/);
});

test('a line that may hold a credential is shown without it', async () => {
  const secret = 'hunter2-hunter2';
  const text = `${config}    client_secret: ${secret}\n`;
  const long = config.replace('runners', `[${'x'.repeat(60)}]`);
  assert.doesNotMatch((await check([write('secret.yaml', text)])).out, /hunter2/);
  assert.doesNotMatch((await check([write('long.yaml', long)])).out, /x{41}/);
});

test('problems of the shape do not hide those of the rules', async () => {
  const text = config
    .replace('min: 1,', 'min: 20,')
    .replace('multiplier: 1.5', 'multiplier: x')
    .replace('labels', 'lables: [a]\n    labels')
    .replace('    strategy', '    resources: {requests: {memory: 2gb}}\n    strategy');
  const { out } = await check([write('both.yaml', text)]);
  for (const path of [
    'lables',
    'resources.requests.memory',
    'parameters.min',
    'parameters.scale_up_multiplier',
  ])
    assert.ok(out.includes(`groups[0].${path}: `), path + out);
});

for (const key of ['runner_config.yaml', 'runners_config.yaml']) {
  test(`a ConfigMap with data."${key}" is read as that config, with the lines of the ConfigMap`, async () => {
    assert.equal((await check([write('cm.yaml', configMap(key, config))])).code, 0);
    const wrong = write('cm-wrong.yaml', configMap(key, config.replace('max: 10', 'max: ten')));
    assert.match((await check([wrong])).out, /cm-wrong\.yaml:13:35: groups\[0\]\.parameters\.max: /);
  });
}

test('a ConfigMap without a config says which keys are looked for', async () => {
  const { code, out } = await check([write('other.yaml', configMap('other', config))]);
  assert.equal(code, 2);
  assert.match(out, /does not have data\."runner_config\.yaml" or data\."runners_config\.yaml"/);
});

test('the job template is filled in for each group, and its ConfigMap will do', async () => {
  for (const [name, text] of [
    ['job.yaml.template', jinja],
    ['cm-job.yaml', configMap('job.yaml.template', jinja)],
  ] as const) {
    const { code, out, err } = await check([good], { jobTemplate: write(name, text) });
    assert.equal(code, 0, out);
    assert.match(out, /Linux: Jobs in runners, on nodes with any labels/);
    assert.match(err, /default node_selector customer=shared of group "Linux" is not applied/);
  }
});

test('a node_selector that the config writes is applied, and nothing is warned of', async () => {
  const file = write(
    'selector.yaml',
    config.replace('    strategy', '    node_selector: {pool: ci}\n    strategy'),
  );
  const { out, err } = await check([file], { jobTemplate: write('t.yaml', jinja) });
  assert.match(out, /on nodes with pool=ci/);
  assert.doesNotMatch(err, /not applied/);
});

for (const [title, change, sentence] of [
  ['of an unknown variable', ['runner_uuid', 'runer_uuid'], /:9:\d+: unknown variable runer_uuid/],
  ['of an open block', ['{%- endif %}\n', ''], /: not valid Jinja: /],
  ['of another kind', ['kind: Job', 'kind: Deployment'], /Deployment would not be created/],
] as const) {
  test(`a problem of the template is told with the line of its ConfigMap: ${title}`, async () => {
    const jobTemplate = write(
      'bad-cm.yaml',
      configMap('job.yaml.template', jinja.replaceAll(change[0], change[1])),
    );
    const { code, out } = await check([good], { jobTemplate });
    assert.equal(code, 2);
    assert.match(out, sentence);
  });
}

test('a field that Kubernetes does not know is warned of, with its line and the one that was meant', async () => {
  const jobTemplate = write('typo.yaml', jinja.replace('image:', 'imagePullPolcy: Always\n          image:'));
  const { code, err } = await check([good], { jobTemplate });
  assert.equal(code, 0);
  assert.match(
    err,
    /typo\.yaml:9:11: spec\.template\.spec\.containers\[0\]\.imagePullPolcy: .*did you mean imagePullPolicy/,
  );
});

test('the template that we ship has no unknown field', async () => {
  const { code, err } = await check([good], { jobTemplate: projectFile('kustomize/base/job.yaml.template') });
  assert.equal(code, 0);
  assert.equal(err, '');
});

test('as JSON, problems and warnings are data', async () => {
  const wrong = write('json.yaml', config.replace('max: 10', 'max: ten'));
  const { code, out } = await check([good, wrong], { output: 'json', jobTemplate: write('t.yaml', jinja) });
  assert.equal(code, 2);
  const { files, jobTemplate } = JSON.parse(out) as {
    files: { good: boolean; problems: object[] }[];
    jobTemplate: { good: boolean; groups: object[] };
  };
  assert.deepEqual(
    files.map((file) => file.good),
    [true, false],
  );
  const { line, column, path } = files[1]?.problems[0] as Record<string, unknown>;
  assert.deepEqual([line, column, path], [7, 31, 'groups[0].parameters.max']);
  assert.equal(jobTemplate.good, true);
  assert.deepEqual(jobTemplate.groups, [{ name: 'Linux', namespace: 'runners', nodes: {} }]);
});

test('without a file, check tells what the variables come to', async () => {
  const env = { APP_CIRCLE_TOKEN: 'token', APP_CIRCLE_RESOURCE_NAMESPACE: 'acme' };
  const { code, out } = await check([], { env });
  assert.equal(code, 0);
  assert.match(out, /discovery of acme\n {2}CronJobs +in namespace circleci-runners/);
  assert.doesNotMatch(out, /token/);
});

test('without a file, a variable that is missing is a problem', async () => {
  for (const name of ['APP_CIRCLE_TOKEN', 'APP_CIRCLE_RESOURCE_NAMESPACE']) {
    const env = { APP_CIRCLE_TOKEN: 'token', APP_CIRCLE_RESOURCE_NAMESPACE: 'acme', [name]: '' };
    const { code, out } = await check([], { env });
    assert.equal(code, 2);
    assert.ok(out.includes(`environment:1:1: ${name}: not set`), out);
  }
});

test('a second config in one file of manifests is a problem at its place, not a text that nobody reads', async () => {
  const manifest = (max: number): string =>
    `kind: ConfigMap\napiVersion: v1\nmetadata: {name: c${max}}\ndata:\n  runner_config.yaml: |\n    max: ${max}\n`;
  const file = join(folder, 'two.yaml');
  writeFileSync(file, `${manifest(1)}---\n${manifest(2)}`);
  const { code, out } = await check([file]);
  assert.equal(code, 2);
  assert.match(out, /two\.yaml:12:\d+: .*a second text under runner_config\.yaml/);
});

test('a template that was filled in for no group is not called good', async () => {
  const { code, out } = await check([], { jobTemplate: projectFile('kustomize/base/job.yaml.template') });
  assert.equal(code, 0);
  assert.match(out, /can be read\. It was filled in for no group/);
  assert.doesNotMatch(out, /is good/);
});

for (const line of [
  'x: {name: a, password: hunter2}',
  'CIRCLE_TOKEN hunter2: ]',
  'u: "https://bob:hunter2@x.org/" [',
]) {
  test(`the excerpt of ${line} does not show the credential`, async () => {
    const file = join(folder, 'secret.yaml');
    writeFileSync(file, `${line}\n`);
    const { code, out } = await check([file]);
    assert.equal(code, 2);
    assert.match(out, /1 \| /);
    assert.doesNotMatch(out, /1 \| .*hunter2/);
  });
}
