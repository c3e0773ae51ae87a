// The configuration that kustomize/values ships with is valid and has the defaults that we promise.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from '../../../core/config/parse.ts';
import { fileBeside } from './given.ts';

test('the shipped runner_config.yaml is valid as it is and looks every 30 s, every 15 s under pressure', () => {
  const text = fileBeside('../../../kustomize/values/runner_config.yaml');
  const { config, problems } = parseConfig(text, 'runner_config.yaml');
  assert.equal(problems, undefined);
  assert.equal(config?.constants.pollingIntervalMs, 30_000);
  assert.equal(config.constants.fastPollingIntervalMs, 15_000);
  const [group] = config.groups;
  assert.ok(group?.service === 'bitbucket');
  assert.deepEqual([group.policy.min, group.policy.max, group.namespace], [1, 10, 'runner-group-1']);
  assert.ok(group.labels.includes('my.group'));
});
