// The clients of both programs over the world of CircleCI groups, without any fault: what network.ts breaks. It decides nothing.

import { AutoScalingError, isGone } from '../../../core/clients/auto-scaling/failure.ts';
import type { AutoScalingClient, AutoScalingGroup } from '../../../core/clients/auto-scaling/client.ts';
import type { CircleCiClient, CircleCiRunner } from '../../../core/clients/circleci/client.ts';
import type { KubernetesClient } from '../../../core/clients/kubernetes/client.ts';
import type { V1Pod } from '../../../core/clients/kubernetes/types.ts';
import { Refusal, type ModelGroup } from '../../../sandbox/auto-scaling/model.ts';
import { refuse, select, type Effects } from '../sides.ts';
import type { Cluster, ExploredJob } from './cluster.ts';
import { region } from './setting.ts';
import type { TaskWorld } from './world.ts';

export type CircleCiEffects = Required<Effects<CircleCiClient>>;

export function circleCiEffects(world: TaskWorld): CircleCiEffects {
  const { tasks } = world;
  const sees = (): boolean => world.blindUntil <= world.now;
  return {
    countUnclaimed: (resourceClass) => (sees() ? tasks.unclaimed(resourceClass) : 0),
    countRunning: (resourceClass) => (sees() ? tasks.running(resourceClass) : 0),
    listRunners: (namespace): CircleCiRunner[] => (sees() ? [...tasks.list(namespace)] : []),
    listResourceClasses: (namespace) => (sees() ? [...tasks.resourceClasses(namespace)] : []),
  };
}

function shownGroup({ name, min, max, desired, tags, instances }: ModelGroup): AutoScalingGroup {
  return {
    ...{ name, min, max, desired, tags, isWeighted: false },
    instances: instances.map(({ id, state, isProtected }) => ({ id, lifecycleState: state, isProtected })),
  };
}

/** As the production client tells AWS's refusals. */
function tried(operation: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code } = error;
    const details = { operation, code, failure: 'status', status: 400 } as const;
    throw new AutoScalingError(`aws ${operation}: HTTP 400, ${code}: ${error.message}`, details);
  }
}

export function autoScalingEffects({ cloud }: TaskWorld): Effects<AutoScalingClient> {
  return {
    describe: (names) => cloud.all().flatMap((each) => (names.includes(each.name) ? shownGroup(each) : [])),
    findTagged: (key) =>
      cloud.all().flatMap((each) => (key in each.tags ? { ...shownGroup(each), instances: [] } : [])),
    // It explains only; nothing is decided by it.
    endedLaunches: () => [],
    setDesiredCapacity: (name, desired) =>
      tried('set-desired-capacity', () => cloud.setDesired(region, name, desired)),
    terminateInstance(id) {
      try {
        tried('terminate-instance', () => cloud.terminate(region, id, true));
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
  };
}

const phases = { waiting: 'Pending', running: 'Running', succeeded: 'Succeeded', failed: 'Failed' } as const;

function podOf(made: ExploredJob, cluster: Cluster): V1Pod {
  const { name, uid, pod, state, createdAt, imageless, resourceClass } = made;
  const isUnplaced = cluster.isUnschedulable(made);
  const labels = { 'job-name': name, 'batch.kubernetes.io/job-name': name, 'resource-class': resourceClass };
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true };
  const waiting = { reason: imageless ? 'ImagePullBackOff' : 'ContainerCreating' };
  const states = {
    ...{ waiting: { waiting }, running: { running: {} } },
    ...{ succeeded: { terminated: { exitCode: 0 } }, failed: { terminated: { exitCode: 1 } } },
  };
  const container = { name: 'runner', image: '', imageID: '', restartCount: 0, ready: state === 'running' };
  const unplaced = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' };
  return {
    metadata: {
      ...{ name: pod, uid: pod, labels, creationTimestamp: new Date(createdAt), ownerReferences: [owner] },
    },
    status: {
      phase: phases[state],
      ...(isUnplaced
        ? { conditions: [unplaced] }
        : { containerStatuses: [{ ...container, state: states[state] }] }),
    },
  };
}

export function clusterEffects({ cluster }: TaskWorld, by: string): Effects<KubernetesClient> {
  const jobs = (): ExploredJob[] => [...cluster.jobs.values()];
  return {
    listJobs: (_namespace, selector) =>
      select(
        jobs().map(({ job }) => job),
        selector,
      ).map(({ metadata = {}, status = {}, spec }) => {
        const ttlSecondsAfterFinished = spec?.ttlSecondsAfterFinished;
        return {
          metadata,
          status,
          ...(ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished }),
        };
      }),
    getJob: (_namespace, name) => cluster.jobs.get(name)?.job,
    createJob(_namespace, job) {
      if (cluster.jobs.has(job.metadata?.name ?? '')) throw refuse('kubernetes', 'create-job', 409);
      return cluster.create(job);
    },
    deleteJob(_namespace, name, { uid, resourceVersion } = {}) {
      const there = cluster.jobs.get(name);
      if (there === undefined) return;
      const { metadata } = there.job;
      const isOther = uid !== undefined && uid !== metadata?.uid;
      const isLater = resourceVersion !== undefined && resourceVersion !== metadata?.resourceVersion;
      if (isOther || isLater) throw refuse('kubernetes', 'delete-job', 409);
      cluster.delete(there, by);
    },
    listPods: (_namespace, selector) =>
      select(
        jobs().map((made) => podOf(made, cluster)),
        selector,
      ),
    listEvents: () => [],
    getCronJob: (_namespace, name) => cluster.cronJobs().find(({ metadata }) => metadata?.name === name),
    listCronJobs: (_namespace, selector) => select(cluster.cronJobs(), selector),
  };
}
