// What the double does for each action of the Auto Scaling API. Forms in, values out; no HTTP.

import { invalid, type AutoScalingModel, type ModelActivity, type ModelGroup } from './model.ts';
import { membersOf, type XmlValue } from './xml.ts';

export interface ActionRequest {
  readonly model: AutoScalingModel;
  readonly region: string;
  readonly form: URLSearchParams;
}

/** @throws Refusal */
export type Action = (request: ActionRequest) => XmlValue | undefined;

function required(form: URLSearchParams, field: string): string {
  const value = form.get(field);
  if (value !== null && value !== '') return value;
  throw invalid(
    `1 validation error detected: Value null at '${field}' failed to satisfy constraint: Member must not be null`,
  );
}

function whole(form: URLSearchParams, field: string): number {
  const value = Number(required(form, field));
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(
    `Value at '${field}' failed to satisfy constraint: Member must have value greater than or equal to 0`,
  );
}

interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

function filtersOf(form: URLSearchParams): Filter[] {
  const filters: Filter[] = [];
  for (let index = 1; ; index += 1) {
    const name = form.get(`Filters.member.${index}.Name`);
    if (name === null) return filters;
    filters.push({ name, values: membersOf(form, `Filters.member.${index}.Values`) });
  }
}

/** Several values of a filter: any of them; several filters: all of them. */
function passes({ tags }: ModelGroup, { name, values }: Filter): boolean {
  if (name === 'tag-key') return Object.keys(tags).some((key) => values.includes(key));
  if (name === 'tag-value') return Object.values(tags).some((value) => values.includes(value));
  if (!name.startsWith('tag:')) throw invalid(`The filter ${name} is not supported.`);
  return values.includes(tags[name.slice(4)] ?? '\0');
}

function shown(group: ModelGroup, withInstances: boolean): XmlValue {
  const { name, min, max, desired, tags, instances, region, weight } = group;
  const shownInstances = instances.map(({ id, state, isProtected }) => ({
    ...{ InstanceId: id, AvailabilityZone: `${region}a`, LifecycleState: state, HealthStatus: 'Healthy' },
    ProtectedFromScaleIn: isProtected,
  }));
  return {
    ...{ AutoScalingGroupName: name, MinSize: min, MaxSize: max, DesiredCapacity: desired },
    ...{ DefaultCooldown: 300, AvailabilityZones: [`${region}a`], HealthCheckType: 'EC2' },
    Tags: Object.entries(tags).map(([Key, Value]) => ({
      Key,
      Value,
      ResourceId: name,
      PropagateAtLaunch: true,
    })),
    ...(weight === undefined
      ? {}
      : {
          MixedInstancesPolicy: { LaunchTemplate: { Overrides: [{ WeightedCapacity: String(weight) }] } },
        }),
    ...(withInstances ? { Instances: shownInstances } : {}),
  };
}

const mostRecords = 100;

function pageSize(form: URLSearchParams): number {
  const asked = form.has('MaxRecords') ? whole(form, 'MaxRecords') : 50;
  if (asked > mostRecords) throw invalid(`MaxRecords must be at most ${mostRecords}.`);
  return asked;
}

/** A page may hold fewer than asked for, even when there are more; this one does. */
const describe: Action = ({ model, region, form }) => {
  const names = membersOf(form, 'AutoScalingGroupNames');
  const filters = filtersOf(form);
  const all = model.inRegion(region).filter((group) => names.length === 0 || names.includes(group.name));
  const matching = all.filter((group) => filters.every((filter) => passes(group, filter)));
  const from = Number(form.get('NextToken') ?? '0');
  const to = from + Math.max(1, Math.floor(pageSize(form) * 0.3));
  const page = matching
    .slice(from, to)
    .map((group) => shown(group, form.get('IncludeInstances') !== 'false'));
  return { AutoScalingGroups: page, NextToken: to < matching.length ? String(to) : undefined };
};

function shownActivity({ at, status, message }: ModelActivity, index: number): XmlValue {
  const description = `Launching a new EC2 instance.${message === '' ? '' : `  Status Reason: ${message}`}`;
  return {
    ...{ ActivityId: `activity-${index}`, Description: description, StatusCode: status, Progress: 100 },
    ...{ Cause: 'The desired capacity was changed.', StartTime: new Date(at).toISOString() },
    StatusMessage: message === '' ? undefined : message,
  };
}

/** The newest first. */
const describeActivities: Action = ({ model, region, form }) => {
  const { activities } = model.get(region, required(form, 'AutoScalingGroupName'));
  const shown = activities.map(shownActivity).toReversed();
  return { Activities: shown.slice(0, pageSize(form)) };
};

const setDesiredCapacity: Action = ({ model, region, form }) => {
  model.setDesired(region, required(form, 'AutoScalingGroupName'), whole(form, 'DesiredCapacity'));
  return undefined;
};

const terminate: Action = ({ model, region, form }) => {
  const id = required(form, 'InstanceId');
  model.terminate(region, id, required(form, 'ShouldDecrementDesiredCapacity') === 'true');
  return {
    Activity: { ActivityId: '1', Description: `Terminating EC2 instance: ${id}`, StatusCode: 'InProgress' },
  };
};

const protect: Action = ({ model, region, form }) => {
  const ids = membersOf(form, 'InstanceIds');
  model.protect(
    region,
    required(form, 'AutoScalingGroupName'),
    ids,
    required(form, 'ProtectedFromScaleIn') === 'true',
  );
  return {};
};

export const actions: Readonly<Record<string, Action>> = {
  DescribeAutoScalingGroups: describe,
  DescribeScalingActivities: describeActivities,
  SetDesiredCapacity: setDesiredCapacity,
  TerminateInstanceInAutoScalingGroup: terminate,
  SetInstanceProtection: protect,
};
