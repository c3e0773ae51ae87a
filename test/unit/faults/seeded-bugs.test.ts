// The list of seeded bugs fits the code as it is; `npm run seeded-bugs` puts each in and sees it noticed.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { projectFile } from '../../../cli/files.ts';
import { seededBugs } from '../../seeded-bugs/bugs.ts';
import { readProduct, withBug } from '../../seeded-bugs/apply.ts';

test('there are seeded bugs against most promises, each of them once', () => {
  assert.equal(new Set(seededBugs.map(({ name }) => name)).size, seededBugs.length);
  const promises = new Set(seededBugs.map(({ promise }) => promise));
  for (const promise of ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9', 'P10'] as const) {
    assert.ok(promises.has(promise), promise);
  }
});

const product = readProduct(projectFile('.'));

for (const bug of seededBugs) {
  test(`the product has one place for the bug that ${bug.name}`, () => {
    const { before, after } = withBug(product, bug);
    assert.notEqual(after, before);
    for (const file of bug.tests) assert.ok(existsSync(projectFile(`test/unit/${file}`)), file);
  });
}
