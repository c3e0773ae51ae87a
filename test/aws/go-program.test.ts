// The EC2 set-up of circleci-runner-autoscaler with its environment variables alone, on a third party's AWS.

import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { jobTemplatePathFrom } from '../../cli/files.ts';
import { startController } from '../../controller/main.ts';
import { createAutoScalingClient } from '../../core/clients/auto-scaling/client.ts';
import { fasterClock } from '../../core/process/clock.ts';
import { createCircleCiDouble } from '../../sandbox/circleci/double.ts';
import { TaskService } from '../../sandbox/circleci/tasks.ts';
import { Timeline } from '../../simulate/timeline.ts';
import { access, createGroup, environment, removeGroup, skip } from './moto.ts';

const region = 'eu-west-1';
const minuteMs = 60_000;

async function eventually(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within a minute: ${what}`);
    await sleep(100);
  }
}

test(
  'tagged groups are found, raised for their tasks and no further, and forgotten when they are gone',
  { skip },
  async (t) => {
    const clock = fasterClock(20);
    const timeline = new Timeline(clock.now());
    const tasks = new TaskService(timeline);
    const circleCi = createCircleCiDouble({ tasks, timeline, clock });
    const url = await circleCi.listen();
    const client = createAutoScalingClient({ region, access });
    // As the Go program needed it: the group's name is the tag's value.
    await createGroup({ region, name: 'acme/ec2-linux', max: 5, tag: 'acme/ec2-linux' });
    await createGroup({ region, name: 'foreign', max: 5, tag: 'other/ec2-linux' });
    await createGroup({ region, name: 'untagged', max: 5 });
    for (const each of ['acme/ec2-linux', 'acme/late']) tasks.declareClass(each);
    for (let index = 0; index < 3; index += 1) tasks.arrive('acme/ec2-linux', 1000 * minuteMs);
    const lines: string[] = [];
    const controller = await startController({
      ...{
        configPath: undefined,
        jobTemplatePath: jobTemplatePathFrom(undefined),
        clock,
        port: 0,
        host: '127.0.0.1',
      },
      env: {
        ...{
          APP_CIRCLE_TOKEN: 'token',
          APP_CIRCLE_RESOURCE_NAMESPACE: 'acme',
          APP_KUBERNETES_SCALER_ENABLED: 'false',
        },
        ...{ CIRCLECI_RUNNER_API_URL: url, AWS_REGION: region, LOG_LEVEL: 'info', ...environment },
      },
      random: Math.random,
      page: () => '',
      destination: new Writable({
        write(chunk: Buffer, _encoding, done): void {
          lines.push(chunk.toString());
          done();
        },
      }),
    });
    t.after(async () => {
      await controller.stop();
      await circleCi.close();
      for (const name of ['acme/ec2-linux', 'foreign', 'untagged', 'any-name']) {
        await removeGroup(region, name).catch(() => undefined);
      }
    });
    const desired = async (name: string): Promise<number | undefined> =>
      (await client.describe([name]))[0]?.desired;
    const names = (): string[] => controller.status().groups.map(({ name }) => name);

    await eventually('the group is raised to 3', async () => (await desired('acme/ec2-linux')) === 3);
    assert.deepEqual(names(), ['acme/ec2-linux']);
    for (let index = 0; index < 10; index += 1) tasks.arrive('acme/ec2-linux', 1000 * minuteMs);
    await eventually(
      'the group is raised to its MaxSize',
      async () => (await desired('acme/ec2-linux')) === 5,
    );

    await createGroup({ region, name: 'any-name', max: 5, tag: 'acme/late' });
    tasks.arrive('acme/late', 1000 * minuteMs);
    await eventually('a new group is served', async () => (await desired('any-name')) === 1);
    await removeGroup(region, 'any-name');
    await eventually('a removed group is forgotten', () => !names().includes('acme/late'));
    assert.deepEqual([await desired('foreign'), await desired('untagged')], [0, 0]);
    assert.deepEqual(
      lines.filter((line) => line.includes('"level":"error"')),
      [],
    );
  },
);
