// The Jobs that we write are what a real API server takes, field by field, in a namespace like the shipped one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { parseJobTemplate } from '../../../controller/manifest/parse-template.ts';
import { renderJob } from '../../../controller/manifest/render-job.ts';
import { sampleIdentity } from '../../../controller/manifest/template-variables.ts';
import { kubectl, skip } from './kubectl.ts';

const namespace = 'manifest-rehearsal';
const templates = {
  'the shipped template': '../../../kustomize/base/job.yaml.template',
  "a template of Atlassian's kind": '../../unit/manifest/fixtures/list.yaml.template',
};
const repositoryUuid = 'd4e5f6a7-0000-4000-8000-000000000003';

function objectsFrom(path: string, repository: string | undefined): string {
  const { template, problems } = parseJobTemplate(readFileSync(new URL(path, import.meta.url), 'utf8'), path);
  assert.equal(problems, undefined);
  const sample = sampleIdentity(repository);
  const { secret, job } = renderJob(template, { ...sample, group: { ...sample.group, namespace } });
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [secret, job] });
}

describe('Jobs on a real API server', { skip }, () => {
  before(() => void kubectl(['create', 'namespace', namespace]));
  after(() => void kubectl(['delete', 'namespace', namespace, '--wait=false']));

  for (const [name, path] of Object.entries(templates)) {
    for (const [scope, repository] of [
      ['workspace', undefined],
      ['repository', repositoryUuid],
    ] as const) {
      test(`${name} gives a Job and a Secret that are accepted without a warning, for a ${scope}`, () => {
        const args = ['create', '--dry-run=server', '--validate=strict', '-f', '-'];
        const { status, stdout, stderr } = kubectl(args, objectsFrom(path, repository));
        assert.equal(status, 0, stderr);
        assert.doesNotMatch(stderr, /warning: (?!version difference)/i);
        assert.match(stdout, /^secret\/runner-oauth-credentials-.*\njob\.batch\/runner-/);
      });
    }
  }
});
