// The links of the documents: each leads to a file, and to a heading that is there.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { projectFile } from '../../../cli/files.ts';
import { allDocuments, anchorsOf, readDocument, withoutCodeBlocks, type Document } from './documents.ts';

function linksOf(document: Document): readonly string[] {
  return [...withoutCodeBlocks(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
}

for (const document of allDocuments()) {
  test(`every link of ${document.path} leads somewhere`, () => {
    for (const link of linksOf(document)) {
      if (/^https?:/.test(link)) continue;
      const [file = '', anchor] = link.split('#');
      const path = file === '' ? document.path : normalize(join(dirname(document.path), file));
      assert.ok(existsSync(projectFile(path)), `${link} is no file`);
      if (anchor === undefined) continue;
      assert.ok(anchorsOf(readDocument(path)).has(anchor), `${link} is no heading`);
    }
  });

  test(`${document.path} says in its first line what it is for`, () => {
    assert.match(document.text, /^<!-- .+ -->\n|^# /);
  });
}

test('README.md links every document and guide', () => {
  const linked = new Set(linksOf(readDocument('README.md')).map((link) => link.split('#')[0]));
  const isGuide = ({ path }: Document): boolean => /^docs\/(?:guides\/)?[^/]+\.md$/.test(path);
  const guides = allDocuments().filter(isGuide);
  assert.ok(guides.length > 10);
  for (const { path } of guides) assert.ok(linked.has(path), `README.md has no link to ${path}`);
});

test('the test command of README.md works on a fresh clone, as one line', () => {
  const [, section = ''] = readDocument('README.md').text.split('\n## Test it\n');
  assert.match(section, /^\n```sh\nnpm ci && npm test\n```\n/);
});
