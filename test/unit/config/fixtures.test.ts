// Runs the configuration cases: each file of test/configs against the messages beside it. UPDATE_CASES=1 rewrites the messages.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseConfig } from '../../../core/config/parse.ts';
import { formatProblem } from '../../../core/errors.ts';

const root = join(import.meta.dirname, '../../configs');

function casesOf(folder: 'ok' | 'err'): string[] {
  const files = readdirSync(join(root, folder));
  return files.filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -'.yaml'.length));
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Every message of a case, problems first; a case without any has no file beside it. */
function messagesOf(folder: string, name: string): { isGood: boolean; text: string } {
  const text = readFileSync(join(root, folder, `${name}.yaml`), 'utf8');
  const { config, problems = [], warnings } = parseConfig(text, `${name}.yaml`);
  const lines = [
    ...problems.map(formatProblem),
    ...warnings.map((warning) => `${formatProblem(warning)} (warning)`),
  ];
  return { isGood: config !== undefined, text: lines.map((line) => `${line}\n`).join('') };
}

for (const folder of ['ok', 'err'] as const) {
  describe(`configurations that are ${folder === 'ok' ? 'good' : 'bad'}`, () => {
    for (const name of casesOf(folder)) {
      test(name, () => {
        const out = join(root, folder, `${name}.out`);
        const { isGood, text } = messagesOf(folder, name);
        assert.equal(isGood, folder === 'ok', text);
        if (process.env['UPDATE_CASES'] === '1' && text !== '') writeFileSync(out, text);
        assert.equal(text, readOrEmpty(out));
      });
    }
  });
}
