// What may be left when an episode has been calm for long, and what may not (P5, P6). It looks only.

import { createdAtAnnotation } from '../../../core/job-names.ts';
import type { CircleCiGroup } from '../../../core/config/config.ts';
import { minute, second } from '../setting.ts';
import type { SeenInstance } from './cloud.ts';
import { isFinished, type ExploredJob } from './cluster.ts';
import type { TaskSetting } from './setting.ts';
import type { TaskWorld } from './world.ts';

const hourMs = 60 * minute;

interface Grace {
  readonly what: string;
  readonly sinceMs: number;
  readonly graceMs: number;
}

interface Ended {
  readonly world: TaskWorld;
  readonly setting: TaskSetting;
}

/** Two sweeps, and what a clock may still lag. */
function slack({ config }: TaskSetting): number {
  return 2 * config.cleaner.intervalMs + 2 * minute;
}

function leftJob({ world, setting }: Ended, made: ExploredJob): string[] {
  const { constants, cleaner } = setting.config;
  const { metadata, status } = made.job;
  if (!isStamped(metadata)) return [];
  const ageMs = world.now - made.createdAt;
  if (isFinished(made)) {
    const at = status?.conditions?.[0]?.lastTransitionTime?.getTime() ?? made.createdAt;
    const graceMs = (setting.ttlSeconds ?? 0) * second + cleaner.unhealthyGraceMs + slack(setting);
    return world.now - at > graceMs ? [`Job ${made.name} has ended and is left`] : [];
  }
  const isStuck = made.state === 'waiting' && made.deletedBy === undefined;
  return isStuck && ageMs > constants.startTimeoutMs + slack(setting)
    ? [`Job ${made.name} is stuck and left`]
    : [];
}

/** How long an instance is left alone that is not what it should be; undefined for one that is well, or that nobody may judge. */
function graceOf({ world, setting }: Ended, { id, group, inServiceAt }: SeenInstance): Grace | undefined {
  const { constants, cleaner } = setting.config;
  // Where nobody has registered it may be an outage (cleaner/stale/circleci/instance-brake.ts).
  const startMs =
    constants.startTimeoutMs + cleaner.orphanGraceMs + cleaner.busyOfflineGraceMs + slack(setting);
  if (!world.tasks.isThere(id)) return { what: 'never registered', sinceMs: inServiceAt, graceMs: startMs };
  const sinceMs = world.tasks.silentSince(id);
  if (sinceMs === undefined) return undefined;
  // Nobody knows which runner has a task: while any runs, a silent one stays (decision 0014).
  const isFree = world.tasks.running(group.tags['resource-class'] ?? '') === 0;
  const outageMs = hourMs + cleaner.busyOfflineGraceMs + slack(setting);
  return { what: 'hangs', sinceMs, graceMs: isFree ? outageMs : Infinity };
}

function leftInstance(ended: Ended, instance: SeenInstance): string[] {
  const { world, setting } = ended;
  const { id, group } = instance;
  const grace = graceOf(ended, instance);
  if (setting.isProtected || group.desired <= group.min || grace === undefined) return [];
  const isLeft = world.now - grace.sinceMs > grace.graceMs;
  return isLeft ? [`instance ${id} ${grace.what} and is left`] : [];
}

/** What a group may have while nobody works. */
function leftCapacity(ended: Ended, group: CircleCiGroup): string[] {
  const { tasks } = ended.world;
  const { name, target, resourceClass } = group;
  if (tasks.running(resourceClass) + tasks.unclaimed(resourceClass) > 0) return [];
  return target.kind === 'cron-job' ? leftJobs(ended, group) : leftDesired(ended, name, group);
}

/** Beside those that are broken, and are judged one by one. */
function leftDesired(ended: Ended, name: string, { target, policy }: CircleCiGroup): string[] {
  const { world, setting } = ended;
  const { desired = 0, min = 0 } = world.cloud.all().find((each) => each.name === target.name) ?? {};
  const own = world.cloud.instancesInService().filter(({ group }) => group.name === target.name);
  const broken = own.filter((instance) => graceOf(ended, instance) !== undefined).length;
  const isFree = setting.endsIdle && !setting.isProtected;
  if (!isFree || desired <= Math.max(policy.min, min) + broken) return [];
  return [`${name} is left at a desired capacity of ${desired} without a task`];
}

/** Nobody tells a pod that hangs from one that waits for work. */
function leftJobs({ world, setting }: Ended, { name, target, policy }: CircleCiGroup): string[] {
  const { tasks, cluster } = world;
  const ours = cluster
    .alive(target.name)
    .filter(({ job, deletedBy }) => deletedBy === undefined && isStamped(job.metadata));
  const silent = ours.filter(({ pod }) => tasks.silentSince(pod) !== undefined).length;
  const isPatient = cluster.isPatient() && ours.every((made) => cluster.isPatient(made));
  const ends = setting.endsIdle || (policy.scaleIn && isPatient);
  if (!ends || ours.length <= Math.max(policy.min, policy.headroom) + silent) return [];
  return [`${name} is left with ${ours.length} Jobs without a task`];
}

function isStamped(metadata: ExploredJob['job']['metadata']): boolean {
  return metadata?.annotations?.[createdAtAnnotation] !== undefined;
}

/** One sentence for each thing that is left and should not be. */
export function leftovers(world: TaskWorld, setting: TaskSetting): string[] {
  const ended = { world, setting };
  return [
    ...[...world.cluster.jobs.values()].flatMap((made) => leftJob(ended, made)),
    ...world.cloud.instancesInService().flatMap((instance) => leftInstance(ended, instance)),
    ...setting.groups.flatMap((group) => leftCapacity(ended, group)),
  ];
}

/** A group that rests below what its tasks and its min ask for, though it could have more. */
export function starving(world: TaskWorld, setting: TaskSetting): string[] {
  const { tasks, cloud, cluster } = world;
  return setting.groups.flatMap(({ name, target, policy, resourceClass }) => {
    const waiting = tasks.unclaimed(resourceClass);
    const isHanging = cluster.alive(target.name).some(({ pod }) => tasks.silentSince(pod) !== undefined);
    // A pod that hangs counts as a runner, as nobody tells it from one that works; and broken instances that are protected
    // stay for ever, in the places of others.
    const isTaken = target.kind === 'cron-job' ? isHanging : setting.isProtected;
    if (waiting === 0 || isTaken) return [];
    const group = cloud.all().find((each) => each.name === target.name);
    const [there, most] =
      target.kind === 'cron-job'
        ? [cluster.alive(target.name).length, policy.max]
        : [group?.desired ?? 0, Math.min(policy.max, group?.max ?? 0)];
    return there < most ? [`${waiting} tasks of ${name} wait, with ${there} of ${most} runners`] : [];
  });
}
