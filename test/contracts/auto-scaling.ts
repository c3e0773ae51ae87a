// What every Auto Scaling API must do for the client: run against the sandbox's double and against a third party's AWS.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AutoScalingError, type AutoScalingClient } from '../../core/clients/auto-scaling/client.ts';

export interface GroupToCreate {
  readonly region: string;
  readonly name: string;
  /** 0 if left out. */
  readonly min?: number | undefined;
  readonly max: number;
  readonly tag?: string | undefined;
}

export interface AutoScalingUnderTest {
  client(region: string): AutoScalingClient;
  create(group: GroupToCreate): Promise<void>;
  /** An instance ends itself, and the desired capacity with it. */
  endInstance(region: string, id: string): Promise<void>;
  close(): Promise<void>;
}

export const regions = ['eu-west-1', 'us-east-1', 'ap-southeast-2'] as const;
const tagKey = 'resource-class';

export function defineAutoScalingContract(name: string, make: () => Promise<AutoScalingUnderTest>): void {
  describe(`the Auto Scaling contract, ${name}`, () => {
    let under: AutoScalingUnderTest;
    const [region] = regions;

    before(async () => {
      under = await make();
      await under.create({ region, name: 'plain', max: 3, tag: 'acme/plain' });
      await under.create({ region, name: 'untagged', max: 3 });
      await under.create({ region: regions[1], name: 'elsewhere', max: 3, tag: 'acme/elsewhere' });
    });
    after(() => under.close());

    it('shows a group with its bounds, its tags and no instances', async () => {
      const [group] = await under.client(region).describe(['plain']);
      assert.deepEqual(group, {
        ...{ name: 'plain', min: 0, max: 3, desired: 0, isWeighted: false, instances: [] },
        tags: { [tagKey]: 'acme/plain' },
      });
    });

    it('leaves out a group that does not exist, and asks for none when none is named', async () => {
      const shown = await under.client(region).describe(['plain', 'nowhere']);
      assert.deepEqual(
        shown.map((group) => group.name),
        ['plain'],
      );
      assert.deepEqual(await under.client(region).describe([]), []);
    });

    it('finds the groups that have a tag, in its own region only', async () => {
      const found = await under.client(region).findTagged(tagKey);
      assert.deepEqual(
        found.map((group) => group.name),
        ['plain'],
      );
      assert.deepEqual(found[0]?.tags, { [tagKey]: 'acme/plain' });
    });

    it('raises the desired capacity, and the instances follow', async () => {
      await under.client(region).setDesiredCapacity('plain', 2);
      const [group] = await under.client(region).describe(['plain']);
      assert.equal(group?.desired, 2);
      assert.equal(group.instances.length, 2);
      for (const { id, lifecycleState } of group.instances) {
        assert.match(id, /^i-[0-9a-f]{8,17}$/);
        assert.match(lifecycleState, /^(Pending|InService)/);
      }
    });

    it('refuses a desired capacity above MaxSize and an unknown group, as errors that name the call and its object', async () => {
      const refusal =
        (about: RegExp) =>
        (error: unknown): true => {
          assert.ok(error instanceof AutoScalingError, String(error));
          assert.deepEqual([error.service, error.failure, error.status], ['aws', 'status', 400]);
          assert.equal(error.code, 'ValidationError');
          assert.match(error.message, about);
          return true;
        };
      await assert.rejects(
        under.client(region).setDesiredCapacity('plain', 4),
        refusal(/set-desired-capacity, plain in eu-west-1/),
      );
      await assert.rejects(under.client(region).setDesiredCapacity('nowhere', 1), refusal(/nowhere/));
    });

    it('lowers the desired capacity with an instance that ends itself', async () => {
      const [group] = await under.client(region).describe(['plain']);
      await under.endInstance(region, group?.instances[0]?.id ?? '');
      const [later] = await under.client(region).describe(['plain']);
      assert.equal(later?.desired, 1);
    });

    it('ends the instance that is named, and its place with it; one that is gone is success', async () => {
      const client = under.client(region);
      await under.create({ region, name: 'ending', max: 3 });
      await client.setDesiredCapacity('ending', 3);
      const [group] = await client.describe(['ending']);
      const [first, victim, last] = (group?.instances ?? []).map(({ id }) => id);
      await client.terminateInstance(victim ?? '');
      const [later] = await client.describe(['ending']);
      assert.equal(later?.desired, 2);
      const expected = later.instances.filter(({ lifecycleState }) =>
        /^(Pending|InService)/.test(lifecycleState),
      );
      assert.deepEqual(expected.map(({ id }) => id).sort(), [first, last].sort());
      await client.terminateInstance('i-00000000000abcdef');
    });

    it('refuses to end an instance below MinSize, as an error that names both', async () => {
      const client = under.client(region);
      await under.create({ region, name: 'smallest', min: 1, max: 3 });
      const [group] = await client.describe(['smallest']);
      const [only] = (group?.instances ?? []).map(({ id }) => id);
      await assert.rejects(client.terminateInstance(only ?? ''), (error) => {
        assert.ok(error instanceof AutoScalingError, String(error));
        assert.deepEqual([error.failure, error.code], ['status', 'ValidationError']);
        assert.ok(
          error.message.startsWith(`aws terminate-instance, ${only ?? 'none'} in eu-west-1`),
          error.message,
        );
        return true;
      });
      const [later] = await client.describe(['smallest']);
      assert.deepEqual([later?.min, later?.desired], [1, 1]);
    });

    it('tells no instance protected that nobody has protected', async () => {
      const [group] = await under.client(region).describe(['ending']);
      assert.ok(group?.instances.every(({ isProtected }) => !isProtected));
    });

    it('finds 50 tagged groups among 500 over three regions, page by page', async () => {
      const wanted = new Set<string>();
      for (let index = 0; index < 500; index += 1) {
        const where = regions[index % regions.length] ?? region;
        const tag = index % 10 === 0 ? `many/class-${index}` : undefined;
        await under.create({ region: where, name: `many-${index}`, max: 1, tag });
        if (tag !== undefined) wanted.add(`${where} many-${index}`);
      }
      const found = await Promise.all(
        regions.map(async (each) => {
          const groups = await under.client(each).findTagged(tagKey);
          return groups
            .filter(({ tags }) => tags[tagKey]?.startsWith('many/'))
            .map((group) => `${each} ${group.name}`);
        }),
      );
      assert.equal(wanted.size, 50);
      assert.deepEqual(new Set(found.flat()), wanted);
      const names = Array.from({ length: 500 }, (_, index) => `many-${index}`);
      const described = await Promise.all(regions.map((each) => under.client(each).describe(names)));
      assert.equal(described.flat().length, 500);
    });
  });
}
