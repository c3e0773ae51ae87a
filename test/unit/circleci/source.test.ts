// CircleCI as a source: 0 tasks are believed only of a class that the token can see, and failures hold the group.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cronJobConfig, cronJob, onlyGroup, stage } from './setting.ts';

const resourceClass = 'acme/linux';

const config = cronJobConfig('max: 10, headroom: 1', '');

test('0 tasks of a class that the namespace does not list are no calm: the group holds, and the message says what to check', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  setting.tasks.declareClass('acme/another');
  const { reason, because, actions, to } = await setting.group(config, onlyGroup(config)).tick();
  assert.equal(reason, 'source-unavailable');
  assert.deepEqual([actions, to], [[], undefined]);
  assert.match(
    because,
    /acme\/linux: 0 tasks, but the namespace acme does not list this class.*CIRCLE_TOKEN \(or APP_CIRCLE_TOKEN\)/,
  );
});

test('a token that sees nothing is told apart from a class without tasks', async (t) => {
  const setting = await stage(t, { tokenThatSees: 'another token' });
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  setting.tasks.declareClass(resourceClass);
  setting.tasks.arrive(resourceClass, 60_000);
  const { reason } = await setting.group(config, onlyGroup(config)).tick();
  assert.equal(reason, 'source-unavailable');
});

test('a class that is listed is calm at 0 tasks', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  setting.tasks.declareClass(resourceClass);
  const group = setting.group(config, onlyGroup(config));
  assert.equal((await group.tick()).reason, 'no-backlog');
});

test('a token that loses its rights holds the group at 0 tasks: nobody is drained for it', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  setting.tasks.declareClass(resourceClass);
  const group = setting.group(config, onlyGroup(config));
  assert.equal((await group.tick()).reason, 'no-backlog');
  setting.circleCi.failNext({ path: /runner\/resource/, status: 200, body: '{"items":[]}' });
  const held = await group.tick();
  assert.deepEqual([held.reason, held.actions], ['source-unavailable', []]);
  assert.match(held.because, /CIRCLE_TOKEN/);
  assert.equal((await group.tick()).reason, 'no-backlog');
});

test('tasks are proof enough where a server has no list of classes', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  setting.circleCi.failNext({ path: /runner\/resource/, status: 404 });
  setting.tasks.arrive(resourceClass, 60_000);
  const group = setting.group(config, onlyGroup(config));
  assert.deepEqual((await group.tick()).actions, [{ kind: 'order', count: 2 }]);
  setting.pass(60 * 60_000);
  assert.equal((await group.tick()).reason, 'no-backlog');
});

test('where that list is there and fails, 0 tasks are not believed', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  setting.tasks.declareClass(resourceClass);
  for (let attempt = 0; attempt < 3; attempt += 1)
    setting.circleCi.failNext({ path: /runner\/resource/, status: 500 });
  assert.equal((await setting.group(config, onlyGroup(config)).tick()).reason, 'source-unavailable');
});

for (const [status, body] of [
  [500, undefined],
  [401, undefined],
  [200, '<html>'],
] as const) {
  test(`an answer with status ${status}${body === undefined ? '' : ' that is no JSON'} holds the group`, async (t) => {
    const setting = await stage(t);
    setting.kubernetes.create(cronJob('small-runner', resourceClass));
    setting.tasks.arrive(resourceClass, 60_000);
    for (let attempt = 0; attempt < 3; attempt += 1)
      setting.circleCi.failNext({ path: /tasks/, status, body });
    const group = setting.group(config, onlyGroup(config));
    const held = await group.tick();
    assert.deepEqual([held.reason, held.actions], ['source-unavailable', []]);
  });
}

test('running tasks are asked for before unclaimed ones, so that none is counted twice', async (t) => {
  const setting = await stage(t);
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  setting.tasks.declareClass(resourceClass);
  await setting.group(config, onlyGroup(config)).tick();
  const asked = setting.circleCi.calls.map(({ url }) => url).filter((url) => url.includes('/tasks'));
  assert.deepEqual(
    asked.map((url) => url.includes('/running')),
    [true, false],
  );
});
