// Pods are told apart by the Job that they belong to, even where its name was used before.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NamespacePods } from '../../../controller/targets/namespace-pods.ts';
import type { KubernetesClient } from '../../../core/clients/kubernetes/client.ts';
import type { V1Pod } from '../../../core/clients/kubernetes/types.ts';

function pod(job: string, uid: string): V1Pod {
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: job, uid };
  return {
    metadata: { labels: { 'job-name': job }, ownerReferences: [owner] },
    status: { phase: 'Running', containerStatuses: [] },
  };
}

test('a pod of an earlier Job of the same name explains nothing', async () => {
  const client = {
    listPods: () => Promise.resolve([pod('linux-0', 'uid-before'), pod('linux-1', 'uid-1')]),
    listEvents: () => Promise.resolve([]),
  } as unknown as KubernetesClient;
  const machines = ['linux-0', 'linux-1'].map((id, index) => ({
    ...{ id, uid: `uid-${index}`, runnerId: undefined, createdAt: 0, phase: 'pending' as const },
  }));
  const told = await new NamespacePods('runners', client).explain(machines);
  assert.deepEqual(
    [...told].map(([id, { link }]) => [id, link]),
    [
      ['linux-0', 'no-pod'],
      ['linux-1', 'never-registered'],
    ],
  );
});
