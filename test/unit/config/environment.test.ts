// The Go program's environment as a configuration.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configFromEnvironment } from '../../../core/config/environment.ts';

const go = { APP_CIRCLE_TOKEN: 'a-token-that-must-not-show', APP_CIRCLE_RESOURCE_NAMESPACE: 'acme' };

test('without its variables it is no configuration', () => {
  assert.equal(configFromEnvironment({ PATH: '/bin', APP_KUBERNETES_NAMESPACE: 'x' }), undefined);
});

test('a namespace alone discovers CronJobs in circleci-runners, bounded', () => {
  const result = configFromEnvironment(go);
  assert.deepEqual(result?.config?.discovery, {
    circleCiNamespace: 'acme',
    cronJobs: { namespace: 'circleci-runners' },
    policy: { strategy: 'unclaimedTasks', min: 0, max: 40, headroom: 0, scaleIn: false },
  });
  assert.deepEqual(result?.config?.groups, []);
  assert.equal(result?.config?.constants.fastPollingIntervalMs, 5000);
  assert.deepEqual(
    result?.warnings.map(({ path }) => path),
    ['', 'AWS_REGION'],
  );
});

test('a region adds its Auto Scaling groups, and Kubernetes can be switched off', () => {
  const env = { ...go, AWS_DEFAULT_REGION: 'us-east-1', APP_KUBERNETES_SCALER_ENABLED: 'F' };
  const discovery = configFromEnvironment(env)?.config?.discovery;
  assert.deepEqual(discovery?.autoScalingGroups, { regions: ['us-east-1'] });
  assert.equal(discovery?.cronJobs, undefined);
});

test('an empty variable counts as not set', () => {
  const env = { ...go, APP_KUBERNETES_NAMESPACE: '', APP_KUBERNETES_SCALER_ENABLED: '', AWS_REGION: '' };
  assert.deepEqual(configFromEnvironment(env)?.config?.discovery?.cronJobs, {
    namespace: 'circleci-runners',
  });
});

const bad = [
  {
    name: 'a token without a namespace',
    env: { ...go, APP_CIRCLE_RESOURCE_NAMESPACE: '' },
    at: 'APP_CIRCLE_RESOURCE_NAMESPACE',
  },
  {
    name: 'a namespace with a slash',
    env: { ...go, APP_CIRCLE_RESOURCE_NAMESPACE: 'a/b' },
    at: 'APP_CIRCLE_RESOURCE_NAMESPACE',
  },
  {
    name: 'a switch that is neither on nor off',
    env: { ...go, APP_KUBERNETES_SCALER_ENABLED: 'maybe' },
    at: 'APP_KUBERNETES_SCALER_ENABLED',
  },
  {
    name: 'a Kubernetes namespace that cannot be',
    env: { ...go, APP_KUBERNETES_NAMESPACE: 'A B' },
    at: 'APP_KUBERNETES_NAMESPACE',
  },
  { name: 'a region that is none', env: { ...go, AWS_REGION: 'Ireland' }, at: 'AWS_REGION' },
  { name: 'nowhere to look', env: { ...go, APP_KUBERNETES_SCALER_ENABLED: 'false' }, at: 'AWS_REGION' },
];

for (const { name, env, at } of bad) {
  test(`${name} is a problem that names the variable and shows no secret`, () => {
    const result = configFromEnvironment(env);
    assert.deepEqual(
      result?.problems?.map(({ path }) => path),
      [at],
    );
    assert.ok(!JSON.stringify(result).includes(go.APP_CIRCLE_TOKEN));
  });
}
