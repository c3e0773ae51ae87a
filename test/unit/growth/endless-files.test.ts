// A file that never ends is refused; it does not fill the memory.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfigFile } from '../../../core/config/read.ts';
import { ConfigError } from '../../../core/errors.ts';
import { neverEnding } from '../../../core/process/ending.ts';
import { readSettings, settingsTexts } from '../../../controller/settings.ts';

test('a config without an end is too long', async () => {
  const { problems = [] } = await readConfigFile('/dev/zero');
  assert.deepEqual(
    problems.map(({ message }) => message.slice(0, 32)),
    ['the file is longer than 1 MiB, w'],
  );
});

test('a job template without an end is too long, and so are both', async () => {
  const paths = { config: '/dev/zero', jobTemplate: '/dev/zero', env: {} };
  const error = await readSettings(paths).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof ConfigError);
  assert.match(error.message, /longer than 1 MiB.*\n.*longer than 65536 characters/);
  const { config, jobTemplate } = await settingsTexts(paths, neverEnding);
  assert.ok(config.length + jobTemplate.length < 3 * 2 ** 20);
});

test('a folder in place of a job template is a problem like any other', async () => {
  const paths = { config: '/dev/null', jobTemplate: '.', env: {} };
  const error = await readSettings(paths).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof ConfigError);
  assert.match(error.message, /the job template can not be read \(EISDIR/);
});
