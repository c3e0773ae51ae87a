// A double, a clock that tests move, and a client on it, for the unit tests of this folder. No assertions.

import { createKubernetesClient, type KubernetesClient } from '../../../core/clients/kubernetes/client.ts';
import type { CallRecord } from '../../../core/clients/kubernetes/call.ts';
import { createKubernetesDouble, type KubernetesDouble } from '../../../sandbox/kubernetes/double.ts';
import type { PlannedPod, PodPlan } from '../../../sandbox/kubernetes/jobs.ts';
import { autoAdvanceClock, type AutoAdvanceClock } from '../../fakes/clock.ts';

export interface Setting {
  readonly url: string;
  readonly clock: AutoAdvanceClock;
  readonly double: KubernetesDouble;
  readonly client: KubernetesClient;
  /** Waits 100 ms at most: only for what never answers, so that no test depends on speed. */
  readonly impatient: KubernetesClient;
  readonly calls: CallRecord[];
  readonly created: PlannedPod[];
  readonly deleted: string[];
  close(): Promise<void>;
}

export interface SettingOptions {
  readonly terminationMs?: number;
  /** Pods become Running as soon as they exist. */
  readonly runPods?: boolean;
  readonly podRefused?: PodPlan['podRefused'];
}

export const token = 'token-that-nobody-may-see';

export async function startSetting(options: SettingOptions = {}): Promise<Setting> {
  const { terminationMs = 0, runPods = false, podRefused } = options;
  const clock = autoAdvanceClock(Date.UTC(2026, 0, 1));
  const created: PlannedPod[] = [];
  const deleted: string[] = [];
  const calls: CallRecord[] = [];
  const double: KubernetesDouble = createKubernetesDouble({
    ...{ clock, terminationMs },
    pods: {
      podCreated(pod) {
        created.push(pod);
        if (runPods) double.setPodPhase(pod.uid, 'Running');
      },
      podDeleted: (uid) => void deleted.push(uid),
      ...(podRefused === undefined ? {} : { podRefused }),
    },
  });
  const url = await double.listen();
  const onCall = (call: CallRecord): void => void calls.push(call);
  const kubeconfig = { server: url, token };
  const common = { kubeconfig, clock, onCall, random: () => 0.5 };
  const client = createKubernetesClient({ ...common, timeoutMs: 60_000 });
  const impatient = createKubernetesClient({ ...common, timeoutMs: 100 });
  return { url, clock, double, client, impatient, calls, created, deleted, close: () => double.close() };
}
