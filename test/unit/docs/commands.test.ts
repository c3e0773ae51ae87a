// The commands that the documents show: each exists with its flags, and each npm script too.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { projectFile } from '../../../cli/files.ts';
import { allDocuments, codeBlocks, codeSpans, type Document } from './documents.ts';

interface Shown {
  readonly command: string;
  readonly flags: readonly string[];
  readonly line: string;
}

const ways = [
  /(?:^|\s)npm run -s runner-autoscaler -- (.*)/,
  /(?:^|\s)(?:npx )?node cli\/main\.ts (.*)/,
  /^runner-autoscaler ((?!\d).*)/,
];
const placeholder = /^[A-Z…]+$/;

function flagsIn(text: string): readonly string[] {
  return [...text.matchAll(/(?:^|\s)(--[a-z][a-z-]*)/g)].map(([, flag = '']) => flag);
}

function shownIn(line: string): readonly Shown[] {
  const start = /(?:^|\s)npm start(?: -s)?(?: -- (.*))?$/.exec(line);
  if (start) return [{ command: 'sandbox', flags: flagsIn(start[1] ?? ''), line }];
  const rest = ways.map((way) => way.exec(line)?.[1]).find((found) => found !== undefined);
  const command = rest?.split(' ')[0] ?? '';
  if (rest === undefined || command === '' || placeholder.test(command)) return [];
  return [{ command, flags: flagsIn(rest), line }];
}

function linesOf(document: Document): readonly string[] {
  const blocks = codeBlocks(document).filter(({ language }) => language === 'sh');
  return [...blocks.flatMap(({ text }) => text.split('\n')), ...codeSpans(document)];
}

const help = new Map<string, string>();

function helpOf(command: string): string {
  const known = help.get(command);
  if (known !== undefined) return known;
  const { stdout, status } = spawnSync(process.execPath, [projectFile('cli/main.ts'), command, '--help'], {
    encoding: 'utf8',
  });
  const text = status === 0 && stdout.startsWith(`Usage: runner-autoscaler ${command} `) ? stdout : '';
  help.set(command, text);
  return text;
}

const documents = allDocuments();
const all = documents.map((document) => ({ path: document.path, shown: linesOf(document).flatMap(shownIn) }));

test('the documents show commands at all', () => {
  assert.ok(all.flatMap(({ shown }) => shown).length > 5);
});

for (const { path, shown } of all.filter((entry) => entry.shown.length > 0)) {
  test(`the commands shown in ${path} exist with their flags`, () => {
    for (const { command, flags, line } of shown) {
      const text = helpOf(command);
      assert.notEqual(text, '', `there is no command "${command}" (${line})`);
      for (const flag of flags) assert.match(text, new RegExp(`${flag}\\b`), `no ${flag} (${line})`);
    }
  });
}

test('the npm scripts that the documents name exist', () => {
  const manifest = JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const document of documents) {
    for (const line of linesOf(document)) {
      const script = /\bnpm run (?:-s )?([a-z0-9:-]+)/.exec(line)?.[1];
      if (script !== undefined) assert.ok(script in manifest.scripts, `${document.path}: npm run ${script}`);
    }
  }
});
