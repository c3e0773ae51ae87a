// Runners whose process dies: those that come back are left alone, those that do not are removed on both sides.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  controlPlane,
  eventually,
  kubectl,
  runnerNamespace,
  runnerPods,
  tryKubectl,
  type Pod,
} from '../cluster.ts';
import { calm, online, type Stage } from '../stage.ts';

async function killRunner(pod: string): Promise<void> {
  await tryKubectl('exec', '-n', runnerNamespace, pod, '-c', 'runner', '--', 'sh', '-c', 'kill -USR2 1');
}

async function anyRunner(): Promise<{ readonly id: string; readonly name: string }> {
  const [pod] = (await runnerPods()) as readonly [Pod, ...Pod[]];
  return { id: pod.metadata.labels['runner_uuid'] ?? '', name: pod.metadata.name };
}

export function sweeping(stage: () => Stage): void {
  test('a runner whose process is killed signs on again by itself, in the same pod', async () => {
    await calm(stage(), 3, 120);
    const { runnerService } = stage().vendor;
    const { id, name } = await anyRunner();
    const before = runnerService.signOns.get(id) ?? 0;
    await killRunner(name);
    await eventually('it signs on again', 60, () => (runnerService.signOns.get(id) ?? 0) > before);
    await eventually('three are online', 60, () => online(stage()) === 3);
    assert.ok((await runnerPods()).some(({ metadata }) => metadata.name === name));
  });

  test('the cleaner removes a runner whose process was killed for good, on both sides', async () => {
    const { vendor } = stage();
    const { id, name } = await anyRunner();
    vendor.runnerService.bar(id);
    await killRunner(name);
    await eventually('its registration is gone', 180, () =>
      vendor.runners().every((runner) => runner.id !== id),
    );
    const left = (): Promise<string> =>
      kubectl('get', 'jobs,secrets,pods', '-n', runnerNamespace, '-l', `runner_uuid=${id}`, '-o', 'name');
    await eventually('its Job, Secret and pod are gone', 60, async () => (await left()) === '');
    await eventually('another has come in its place', 60, () => online(stage()) === 3);
    const log = await kubectl('logs', '-n', controlPlane, '-l', 'app=runner-controller-cleaner', '--tail=-1');
    assert.ok(log.includes(id), 'the cleaner tells that it did so');
  });
}
