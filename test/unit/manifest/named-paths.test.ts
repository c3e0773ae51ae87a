// The files of kustomize/ that messages and comments of the code tell users to apply are there.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { projectFile } from '../../../cli/files.ts';

test('every path below kustomize/ that the code names is there', () => {
  const files = globSync(projectFile('{cli,cleaner,controller,core,sandbox}/**/*.ts'));
  const named = files.flatMap((file) => {
    const found = readFileSync(file, 'utf8').matchAll(/\bkustomize\/[\w./-]*\w/g);
    return [...found].map(([path]) => ({ file, path }));
  });
  assert.ok(named.length > 5);
  for (const { file, path } of named) assert.ok(existsSync(projectFile(path)), `${file} names ${path}`);
});
