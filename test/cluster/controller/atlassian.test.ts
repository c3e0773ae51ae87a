// Atlassian's set-up unchanged, on a real API server: the main job from end to end.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { projectFile } from '../../../cli/files.ts';
import { atlassianConfig, begin, eventually, kubectlJson, kubectl, skip, type Setting } from './setting.ts';

interface Item {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels: Record<string, string>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly uid: string }[];
  };
}

const namespace = 'as-atlassian-ships-it';
let setting: Setting;

function items(kind: 'jobs' | 'secrets' | 'pods'): readonly Item[] {
  return kubectlJson<{ items: Item[] }>('get', kind, '-n', namespace, '-l', 'runner_uuid').items;
}

before(async () => {
  if (skip !== false) return;
  const template = readFileSync(projectFile('test/unit/manifest/fixtures/list.yaml.template'), 'utf8');
  setting = await begin({ namespace, config: atlassianConfig(namespace), template });
});

after(async () => setting?.end());

test('one runner is made in a namespace that was not there before', { skip }, async () => {
  await eventually('one idle runner', () => setting.capacity().idle === 1);
  assert.equal(items('jobs').length, 1);
});

test('under load it grows to max and never beyond', { skip }, async () => {
  setting.builds(30, 12);
  await eventually('ten busy runners', () => setting.capacity().busy === 10);
  assert.equal(items('jobs').length, 10);
  assert.equal(setting.mostRegistered(), 10);
});

test('each Job and Secret is labelled, and the Secret is owned by its Job', { skip }, () => {
  const jobs = items('jobs');
  const secrets = items('secrets');
  assert.equal(secrets.length, jobs.length);
  for (const { metadata } of [...jobs, ...secrets, ...items('pods')]) {
    assert.equal(metadata.labels['account_uuid'], 'workspace_uuid');
    assert.equal(metadata.labels['customer'], 'shared');
    assert.equal(metadata.labels['app.kubernetes.io/managed-by'], 'runner-autoscaler');
    assert.ok(metadata.labels['runner-autoscaler/group']);
  }
  for (const { metadata } of jobs) {
    const runnerId = metadata.labels['runner_uuid'];
    assert.equal(metadata.name, `runner-${runnerId}`);
    const secret = secrets.find(({ metadata: own }) => own.name === `runner-oauth-credentials-${runnerId}`);
    assert.equal(secret?.metadata.ownerReferences?.[0]?.uid, metadata.uid);
  }
});

test('when it is calm it goes back to min, and no build was killed', { skip }, async () => {
  await eventually('all builds done', () => setting.sandbox.status().world.done === 30);
  await eventually('one runner left', () => items('jobs').length === 1 && setting.capacity().idle === 1);
  assert.equal(setting.sandbox.status().world.killed, 0);
  assert.equal(setting.sandbox.world.service.registered(setting.scope), 1);
  await eventually('one Secret left', () => items('secrets').length === 1);
});

test('a Job that somebody deletes is healed', { skip }, async () => {
  const [job] = items('jobs');
  assert.ok(job);
  kubectl('delete', 'job', job.metadata.name, '-n', namespace);
  await eventually('another runner', () => {
    const [now] = items('jobs');
    return now !== undefined && now.metadata.uid !== job.metadata.uid && setting.capacity().idle === 1;
  });
  await eventually(
    'the old registration is gone',
    () => setting.sandbox.world.service.registered(setting.scope) === 1,
  );
});
