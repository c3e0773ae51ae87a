// A third party's AWS, by its endpoint in the environment: how tests make groups and end instances there.

import {
  AutoScalingClient as SdkClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  SetInstanceProtectionCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';

const endpoint = process.env['AWS_ENDPOINT_URL_AUTO_SCALING'] ?? process.env['AWS_ENDPOINT_URL'] ?? '';

/** Said by every test that needs it and finds none; false when there is one. */
export const skip = endpoint === '' ? 'set AWS_ENDPOINT_URL_AUTO_SCALING to an AWS for tests' : false;

export const keys = { accessKeyId: 'test', secretAccessKey: 'test' };
export const access = { endpoint, keys };
export const environment = {
  AWS_ENDPOINT_URL_AUTO_SCALING: endpoint,
  AWS_ACCESS_KEY_ID: keys.accessKeyId,
  AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
};

const clients = new Map<string, SdkClient>();
const prepared = new Set<string>();
const launchConfiguration = 'for-tests';

export function sdk(region: string): SdkClient {
  const client = clients.get(region) ?? new SdkClient({ region, endpoint, credentials: keys });
  clients.set(region, client);
  return client;
}

export interface NewGroup {
  readonly region: string;
  readonly name: string;
  readonly min?: number | undefined;
  readonly max: number;
  readonly tag?: string | undefined;
}

async function prepare(region: string): Promise<void> {
  if (prepared.has(region)) return;
  prepared.add(region);
  const command = new CreateLaunchConfigurationCommand({
    ...{ LaunchConfigurationName: launchConfiguration, ImageId: 'ami-12345678', InstanceType: 't3.micro' },
  });
  // One that is there from a test before is as good.
  await sdk(region)
    .send(command)
    .catch(() => undefined);
}

export async function createGroup({ region, name, min = 0, max, tag }: NewGroup): Promise<void> {
  await prepare(region);
  const Tags = [
    { Key: 'resource-class', Value: tag ?? '', ResourceId: name, ResourceType: 'auto-scaling-group' },
  ];
  await sdk(region).send(
    new CreateAutoScalingGroupCommand({
      ...{ AutoScalingGroupName: name, MinSize: min, MaxSize: max, AvailabilityZones: [`${region}a`] },
      LaunchConfigurationName: launchConfiguration,
      ...(tag === undefined ? {} : { Tags: Tags.map((each) => ({ ...each, PropagateAtLaunch: false })) }),
    }),
  );
}

export async function removeGroup(region: string, name: string): Promise<void> {
  // This AWS empties a group before it removes it, and keeps to MinSize in that.
  await sdk(region).send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: name, MinSize: 0 }));
  await sdk(region).send(
    new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: name, ForceDelete: true }),
  );
}

/** Every group of the region, page by page. */
export async function groupNames(region: string): Promise<string[]> {
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await sdk(region).send(
      new DescribeAutoScalingGroupsCommand({
        MaxRecords: 100,
        ...(NextToken === undefined ? {} : { NextToken }),
      }),
    );
    names.push(
      ...(page.AutoScalingGroups ?? []).flatMap(({ AutoScalingGroupName }) => AutoScalingGroupName ?? []),
    );
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return names;
}

export async function endInstance(region: string, id: string): Promise<void> {
  await sdk(region).send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: id, ShouldDecrementDesiredCapacity: true }),
  );
}

export async function protect(region: string, name: string, InstanceIds: string[]): Promise<void> {
  const command = { AutoScalingGroupName: name, InstanceIds, ProtectedFromScaleIn: true };
  await sdk(region).send(new SetInstanceProtectionCommand(command));
}
