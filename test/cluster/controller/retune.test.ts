// Editing the config while the controller runs, on a real API server: the next decision follows, a broken edit changes nothing.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { projectFile } from '../../../cli/files.ts';
import { atlassianConfig, begin, eventually, skip } from './setting.ts';

test('an edit is in force at the next decision, and a broken one changes nothing', { skip }, async () => {
  const namespace = 'retuned';
  const config = atlassianConfig(namespace);
  const template = readFileSync(projectFile('kustomize/base/job.yaml.template'), 'utf8');
  const setting = await begin({ namespace, config, template });
  try {
    await eventually('one idle runner', () => setting.capacity().idle === 1);
    writeFileSync(setting.configPath, config.replace('min: 1', 'min: 3'));
    await eventually('three idle runners', () => setting.capacity().idle === 3);
    writeFileSync(setting.configPath, config.replace('min: 1', 'min: many'));
    const looks = (): number => setting.sandbox.status().groups[0]?.history.length ?? 0;
    const before = looks();
    await eventually('another look', () => looks() > before);
    assert.equal(setting.sandbox.status().groups[0]?.policy.min, 3);
    assert.equal(setting.capacity().idle, 3);
  } finally {
    await setting.end();
  }
});
