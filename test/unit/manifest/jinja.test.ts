// What a template of Atlassian's kind becomes: a List in any order, whitespace control, completed like a plain one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfig } from '../../../core/config/parse.ts';
import { renderJob } from '../../../controller/manifest/render-job.ts';
import { aRunner, group, listTemplate, readTemplate, repositoryUuid, runnerId } from './given.ts';

const olderTemplate = listTemplate
  .replace(/ {10}nodeSelector:[^]*?endfor %}\n/, '')
  .replace(/ {14}resources:[^]*?limits_cpu%>"}\n/, '');

test('Job and Secret are found by kind and completed', () => {
  const { job, secret } = renderJob(readTemplate(listTemplate), aRunner());
  assert.equal(job.metadata?.name, `runner-${runnerId}`);
  assert.equal(job.metadata.labels?.['runner-autoscaler/group'], 'Linux');
  assert.equal(job.spec?.podReplacementPolicy, 'Failed');
  assert.equal(job.spec.template.metadata?.labels?.['team'], 'payments');
  assert.equal(job.spec.template.metadata.labels['runner_namespace'], 'runner-group-1');
  assert.equal(
    job.spec.template.metadata.annotations?.['cluster-autoscaler.kubernetes.io/safe-to-evict'],
    'false',
  );
  assert.equal(secret.metadata?.namespace, 'runner-group-1');
});

test('containers stay as they are but for the environment of the runner', () => {
  const { job } = renderJob(readTemplate(listTemplate), aRunner());
  const [dind, runner] = job.spec?.template.spec?.containers ?? [];
  assert.deepEqual(dind, { name: 'dind', image: 'docker:dind', securityContext: { privileged: true } });
  assert.deepEqual(runner?.resources, group.resources);
  assert.deepEqual(
    runner?.env?.map(({ name }) => name),
    ['ACCOUNT_UUID', 'RUNNER_UUID', 'OAUTH_CLIENT_ID', 'OAUTH_CLIENT_SECRET'],
  );
});

test('blocks for a repository are taken for a runner of a repository only', () => {
  const template = readTemplate(listTemplate);
  const labelsOf = (repository?: string) =>
    renderJob(template, aRunner({ repositoryUuid: repository })).secret.metadata?.labels?.['repository_uuid'];
  assert.equal(labelsOf(repositoryUuid), repositoryUuid);
  assert.equal(labelsOf(), undefined);
});

test('a label that the template left empty for want of a repository is not sent', () => {
  const always = listTemplate.replaceAll(/ *\{%- (?:if repository_uuid|endif) %\}\n/g, '');
  const { job, secret } = renderJob(readTemplate(always), aRunner());
  assert.equal(secret.metadata?.labels?.['repository_uuid'], undefined);
  assert.equal(JSON.stringify(job).includes('REPOSITORY_UUID'), false);
});

test('every place in the Secret that the template gave a credential gets the real one', () => {
  const { secret } = renderJob(readTemplate(listTemplate), aRunner());
  const encoded = Buffer.from('very-secret-1').toString('base64');
  assert.equal(secret.data?.['oauth_client_secret'], encoded);
  assert.equal(secret.data['also_the_secret'], encoded);
});

function selectorOf(text: string, written: string): Record<string, string> | undefined {
  const file = `groups:
  - {name: Linux, workspace: acme, labels: [my.group], namespace: runners, strategy: percentageRunnersIdle, ${written}
     parameters: {min: 1, max: 10, scale_up_threshold: 0.5, scale_down_threshold: 0.2, scale_up_multiplier: 1.5, scale_down_multiplier: 0.5}}`;
  const { config, problems } = parseConfig(file, 'config.yaml');
  const linux = config?.groups[0];
  assert.ok(linux?.service === 'bitbucket', JSON.stringify(problems));
  const { job } = renderJob(readTemplate(text), aRunner({ group: linux }));
  return job.spec?.template.spec?.nodeSelector;
}

describe('a template that places no node_selector runs where it did before, unless the config itself says more', () => {
  const rows: readonly [string, Record<string, string>][] = [
    ['', {}],
    ['node_selector: {},', {}],
    ['node_selector: ,', {}],
    ['node_selector: {customer: shared},', { customer: 'shared' }],
    ['node_selector: {pool: large},', { pool: 'large' }],
    ['architecture: amd64,', { 'kubernetes.io/arch': 'amd64' }],
    ['architecture: arm64,', { 'kubernetes.io/arch': 'arm64' }],
    [
      'architecture: arm64, node_selector: {customer: shared},',
      { 'kubernetes.io/arch': 'arm64', customer: 'shared' },
    ],
  ];
  for (const [written, expected] of rows) {
    test(written || 'nothing', () => assert.deepEqual(selectorOf(olderTemplate, written), expected));
  }
  test('the template wins key by key', () => {
    const own = olderTemplate.replace(
      /^( +)containers:/m,
      '$1nodeSelector: {customer: mine, zone: a}\n$1containers:',
    );
    assert.deepEqual(
      selectorOf(own, 'architecture: arm64, node_selector: {customer: shared, pool: large},'),
      {
        ...{ 'kubernetes.io/arch': 'arm64', customer: 'mine' },
        ...{ pool: 'large', zone: 'a' },
      },
    );
  });
});

describe('a template that places node_selector gets it by its variable only, the default too', () => {
  const withoutArchitecture = listTemplate.replace(/ +kubernetes.io\/arch:.*\n/, '');
  const rows: readonly [string, Record<string, string>][] = [
    ['', { customer: 'shared' }],
    ['node_selector: {pool: large},', { pool: 'large' }],
    ['architecture: arm64, node_selector: {pool: large},', { 'kubernetes.io/arch': 'arm64', pool: 'large' }],
  ];
  for (const [written, expected] of rows) {
    test(written || 'nothing', () => {
      assert.deepEqual(selectorOf(withoutArchitecture, written), expected);
      const withIt = { 'kubernetes.io/arch': 'amd64', ...expected };
      assert.deepEqual(selectorOf(listTemplate, written), withIt);
    });
  }
});

test('resources that the template leaves out are the group’s; those it writes stay', () => {
  const runnerOf = (text: string) =>
    renderJob(readTemplate(text), aRunner()).job.spec?.template.spec?.containers.find(
      ({ name }) => name === 'runner',
    );
  assert.deepEqual(runnerOf(olderTemplate)?.resources, group.resources);
  const fixed = listTemplate.replace('<%limits_memory%>', '16Gi');
  assert.equal(runnerOf(fixed)?.resources?.limits?.['memory'], '16Gi');
});

test('a template of a Job alone, without a Secret, gets a Secret', () => {
  const [, job = ''] = /items:\n([^]*?) {2}- apiVersion: v1\n {4}kind: Secret/.exec(listTemplate) ?? [];
  const alone = job.replace('  - api', '    api').replaceAll(/^ {4}/gm, '');
  assert.equal(renderJob(readTemplate(alone), aRunner()).secret.type, 'Opaque');
});
