// What `check` prints of a good file: the nodes that its Jobs will really ask for.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describeConfig } from '../../../core/config/describe.ts';
import { parseConfig } from '../../../core/config/parse.ts';

function fileWith(written: string): string {
  return `groups:
  - {name: Linux, workspace: acme, labels: [my.group], namespace: runners, strategy: percentageRunnersIdle, ${written}
     parameters: {min: 1, max: 10, scale_up_threshold: 0.5, scale_down_threshold: 0.2, scale_up_multiplier: 1.5, scale_down_multiplier: 0.5}}`;
}

function nodesShown(written: string): string[] {
  const { config, problems } = parseConfig(fileWith(written), 'config.yaml');
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

test('`check` tells the part of each program, and how many runners an hour the rest pays for', () => {
  const { config } = parseConfig(fileWith(''), 'config.yaml');
  assert.ok(config);
  const lines = describeConfig(config).split('\n').slice(-2);
  // Of 840: 42 for taking back, 120 for looking every 30 s; 4 calls a runner.
  assert.deepEqual(lines, [
    '  parts        controller 840, cleaner 160',
    '  runners      at least 169 an hour can be ordered and retired, at 4 calls each',
  ]);
});

test('`check` warns of a max that the calls of an hour cannot fill and empty', () => {
  const warningsWith = (max: number): string => {
    const file = `constants: {bitbucket_runner_limit: 500}\n${fileWith('').replace('max: 10', `max: ${max}`)}`;
    return parseConfig(file, 'config.yaml')
      .warnings.map(({ message }) => message)
      .join();
  };
  assert.match(warningsWith(100), /takes 400 calls \(4 a runner\), but .* leave 160 of the 1000/);
  assert.doesNotMatch(warningsWith(10), /filling every group/);
});
