// The configuration that kustomize/values ships with has the defaults that we promise; whatever it is edited to, it is valid.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../../core/config/parse.ts';
import { fileBeside } from './given.ts';

test('the shipped runner_config.yaml looks every 30 s, every 15 s under pressure', () => {
  const text = fileBeside('fixtures/shipped_runner_config.yaml');
  const { config, problems } = parseConfig(text, 'runner_config.yaml');
  assert.equal(problems, undefined);
  assert.equal(config?.constants.pollingIntervalMs, 30_000);
  assert.equal(config.constants.fastPollingIntervalMs, 15_000);
  const [group] = config.groups;
  assert.ok(group?.service === 'bitbucket');
  assert.deepEqual([group.policy.min, group.policy.max, group.namespace], [1, 10, 'runner-group-1']);
  assert.ok(group.labels.includes('my.group'));
});

test('the runner_config.yaml in kustomize/values is valid, edited or not', () => {
  const text = fileBeside('../../../kustomize/values/runner_config.yaml');
  assert.deepEqual(parseConfig(text, 'runner_config.yaml').problems, undefined);
});
