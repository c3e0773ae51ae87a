// What `check` prints of a good file: the nodes that its Jobs will really ask for.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describeConfig } from '../../../core/config/describe.ts';
import { parseConfig } from '../../../core/config/parse.ts';

function nodesShown(written: string): string[] {
  const file = `groups:
  - {name: Linux, workspace: acme, labels: [my.group], namespace: runners, strategy: percentageRunnersIdle, ${written}
     parameters: {min: 1, max: 10, scale_up_threshold: 0.5, scale_down_threshold: 0.2, scale_up_multiplier: 1.5, scale_down_multiplier: 0.5}}`;
  const { config, problems } = parseConfig(file, 'config.yaml');
  assert.ok(config, JSON.stringify(problems));
  const lines = describeConfig(config).split('\n');
  return lines.filter((line) => /^ {2}nodes|Jinja/.test(line)).map((line) => line.trim());
}

describe('the nodes that `check` prints are those of either kind of job template', () => {
  const jinja = 'with a Jinja job template (<% %>):';
  const rows: readonly [string, string[]][] = [
    [
      '',
      ['nodes        kubernetes.io/arch=amd64, customer=shared', `${jinja} any, and what the template says`],
    ],
    [
      'node_selector: {customer: shared},',
      [
        'nodes        kubernetes.io/arch=amd64, customer=shared',
        `${jinja} customer=shared, and what the template says`,
      ],
    ],
    ['architecture: arm64, node_selector: {pool: ci},', ['nodes        kubernetes.io/arch=arm64, pool=ci']],
  ];
  for (const [written, expected] of rows) {
    test(written || 'nothing written', () => assert.deepEqual(nodesShown(written), expected));
  }
});
