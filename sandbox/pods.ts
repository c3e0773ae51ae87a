// Connects pods with the modelled service: a running pod is a runner that reaches it. Pods may be modelled or real.

import type { KubernetesClient } from '../core/clients/kubernetes/client.ts';
import { runnerLabel } from '../core/job-names.ts';
import type { CiService } from '../simulate/ci-service.ts';
import type { Nodes } from '../simulate/nodes.ts';
import type { PlannedPod, PodPlan } from './kubernetes/jobs.ts';

export interface ModelledPodsOptions {
  readonly service: CiService;
  readonly nodes: Nodes;
  /** Tells the API that a pod runs. */
  readonly started: (uid: string) => void;
}

/** Pods of the Kubernetes double, on modelled nodes. */
export function modelledPods({ service, nodes, started }: ModelledPodsOptions): PodPlan {
  const runners = new Map<string, string>();
  return {
    podCreated({ uid, labels }: PlannedPod): void {
      const runnerId = labels[runnerLabel];
      if (runnerId !== undefined) runners.set(uid, runnerId);
      nodes.add(uid, () => {
        started(uid);
        if (runnerId !== undefined) service.connect(runnerId);
      });
    },
    podDeleted(uid: string): void {
      nodes.remove(uid);
      const runnerId = runners.get(uid);
      runners.delete(uid);
      if (runnerId !== undefined) service.stop(runnerId);
    },
  };
}

/** Pods of a real cluster, looked at again and again; each look calls this once. */
export class RealPods {
  private readonly service: CiService;
  private readonly client: KubernetesClient;
  private readonly namespaces: readonly string[];
  private running = new Set<string>();

  constructor(service: CiService, client: KubernetesClient, namespaces: readonly string[]) {
    this.service = service;
    this.client = client;
    this.namespaces = [...new Set(namespaces)];
  }

  async look(): Promise<void> {
    const lists = await Promise.all(this.namespaces.map((name) => this.client.listPods(name, runnerLabel)));
    const now = new Set(
      lists.flat().flatMap(({ metadata, status }) => {
        const ready = status?.phase === 'Running' && metadata?.deletionTimestamp === undefined;
        const runnerId = metadata?.labels?.[runnerLabel];
        return ready && runnerId !== undefined ? [runnerId] : [];
      }),
    );
    for (const id of this.running) if (!now.has(id)) this.service.stop(id);
    for (const id of now) if (!this.running.has(id)) this.service.connect(id);
    this.running = now;
  }
}
