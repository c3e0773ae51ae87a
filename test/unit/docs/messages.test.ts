// Whatever the programs can log at warn or above is named in docs/operations.md or, where only the cleaner says it, in docs/cleaner.md.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { projectFile } from '../../../cli/files.ts';
import { readDocument, tableAfter } from './documents.ts';

interface Said {
  readonly file: string;
  /** The fixed parts of the message; none where it is made elsewhere. */
  readonly parts: readonly string[];
}

/** Hands on what others have said, or makes it of parts that are looked for here. */
const madeElsewhere: Readonly<Record<string, readonly string[]>> = {
  'controller/main.ts': [],
  'cleaner/main.ts': [],
  'core/process/warnings.ts': ['is not read, as', 'is set too'],
  'core/credential-files.ts': ['its last content stays in use'],
  'controller/targets/cron-job.ts': ['is not suspended', 'hinders scale_in'],
  'core/clients/clients.ts': [],
};

/** The value of a constant of the file. */
function constant(file: ts.SourceFile, name: string): ts.Expression | undefined {
  let found: ts.Expression | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.name.text === name)
      found = node.initializer;
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function partsOf(file: ts.SourceFile, node: ts.Expression | undefined): string[] {
  if (node === undefined) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
  return ts.isIdentifier(node) ? partsOf(file, constant(file, node.text)) : [];
}

function isLoud({ expression }: ts.CallExpression): boolean {
  if (ts.isIdentifier(expression)) return expression.text === 'warn';
  if (!ts.isPropertyAccessExpression(expression)) return false;
  const of = expression.expression.getText();
  const { text } = expression.name;
  return (
    (/logger$/.test(of) && ['warn', 'error', 'fatal'].includes(text)) ||
    (/options$/.test(of) && text === 'warn')
  );
}

function saidIn(path: string): Said[] {
  const file = ts.createSourceFile(basename(path), readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const said: Said[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isLoud(node)) {
      const parts = partsOf(file, node.arguments.at(-1)).map((part) => part.trim());
      said.push({ file: relative(projectFile('.'), path), parts: parts.filter((part) => part.length > 3) });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return said;
}

/** The rules of the config have a `warn` of their own: `check` shows what it says, with its place. */
const said = globSync(projectFile('{controller,core,cleaner}/**/*.ts'))
  .filter((path) => !path.includes('/core/config/'))
  .flatMap(saidIn);

/** Dots stand for what differs from line to line; line breaks of the document do not count. */
function textOf(path: string): string {
  return readDocument(path).text.replaceAll(/\s+/g, ' ');
}

const operations = textOf('docs/operations.md');
const cleaner = textOf('docs/cleaner.md');

test('every message at warn or above is named in docs/operations.md, or in docs/cleaner.md if it is the cleaner’s', () => {
  assert.ok(said.length > 12);
  for (const { file, parts } of said) {
    const wanted = parts.length > 0 ? parts : madeElsewhere[file];
    assert.ok(wanted, `${file} logs a message that is not found in it; add it to madeElsewhere`);
    const text = file.startsWith('cleaner/') ? cleaner : operations;
    for (const part of wanted) {
      const begin = part.replace(/[.:;]+$/, '');
      assert.ok(text.includes(begin), `${file}: "${begin}" is not named`);
    }
  }
});

test('the messages that are made elsewhere are still made there', () => {
  for (const [file, parts] of Object.entries(madeElsewhere)) {
    assert.ok(
      said.some((one) => one.file === file),
      `${file} logs nothing`,
    );
    const made = globSync(projectFile('{controller,core}/**/*.ts')).map((path) => readFileSync(path, 'utf8'));
    for (const part of parts)
      assert.ok(
        made.some((source) => source.includes(part)),
        part,
      );
  }
});

test('every message that docs/cleaner.md lists is in the cleaner', () => {
  const source = globSync(projectFile('{cleaner,core}/**/*.ts')).map((path) => readFileSync(path, 'utf8'));
  const listed = tableAfter(readDocument('docs/cleaner.md'), 'messages').flatMap(([cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message),
  );
  assert.ok(listed.length > 5);
  for (const message of listed)
    assert.ok(
      source.some((text) => text.includes(message)),
      message,
    );
});
