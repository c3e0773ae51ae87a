// No text of a config, a template or a vendor's answer reaches a terminal raw, nor forges a line of a command's output.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { explainCommand } from '../../../cli/explain.ts';
import { formatProblem } from '../../../core/errors.ts';
import { printable, printableData, printableLines } from '../../../core/printable.ts';

const main = new URL('../../../cli/main.ts', import.meta.url).pathname;
/** Sets the title, clears the screen, moves the cursor, turns the text around, and begins a line of its own. */
const hostile = '\u001b]0;owned\u0007\u001b[2J\u009b1A\r\u202eevil\u2066\nwanted 0, all is well\u007f\u0008';
// eslint-disable-next-line no-control-regex
const raw = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

const folder = mkdtempSync(join(tmpdir(), 'printable-'));
after(() => rmSync(folder, { recursive: true }));

test('whatever a text holds, it is printed as one line without a character that steers a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(printable(text), raw);
      assert.doesNotMatch(printable(text), /[\n\t]/);
      assert.doesNotMatch(printableLines(text), raw);
      assert.equal(printableLines(text).split('\n').length, text.split('\n').length);
    }),
  );
});

test('plain text of any language stays as it is', () => {
  const text = 'Größe 3 µs, 日本語, emoji 👩‍💻, "quotes"';
  assert.equal(printable(text), text);
});

test('JSON stays the JSON of the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(JSON.parse(printableLines(text)), JSON.parse(text));
    }),
  );
});

test('data is made printable at any depth, keys included', () => {
  const safe = printable(hostile);
  assert.deepEqual(printableData({ [hostile]: [{ a: hostile }, 5, null, true] }), {
    [safe]: [{ a: safe }, 5, null, true],
  });
});

test('a problem of a file is one line', () => {
  const line = formatProblem({ file: hostile, line: 1, column: 1, path: hostile, message: hostile });
  assert.doesNotMatch(line, raw);
  assert.ok(!line.includes('\n'));
});

test('explain prints what a controller says without its escapes, and with no line more', async () => {
  const decision = {
    at: hostile,
    from: 1,
    to: 2,
    reason: hostile,
    because: hostile,
    limits: [{ limit: hostile, from: 3, to: 2, because: hostile }],
    actions: [{ kind: 'retire', runnerId: hostile }],
  };
  const group = {
    ...{ name: 'a', source: hostile, target: hostile, policy: { min: 0, max: 1 }, observedAt: hostile },
    ...{ decision, decisions: [] },
  };
  const server = createServer((_, response) =>
    response.end(JSON.stringify({ leader: true, leadership: { state: 'leading' }, groups: [group] })),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const out: string[] = [];
  const output = {
    stdout: (text: string) => void out.push(text),
    stderr: (text: string) => void out.push(text),
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await explainCommand('a', { url, output: 'text' }, output);
  server.close();
  server.closeAllConnections();
  const text = out.join('');
  assert.match(text, /all is well/);
  assert.doesNotMatch(text, raw);
  assert.doesNotMatch(text, /^wanted 0/m);
});

/** What a person typed may have its line breaks. */
const isOwnWord = new Set(['a wrong flag', 'an unknown command']);

const commands: readonly (readonly [string, string[]])[] = [
  ['check', ['check', join(folder, 'config.yaml')]],
  ['plan', ['plan', '--config', join(folder, 'config.yaml'), '--job-template', join(folder, 'job.yaml')]],
  ['a wrong flag', [`--${hostile}`]],
  ['an unknown command', [hostile]],
  ['explain', ['explain', hostile, '--url', 'http://127.0.0.1:9']],
];
writeFileSync(
  join(folder, 'config.yaml'),
  `${JSON.stringify(hostile)}: 1\ngroups: [{name: ${JSON.stringify(hostile)}}]\n`,
);
writeFileSync(
  join(folder, 'job.yaml'),
  `${JSON.stringify(hostile)}: <% ${JSON.stringify(hostile)} | upper | nothing %>\n`,
);

for (const [what, args] of commands) {
  test(`${what} prints hostile text without its escapes`, () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
    assert.doesNotMatch(stdout + stderr, raw);
    if (!isOwnWord.has(what)) assert.doesNotMatch(stdout + stderr, /^wanted 0/m);
    assert.notEqual(status, 0);
  });
}
