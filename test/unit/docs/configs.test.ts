// The runner configs that the documents show: each one is valid.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../../core/config/parse.ts';
import { allDocuments, codeBlocks } from './documents.ts';

const isConfig = /^(?:constants|groups|discovery|cleaner):/m;

const configs = allDocuments().flatMap((document) =>
  codeBlocks(document)
    .filter(({ language, text }) => language === 'yaml' && isConfig.test(text))
    .map(({ text }, index) => ({ name: `${document.path}, block ${index + 1}`, text })),
);

test('the documents show configs at all', () => {
  assert.ok(configs.length > 0);
});

for (const { name, text } of configs) {
  test(`the config shown in ${name} is valid`, () => {
    const { config, problems } = parseConfig(text, name);
    assert.deepEqual(problems, undefined);
    assert.ok(config);
  });
}
