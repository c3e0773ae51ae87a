// Connects the pods of CronJobs with the modelled tasks: a running pod is a runner of the resource class on its labels.

import type { Nodes } from '../../simulate/nodes.ts';
import type { PlannedPod, PodPlan } from '../kubernetes/jobs.ts';
import type { PodPhase } from '../kubernetes/job-status.ts';
import type { RunnerLife, TaskService } from './tasks.ts';

export interface TaskPodsOptions {
  readonly tasks: TaskService;
  readonly nodes: Nodes;
  readonly life: RunnerLife;
  /** Tells the API what became of a pod; false if it is gone. */
  readonly setPhase: (uid: string, phase: PodPhase) => boolean;
}

/** `namespace/name` by the labels that circleci-runner-autoscaler's set-ups have; undefined for other pods. */
function resourceClassOf({ labels }: PlannedPod): string | undefined {
  const [org, name] = [labels['resource-class-org'], labels['resource-class-name']];
  return org === undefined || name === undefined ? undefined : `${org}/${name}`;
}

/** Takes the pods that carry a resource class, and leaves the others to `rest`. */
export function taskPods({ tasks, nodes, life, setPhase }: TaskPodsOptions, rest: PodPlan): PodPlan {
  const names = new Map<string, string>();
  return {
    podCreated(pod) {
      const resourceClass = resourceClassOf(pod);
      if (resourceClass === undefined) return rest.podCreated(pod);
      const { uid, name } = pod;
      names.set(uid, name);
      const ended = (): void => {
        nodes.remove(uid);
        setPhase(uid, 'Succeeded');
      };
      nodes.add(uid, () => {
        if (setPhase(uid, 'Running')) tasks.connect({ name, resourceClass, life, ended });
      });
    },
    podTerminating(uid) {
      const name = names.get(uid);
      return name === undefined ? rest.podTerminating?.(uid) === true : tasks.leave(name);
    },
    podDeleted(uid) {
      const name = names.get(uid);
      if (name === undefined) return rest.podDeleted(uid);
      names.delete(uid);
      nodes.remove(uid);
      tasks.stop(name);
    },
  };
}
