// What keeps modelled pods from running: no room on the nodes, an image that is not there, a quota. It stands before the plan that runs them.

import type { Nodes } from '../simulate/nodes.ts';
import type { PodPhase } from './kubernetes/job-status.ts';
import type { PlannedPod, PodPlan } from './kubernetes/jobs.ts';

/** What befalls every pod that is made while it lasts. */
export type PodMishap =
  /** The kubelet's word, such as `ImagePullBackOff`, or `Unschedulable`; the pod stays Pending. */
  | { readonly kind: 'stuck'; readonly reason: string; readonly message: string }
  /** The Job controller gets no pod, and says so in an event. */
  | { readonly kind: 'refused'; readonly message: string };

export interface PodMishapsOptions {
  readonly nodes: Pick<Nodes, 'isWaiting'>;
  readonly mishap: () => PodMishap | undefined;
  readonly setPhase: (uid: string, phase: PodPhase, reason?: string, message?: string) => boolean;
}

const full = '0/1 nodes are available: 1 Too many pods. preemption: not eligible.';

export interface MishapPods extends PodPlan {
  /** A node has room for it now. */
  placed(uid: string): void;
  /** The mishap is over: pods that are stuck go on, as when the kubelet tries again. */
  healed(): void;
}

export function withPodMishaps({ nodes, mishap, setPhase }: PodMishapsOptions, rest: PodPlan): MishapPods {
  const waiting = new Set<string>();
  const stuck = new Map<string, PlannedPod>();
  const goOn = (pod: PlannedPod): void => {
    rest.podCreated(pod);
    if (!nodes.isWaiting(pod.uid)) return;
    waiting.add(pod.uid);
    setPhase(pod.uid, 'Pending', 'Unschedulable', full);
  };
  return {
    podCreated(pod: PlannedPod) {
      const now = mishap();
      if (now?.kind !== 'stuck') return goOn(pod);
      stuck.set(pod.uid, pod);
      setPhase(pod.uid, 'Pending', now.reason, now.message);
    },
    podRefused() {
      const now = mishap();
      return now?.kind === 'refused' ? now.message : undefined;
    },
    podTerminating: (uid) => rest.podTerminating?.(uid) === true,
    podDeleted(uid) {
      waiting.delete(uid);
      stuck.delete(uid);
      rest.podDeleted(uid);
    },
    placed(uid) {
      if (waiting.delete(uid)) setPhase(uid, 'Pending');
    },
    healed() {
      const before = [...stuck.values()];
      stuck.clear();
      for (const pod of before) {
        setPhase(pod.uid, 'Pending');
        goOn(pod);
      }
    },
  };
}
