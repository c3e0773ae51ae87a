// doctor tells the limits of this version that apply to a config, and the page that it names explains each.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { knownLimits } from '../../../controller/doctor/limits.ts';
import type { Config } from '../../../core/config/config.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import { configText } from '../../fakes/world.ts';

const page = readFileSync(new URL('../../../docs/known-limits.md', import.meta.url), 'utf8');

function configOf(text: string): Config {
  const { config } = parseConfig(text, 'f');
  assert.ok(config !== undefined);
  return config;
}

const bitbucket = configOf(configText({}));
const circleCi = configOf('discovery: {circleci_namespace: acme, cron_jobs: {namespace: runners}}');

function told(config: Config): string {
  return knownLimits(config)
    .map(({ message }) => message)
    .join('\n');
}

test('limits of one CI service are not told to users of the other', () => {
  assert.doesNotMatch(told(bitbucket), /headroom/);
  assert.match(told(circleCi), /headroom/);
});

test('every limit says what to do, and each heading that it names is on the page', () => {
  for (const { level, fix = '' } of [...knownLimits(bitbucket), ...knownLimits(circleCi)]) {
    assert.equal(level, 'note');
    const [, heading = ''] = /docs\/known-limits\.md, "([^"]+)"/.exec(fix) ?? [];
    assert.ok(page.includes(`\n## ${heading}\n`), fix);
  }
});
