// A third party's AWS keeps the Auto Scaling contract; what the double is measured against.

import { it } from 'node:test';
import { createAutoScalingClient } from '../../core/clients/auto-scaling/client.ts';
import { defineAutoScalingContract, regions } from '../contracts/auto-scaling.ts';
import { access, createGroup, endInstance, groupNames, removeGroup, skip } from './moto.ts';

if (skip !== false) {
  it.skip(`${skip}: the contract is tested on the double only`);
} else {
  defineAutoScalingContract("a third party's AWS", async () => {
    const empty = async (): Promise<void> => {
      for (const region of regions) {
        for (const name of await groupNames(region)) await removeGroup(region, name);
      }
    };
    await empty();
    return {
      client: (region) => createAutoScalingClient({ region, access }),
      create: createGroup,
      endInstance,
      close: empty,
    };
  });
}
