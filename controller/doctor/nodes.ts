// Says whether this pod shares its node with runners, who can become root there. It asks for pods, and changes nothing.

import type { KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import { messageOf } from '../../core/errors.ts';
import { runnerLabel } from '../../core/job-names.ts';
import { fine, problem, warning, type Finding } from './finding.ts';

const fix =
  'Keep runners on nodes of their own: kubectl taint node NODE customer=shared:NoSchedule for each of theirs, then ' +
  'kubectl rollout restart deployment -n bitbucket-runner-control-plane (docs/guides/deploy.md).';

/** @param namespaces where Bitbucket's runners are; what is privileged runs nowhere else */
export async function checkNode(
  node: string | undefined,
  namespaces: readonly string[],
  client: Pick<KubernetesClient, 'listPods'>,
): Promise<Finding[]> {
  if (node === undefined || namespaces.length === 0) return [];
  try {
    const pods = await Promise.all(namespaces.map((namespace) => client.listPods(namespace, runnerLabel)));
    const here = pods.flat().filter(({ spec }) => spec?.nodeName === node).length;
    if (here === 0) return [fine('node', `no runner is on the node of this pod, ${node}`)];
    const runners = here === 1 ? '1 runner is' : `${here} runners are`;
    const message = `${runners} on the node of this pod, ${node}: a build can become root there and read this pod's credentials`;
    return [warning('node', message, fix)];
  } catch (error) {
    return [problem('node', `the pods of runners cannot be listed: ${messageOf(error)}`)];
  }
}
