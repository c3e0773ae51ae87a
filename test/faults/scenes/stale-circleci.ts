// Two CircleCI groups in which things get stale beside others that work, that are to be kept, or that are somebody else's.

import { createdAtAnnotation } from '../../../core/job-names.ts';
import type { World } from '../../../sandbox/world.ts';
import { arrive, circleCiGroups, classes, desired, namespace, region } from './circleci-groups.ts';
import { configOf, max, minute, openJobs, type Scene, type Setting } from './scene.ts';

const config = configOf({
  groups: circleCiGroups,
  // The same groups once more, found: so that the cleaner searches too.
  discovery: {
    ...{ circleci_namespace: 'acme', auto_scaling_groups: { regions: [region] } },
    ...{ cron_jobs: { namespace }, parameters: { max } },
  },
});

const stuck = { kind: 'stuck', reason: 'ImagePullBackOff', message: 'Back-off pulling image' } as const;
/** Longer than any cell. */
const endlessMs = 10 * 60 * minute;

interface Made {
  readonly name: string;
  readonly isOurs: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Without a time to live, so that the cluster leaves it; its pod fails at once. */
function makeFailedJob({ world, clock }: Setting, { name, isOurs, labels = {} }: Made): void {
  const { kubernetes } = world;
  const cronJob = kubernetes.objects('CronJob').find(({ metadata }) => metadata.name === 'pods');
  const { uid = '' } = cronJob?.metadata ?? {};
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'pods', uid, controller: true };
  const ours = {
    annotations: { [createdAtAnnotation]: new Date(clock.now()).toISOString() },
    ownerReferences: [owner],
  };
  const containers = [{ name: 'runner', image: 'runner' }];
  world.podMishap = stuck;
  const metadata = { name, namespace, labels, ...(isOurs ? ours : {}) };
  const spec = { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers } } };
  kubernetes.create({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec });
  world.podMishap = undefined;
  const pods = kubernetes.objects('Pod').filter(({ metadata }) => metadata.labels?.['job-name'] === name);
  for (const { metadata } of pods) kubernetes.setPodPhase(metadata.uid, 'Failed', 'Error');
}

/** What was there before the programs, and stays. */
const lasting = ['kept', 'foreign'];

function leftOfJobs(world: World, stuckUid: string | undefined): string[] {
  const jobs = world.kubernetes.objects('Job');
  const names = jobs.map(({ metadata }) => metadata.name);
  const open = openJobs(world);
  return [
    ...(stuckUid === undefined ? ['no Job was ever stuck'] : []),
    ...jobs
      .filter(({ metadata }) => metadata.uid === stuckUid || metadata.name === 'failed')
      .map(({ metadata }) => `Job ${metadata.name} is stale and left`),
    ...lasting.filter((name) => !names.includes(name)).map((name) => `Job ${name} is gone`),
    ...(open.length === 1 ? [] : [`${open.length} Jobs have not ended, where one works`]),
  ];
}

/** One works, with the task that does not end. */
function leftOfWork(world: World): string[] {
  const { tasks } = world.circleCi;
  const counts = classes.map((of) => [of, tasks.running(of), tasks.unclaimed(of)] as const);
  const wrong = counts.filter(([, running, unclaimed]) => running !== 1 || unclaimed !== 0);
  const instances = desired(world);
  return [
    ...wrong.map(([of, running, unclaimed]) => `${of}: ${running} tasks run and ${unclaimed} wait`),
    ...(instances === 1 ? [] : [`${instances} instances are wanted, where one works`]),
  ];
}

export function staleCircleCiScene(): Scene {
  let stuckUid: string | undefined;
  let stillborn: string | undefined;
  return {
    config,
    begin(setting) {
      makeFailedJob(setting, { name: 'failed', isOurs: true });
      makeFailedJob(setting, { name: 'kept', isOurs: true, labels: { 'runner-autoscaler/keep': 'true' } });
      makeFailedJob(setting, { name: 'foreign', isOurs: false });
      const { world } = setting;
      world.circleCi.stillborn = () => {
        if (stillborn !== undefined) return false;
        stillborn = world.circleCi.model.get(region, 'instances').instances[0]?.id;
        return true;
      };
    },
    live({ world }, at) {
      if (at === 2 || at === 5) arrive(world, 4 * minute);
      if (at === 10) arrive(world, endlessMs);
      // The first Job that the group orders is the one that gets stuck; its name is used again later.
      stuckUid ??= world.kubernetes.objects('Job').find(({ metadata }) => metadata.name === 'pods-0')
        ?.metadata.uid;
      world.podMishap = stuckUid === undefined ? stuck : undefined;
    },
    left(world) {
      const { instances } = world.circleCi.model.get(region, 'instances');
      const isThere = instances.some(({ id, state }) => id === stillborn && state === 'InService');
      return [
        ...leftOfJobs(world, stuckUid),
        ...(stillborn === undefined ? ['no instance came up'] : []),
        ...(isThere ? [`${stillborn} never registered, and is left`] : []),
        ...leftOfWork(world),
      ];
    },
    mayRemove: (id) => ['failed', 'pods-0', stillborn].includes(id),
  };
}
