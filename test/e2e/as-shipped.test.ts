// What is shipped, on a cluster with a real node: the image under the shipped manifests scales real containers. Chapters build on
// each other, in this order.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { arrival } from './chapters/arrival.ts';
import { disruption, takeover } from './chapters/disruption.ts';
import { network } from './chapters/network.ts';
import { rights } from './chapters/rights.ts';
import { sweeping } from './chapters/sweeping.ts';
import { controlPlane, eventually, kubectl, runnerNamespace, runnerPods, settings, skip } from './cluster.ts';
import { install } from './installation.ts';
import { maxRunners, type Stage } from './stage.ts';
import { startVendor } from './vendor.ts';

describe('as shipped, on a real node', { skip, concurrency: 1 }, () => {
  let stage: Stage;

  before(async () => {
    const vendor = await startVendor(settings.host);
    stage = { vendor, installation: await install(vendor, { min: 1, max: maxRunners }) };
  });

  after(async () => {
    await stage.installation.remove();
    await stage.vendor.close();
  });

  const chapters = [arrival, disruption, sweeping, rights, takeover, network];
  for (const chapter of chapters) chapter(() => stage);

  test('uninstalled as the guide says, nothing is left on either side', async () => {
    await stage.installation.editNow({ min: 0, max: 0 });
    await eventually('no runner is registered', 240, () => stage.vendor.runners().length === 0);
    await eventually('no Job is there', 60, async () => (await runnerPods()).length === 0);
    await stage.installation.remove();
    const left = await kubectl('get', 'namespaces', '-o', 'name');
    assert.doesNotMatch(left, new RegExp(`${controlPlane}|${runnerNamespace}`));
  });
});
