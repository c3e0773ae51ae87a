// The sandbox's Auto Scaling double keeps the contract that a third party's AWS keeps too (test/aws).

import { createAutoScalingClient } from '../../../core/clients/auto-scaling/client.ts';
import { createAutoScalingDouble } from '../../../sandbox/auto-scaling/double.ts';
import { AutoScalingModel } from '../../../sandbox/auto-scaling/model.ts';
import { Timeline } from '../../../simulate/timeline.ts';
import { defineAutoScalingContract } from '../../contracts/auto-scaling.ts';
import { autoAdvanceClock } from '../../fakes/clock.ts';

defineAutoScalingContract("the sandbox's double", async () => {
  const clock = autoAdvanceClock();
  const timeline = new Timeline(clock.now());
  const model = new AutoScalingModel(timeline, { bootMs: () => 1000, terminationMs: 1000 });
  const double = createAutoScalingDouble({ model, timeline, clock });
  const endpoint = await double.listen();
  const keys = { accessKeyId: 'test', secretAccessKey: 'test' };
  return {
    client: (region) => createAutoScalingClient({ region, access: { endpoint, keys } }),
    create({ region, name, min = 0, max, tag }) {
      model.create({
        region,
        name,
        min,
        max,
        ...(tag === undefined ? {} : { tags: { 'resource-class': tag } }),
      });
      return Promise.resolve();
    },
    endInstance: (region, id) => Promise.resolve(model.terminate(region, id, true)),
    close: () => double.close(),
  };
});
