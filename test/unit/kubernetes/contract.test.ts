// The sandbox's double keeps the Kubernetes contract.

import { KubeConfig } from '@kubernetes/client-node';
import { defineKubernetesContract } from '../../contracts/kubernetes.ts';
import { startSetting } from './setting.ts';

defineKubernetesContract('the double', async () => {
  const setting = await startSetting({ runPods: true });
  const { url, client } = setting;
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromClusterAndUser({ name: 'double', server: url, skipTLSVerify: true }, { name: 'test' });
  await client.createNamespace('contract');
  return { client, kubeconfig, namespace: 'contract', close: () => setting.close() };
});
