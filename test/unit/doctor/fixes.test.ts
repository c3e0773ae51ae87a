// What doctor advises leads somewhere: each manifest, document and heading that its texts name is there.

import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { projectFile } from '../../../cli/files.ts';

const source = globSync(projectFile('controller/doctor/*.ts'))
  .map((file) => readFileSync(file, 'utf8').replaceAll(/^\s*(?:\/\/|\*|\/\*\*).*$/gm, ''))
  .join('\n');

test('every file and folder that a fix names is there', () => {
  const named = [...source.matchAll(/\b(?:docs|kustomize|examples)\/[\w./-]*\w/g)].map(([path]) => path);
  assert.ok(named.length > 5);
  for (const path of named) assert.ok(existsSync(projectFile(path)), path);
});

test('every heading that a fix names is there', () => {
  const named = [...source.matchAll(/(docs\/[\w./-]+\.md), "([^"]+)"/g)];
  assert.ok(named.length > 0);
  for (const [, path = '', heading = ''] of named)
    assert.match(readFileSync(projectFile(path), 'utf8'), new RegExp(`^#+ ${heading}$`, 'm'));
});

test('every Role that kustomize/programs/leader-election.yaml is said to give is in it', () => {
  const text = readFileSync(projectFile('kustomize/programs/leader-election.yaml'), 'utf8');
  assert.match(text, /resources: \[leases\]/);
  assert.match(text, /resources: \[events\]/);
});
