// A real API server keeps the Kubernetes contract; what the double is measured against. Needs KUBECONFIG of a cluster with nodes.

import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { createKubernetesClient } from '../../../core/clients/kubernetes/client.ts';
import { systemClock } from '../../../core/process/clock.ts';
import { defineKubernetesContract } from '../../contracts/kubernetes.ts';

const path = process.env['KUBECONFIG'];

if (path === undefined || path === '') {
  it.skip('KUBECONFIG is not set: the contract is not tested against a real API server');
} else {
  defineKubernetesContract('a real API server', async () => {
    const client = createKubernetesClient({ kubeconfig: { path }, clock: systemClock });
    const kubeconfig = new KubeConfig();
    kubeconfig.loadFromFile(path);
    const namespace = `contract-${randomUUID()}`;
    await client.createNamespace(namespace);
    const close = async (): Promise<void> => {
      await kubeconfig.makeApiClient(CoreV1Api).deleteNamespace({ name: namespace });
    };
    return { client, kubeconfig, namespace, close };
  });
}
