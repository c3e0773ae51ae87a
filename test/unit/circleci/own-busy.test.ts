// A resource class that other people's machines serve as well: their tasks order no runner of this group.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { cronJobConfig, cronJob, minuteMs, onlyGroup, stage, type Setting } from './setting.ts';

const resourceClass = 'acme/linux';

const configWith = (parameters: string): ReturnType<typeof cronJobConfig> =>
  cronJobConfig(`max: 40, ${parameters}`);

/** Ten machines of somebody else, each at a task of five hours. */
async function besideTen(t: TestContext): Promise<Setting> {
  const setting = await stage(t, { life: { singleTask: false, idleMs: 5 * minuteMs } });
  setting.kubernetes.create(cronJob('small-runner', resourceClass));
  setting.tasks.declareClass(resourceClass);
  for (let number = 0; number < 10; number += 1) {
    const life = { singleTask: false, idleMs: 1e12 };
    setting.tasks.connect({ name: `static-${number}`, resourceClass, life, ended: () => undefined });
    setting.tasks.arrive(resourceClass, 300 * minuteMs);
  }
  return setting;
}

function made({ kubernetes }: Setting): number {
  return kubernetes.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/jobs')).length;
}

test('tasks on machines of others order no runner, for two hours', async (t) => {
  const setting = await besideTen(t);
  const config = configWith('min: 0');
  const group = setting.group(config, onlyGroup(config));
  await group.tick();
  assert.equal(
    group.decisions[0]?.because,
    '0 tasks unclaimed + 10 running - 10 on other runners + headroom 0 = 0',
  );
  const end = setting.clock.now() + 120 * minuteMs;
  while (setting.clock.now() < end) await group.tick();
  assert.equal(made(setting), 0);
});

test('a task that waits gets its runner all the same, and the next one gets another', async (t) => {
  const setting = await besideTen(t);
  const config = configWith('min: 0');
  const group = setting.group(config, onlyGroup(config));
  for (let task = 1; task <= 3; task += 1) {
    setting.tasks.arrive(resourceClass, 60 * minuteMs);
    for (let look = 0; look < 30; look += 1) await group.tick();
    assert.deepEqual([setting.tasks.unclaimed(resourceClass), made(setting)], [0, task]);
  }
});
