// Configuration files on disk, and the command that checks them.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkCommand } from '../../../cli/check.ts';
import { readConfigFile } from '../../../core/config/read.ts';

const folder = mkdtempSync(join(tmpdir(), 'runner-config-'));
after(() => rmSync(folder, { recursive: true }));

const examples = join(import.meta.dirname, '../../../examples');
const minZero = join(import.meta.dirname, '../../configs/ok/min-zero.yaml');
const unknownKey = join(import.meta.dirname, '../../configs/err/unknown-key.yaml');
const discovery = (namespace: string): string =>
  `constants: {runner_api_polling_interval: 15}\ndiscovery: {circleci_namespace: ${namespace}, cron_jobs: {namespace: ci}}\n`;

async function check(...files: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const seen = { stdout: '', stderr: '' };
  const code = await checkCommand(
    files,
    { output: 'text', env: {} },
    {
      stdout: (text) => (seen.stdout += text),
      stderr: (text) => (seen.stderr += text),
    },
  );
  return { code, ...seen };
}

test('a folder means the file in it, under either name, ours first', async () => {
  assert.match((await readConfigFile(folder)).problems?.[0]?.message ?? '', /neither/);
  writeFileSync(join(folder, 'runners_config.yaml'), discovery('old'));
  assert.equal((await readConfigFile(folder)).config?.discovery?.circleCiNamespace, 'old');
  writeFileSync(join(folder, 'runner_config.yaml'), discovery('new'));
  assert.equal((await readConfigFile(folder)).config?.discovery?.circleCiNamespace, 'new');
});

test('a file that is missing or not text is a problem, not an exception', async () => {
  const missing = await readConfigFile(join(folder, 'nowhere.yaml'));
  assert.match(missing.problems?.[0]?.message ?? '', /no such file/);
  writeFileSync(join(folder, 'binary.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
  const binary = await readConfigFile(join(folder, 'binary.yaml'));
  assert.match(binary.problems?.[0]?.message ?? '', /UTF-8/);
});

test('check prints the effective configuration of a good file and exits with 0', async () => {
  const { code, stdout, stderr } = await check(join(examples, '02-bitbucket-several-groups.yaml'));
  assert.equal(code, 0);
  assert.equal(stderr, '');
  assert.match(stdout, /group Small/);
  assert.match(stdout, /every 30 s, under pressure every 15 s/);
  assert.match(stdout, /acme +120 when calm, 240 under pressure/);
});

test('check prints problems to stdout, each with its place and its line with a caret, and exits with 2', async () => {
  const { code, stdout } = await check(unknownKey);
  assert.equal(code, 2);
  assert.ok(stdout.startsWith(`${unknownKey}:2:3: constants.fast_poling_interval: `));
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, 9);
  assert.match(lines[1] ?? '', /^ {2}2 \| {3}fast_poling_interval: /);
  assert.match(lines[2] ?? '', /^ {4}\| {3}\^$/);
});

test('check prints warnings to stderr and still exits with 0', async () => {
  const { code, stdout, stderr } = await check(minZero);
  assert.equal(code, 0);
  assert.match(stderr, /min: 0/);
  assert.doesNotMatch(stdout, /min: 0/);
});

test('one bad file of several makes check exit with 2, after all were looked at', async () => {
  const { code, stdout } = await check(join(folder, 'nowhere.yaml'), minZero);
  assert.equal(code, 2);
  assert.match(stdout, /no such file/);
  assert.match(stdout, /min-zero\.yaml is good/);
  assert.equal((await check()).code, 2);
});
