// The table of what `check` refuses of an old file: each row is run through `check`.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { checkCommand } from '../../../cli/check.ts';
import { readDocument, tableAfter } from './documents.ts';

type Section = Record<string, unknown>;

const group: Section = {
  ...{ name: 'Linux', workspace: 'acme', labels: ['my.group'], namespace: 'runners' },
  strategy: 'percentageRunnersIdle',
  parameters: {
    ...{ min: 1, max: 10, scale_up_threshold: 0.5, scale_down_threshold: 0.2 },
    ...{ scale_up_multiplier: 1.5, scale_down_multiplier: 0.5 },
  },
};

function merged(base: Section, change: Section): Section {
  const parameters = { ...(base['parameters'] as Section), ...(change['parameters'] as Section | undefined) };
  return { ...base, ...change, parameters };
}

/** The old file with what a row shows in its place; a second line of one key is left to stand beside the first. */
function fileWith([first = '', second]: readonly string[]): string {
  const change = parse(first) as Section;
  if ('constants' in change) return stringify({ ...change, groups: [group] });
  const changes = (change['groups'] ?? [change]) as Section[];
  const text = stringify({
    groups: changes.map((each, at) => merged({ ...group, labels: [`g${at}`] }, each)),
  });
  return second === undefined ? text : `${text}    ${second}\n`;
}

async function check(text: string): Promise<{ code: number; out: string }> {
  const file = join(mkdtempSync(join(tmpdir(), 'migration-')), 'runners_config.yaml');
  writeFileSync(file, text);
  let out = '';
  const code = await checkCommand(
    [file],
    { output: 'text', env: {} },
    { stdout: (more) => void (out += more), stderr: () => undefined },
  );
  return { code, out };
}

function spans(cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
}

const rows = tableAfter(readDocument('docs/migrate-from-atlassian.md'), 'refused');

describe('what the migration guide says that `check` refuses is refused, with that message', () => {
  test('there are rows', () => assert.ok(rows.length > 10));
  for (const [old, says] of rows) {
    test(old ?? '', async () => {
      const [message = ''] = spans(says);
      assert.notEqual(message, '');
      const { code, out } = await check(fileWith(spans(old)));
      assert.equal(code, 2, out);
      assert.ok(out.includes(message), out);
      assert.equal(out.match(/^\S+:\d+:\d+: /gm)?.length, 1, out);
    });
  }
});

test('a number in quotes is read as the number, as by the old program', async () => {
  const quoted = "parameters: {min: '2', max: \"10\", scale_up_threshold: '0.8'}";
  const { code, out } = await check(fileWith([quoted]));
  assert.equal(code, 0, out);
  assert.match(out, /2 to 10/);
  assert.match(out, /above 0\.8 busy/);
});

test('a number in quotes is held to the same bounds, and a text is none', async () => {
  for (const [written, message] of [
    ["parameters: {min: '-1'}", 'must be at least 0'],
    ["parameters: {min: '1.5'}", 'expected a whole number'],
    ["parameters: {min: 'one'}", 'expected a whole number'],
    ["parameters: {min: ''}", 'expected a whole number'],
  ] as const) {
    const { code, out } = await check(fileWith([written]));
    assert.equal(code, 2, out);
    assert.ok(out.includes(message), out);
  }
});
