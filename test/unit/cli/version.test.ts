// What the command says of itself.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { projectFile } from '../../../cli/files.ts';
import manifest from '../../../package.json' with { type: 'json' };

test('--version prints the version of the package, and nothing else', () => {
  const args = [projectFile('cli/main.ts'), '--version'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.deepEqual([status, stdout, stderr], [0, `${manifest.version}\n`, '']);
});
