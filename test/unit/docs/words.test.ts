// The words in docs/operations.md are those of the code: reasons, limits, actions and log messages.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { projectFile } from '../../../cli/files.ts';
import { holdLinks } from '../../../core/hold-link.ts';
import { startLinks } from '../../../core/hindrance.ts';
import { readDocument, tableAfter, withoutBackticks } from './documents.ts';

const operations = readDocument('docs/operations.md');
const source = readFileSync(projectFile('controller/decide/decision.ts'), 'utf8');

/** The literals of a union type, read from the source since types are gone at run time. */
function unionOf(name: string): readonly string[] {
  const body = new RegExp(`export type ${name} =([^;]+);`).exec(source)?.[1] ?? '';
  return [...body.matchAll(/\| '([\w-]+)'/g)].map(([, word = '']) => word);
}

function listed(marker: string): readonly string[] {
  return tableAfter(operations, marker).map(([word = '']) => withoutBackticks(word));
}

test('docs/operations.md explains every reason word, and no other', () => {
  assert.ok(unionOf('Reason').length > 0);
  assert.deepEqual([...listed('reasons')].sort(), [...unionOf('Reason')].sort());
});

test('docs/operations.md explains every limit word, and no other', () => {
  assert.ok(unionOf('LimitName').length > 0);
  assert.deepEqual([...listed('limits')].sort(), [...unionOf('LimitName')].sort());
});

test('docs/operations.md says of every broken link what to do, and of no other', () => {
  assert.deepEqual([...listed('links')].sort(), [...startLinks].sort());
  assert.deepEqual([...listed('hold links')].sort(), [...holdLinks].sort());
});

test('docs/operations.md lists every Event that is posted, and no other', () => {
  const posting = readFileSync(projectFile('controller/record/notices.ts'), 'utf8');
  const posted = [...posting.matchAll(/reason: '(\w+)'/g)].map(([, reason = '']) => reason);
  assert.ok(posted.length > 5);
  assert.deepEqual([...listed('events')].sort(), [...new Set(posted)].sort());
});

test('docs/operations.md names every kind of action', () => {
  const kinds = [...source.matchAll(/readonly kind: '([\w-]+)'/g)].map(([, kind = '']) => kind);
  assert.ok(kinds.length > 0);
  for (const kind of kinds) assert.ok(operations.text.includes(`\`${kind}\``), kind);
});

test('every log message listed in docs/operations.md is in the code', () => {
  const code = globSync(projectFile('{controller,core}/**/*.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const messages = tableAfter(operations, 'messages').flatMap(([cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message),
  );
  assert.ok(messages.length > 5);
  for (const message of messages) assert.ok(code.includes(`'${message}'`), message);
});
