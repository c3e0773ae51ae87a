// Asks for nodes, pods and CronJobs, to say whether the nodes could hold the runners of each group. It changes nothing.

import type { KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import type { V1PodSpec } from '../../core/clients/kubernetes/types.ts';
import type { Config, Group } from '../../core/config/config.ts';
import { messageOf, ServiceError } from '../../core/errors.ts';
import type { JobTemplate } from '../manifest/job-template.ts';
import { renderJob } from '../manifest/render-job.ts';
import { sampleRunnerOf } from '../manifest/template-variables.ts';
import { note, problem, type Finding } from './finding.ts';
import { judgePlacement, type Cluster } from './placement.ts';

type Asking = Pick<KubernetesClient, 'listNodes' | 'listOpenPods' | 'getCronJob'>;

function isForbidden(error: unknown): boolean {
  return error instanceof ServiceError && error.status === 403;
}

async function clusterOf(client: Asking): Promise<Cluster | Finding> {
  try {
    const nodes = await client.listNodes();
    return { nodes, pods: await client.listOpenPods().catch(() => undefined) };
  } catch (error) {
    const why = isForbidden(error) ? 'this account may not list nodes' : messageOf(error);
    return note(
      'nodes',
      `whether a node matches and has room for runners is not looked at: ${why}`,
      'Run doctor with a kubeconfig whose user may list nodes and the pods of all namespaces. The programs need neither.',
    );
  }
}

/** Undefined where there is nothing to judge: another finding says why. */
async function specOf(
  group: Group,
  template: JobTemplate,
  client: Asking,
): Promise<V1PodSpec | Finding | undefined> {
  if (group.service === 'bitbucket')
    return renderJob(template, sampleRunnerOf(group)).job.spec?.template.spec;
  if (group.target.kind !== 'cron-job') return undefined;
  const { namespace, name } = group.target;
  const cronJob = await client.getCronJob(namespace, name);
  if (cronJob !== undefined) return cronJob.spec?.jobTemplate.spec?.template.spec;
  const fix =
    'Create it (examples/07-circleci-cron-job-machine-runner.yaml is one), or correct cron_job in the config.';
  return problem('job', `for "${group.name}" there is no CronJob ${namespace}/${name}`, fix);
}

/** Never throws: what can't be asked is a finding. */
export async function checkPlacements(
  { groups }: Pick<Config, 'groups'>,
  template: JobTemplate,
  client: Asking,
): Promise<Finding[]> {
  const cluster = await clusterOf(client);
  const findings = await Promise.all(
    groups.map(async (group): Promise<Finding[]> => {
      const spec = await specOf(group, template, client).catch(() => undefined);
      if (spec === undefined) return [];
      if ('level' in spec) return [spec];
      if ('level' in cluster) return [];
      return [judgePlacement({ group: group.name, max: group.policy.max, spec }, cluster)];
    }),
  );
  return [...('level' in cluster ? [cluster] : []), ...findings.flat()];
}
