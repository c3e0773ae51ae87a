// Pods that take long, and nodes that are full, on a real API server: what is registered never exceeds max.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseDocument } from 'yaml';
import { projectFile } from '../../../cli/files.ts';
import { atlassianConfig, begin, eventually, kubectlJson, skip } from './setting.ts';

const shipped = readFileSync(projectFile('kustomize/base/job.yaml.template'), 'utf8');

function jobCount(namespace: string): number {
  return kubectlJson<{ items: unknown[] }>('get', 'jobs', '-n', namespace, '-l', 'runner_uuid').items.length;
}

/** 4 s at sixty times real time. */
function startingAfterFourMinutes(): string {
  const template = parseDocument(shipped);
  template.setIn(['spec', 'template', 'metadata', 'annotations'], { 'cluster/start-delay': '4s' });
  return template.toString();
}

test('with pods that take four minutes to start, builds are served and max holds', { skip }, async () => {
  const namespace = 'slow-pods';
  const setting = await begin({
    namespace,
    config: atlassianConfig(namespace),
    template: startingAfterFourMinutes(),
  });
  try {
    await eventually('one idle runner', () => setting.capacity().idle === 1);
    setting.builds(12, 120);
    await eventually('ten busy runners', () => setting.capacity().busy === 10);
    assert.equal(setting.mostRegistered(), 10);
    assert.equal(setting.sandbox.world.service.registeredEver, 10);
  } finally {
    await setting.end();
  }
});

test('with nodes that are full, no more is registered than max', { skip }, async () => {
  const namespace = 'full-nodes';
  const nodes = kubectlJson<{ items: unknown[] }>('get', 'nodes').items.length;
  // A simulated node has 64 CPUs, so each holds one of these.
  const config = atlassianConfig(namespace).replaceAll("cpu: '1000m'", "cpu: '40'");
  const setting = await begin({ namespace, config, template: shipped });
  try {
    await eventually('one idle runner', () => setting.capacity().idle === 1);
    setting.builds(20, 600);
    await eventually('as many busy runners as there are nodes', () => setting.capacity().busy === nodes);
    const decisions = (): number => setting.sandbox.status().groups[0]?.history.length ?? 0;
    const before = decisions();
    await eventually('some more looks', () => decisions() >= Math.min(before + 20, 239));
    assert.ok(setting.mostRegistered() <= 10, `${setting.mostRegistered()} were registered`);
    assert.ok(jobCount(namespace) <= 10);
  } finally {
    await setting.end();
  }
});
