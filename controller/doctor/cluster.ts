// Looks at the cluster: its version, and whether it would take the Job and the Secret of a runner. Nothing is kept of either.

import type { KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import type { BitbucketGroup } from '../../core/config/config.ts';
import { messageOf } from '../../core/errors.ts';
import type { JobTemplate } from '../manifest/job-template.ts';
import { renderJob } from '../manifest/render-job.ts';
import { sampleRunnerOf } from '../manifest/template-variables.ts';
import { fine, problem, warning, type Finding } from './finding.ts';

/** Sidecars that let a Job end, and `podReplacementPolicy`, are on by default from here. */
const oldestMinor = 29;

export async function checkVersion(
  client: Pick<KubernetesClient, 'serverVersion' | 'server'>,
): Promise<Finding> {
  try {
    const version = await client.serverVersion();
    const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
    if (Number(major) > 1 || Number(minor) >= oldestMinor)
      return fine('cluster', `Kubernetes ${version} answers at ${client.server}`);
    const fix = `Use 1.${oldestMinor} or newer: before it, the docker sidecar keeps a Job from ending.`;
    return warning('cluster', `Kubernetes ${version} is old`, fix);
  } catch (error) {
    return problem('cluster', messageOf(error), 'Check KUBECONFIG, or that the pod has a service account.');
  }
}

type Creations = Pick<KubernetesClient, 'createJob' | 'createSecret'>;

/** Admission, quota and validation have their say (`dryRun=All`, strict); a field the server does not know is refused. */
export async function checkJob(
  group: BitbucketGroup,
  template: JobTemplate,
  client: Creations,
): Promise<Finding> {
  const { namespace, name } = group;
  const options = { rehearse: true, strict: true };
  try {
    const { secret, job } = renderJob(template, sampleRunnerOf(group));
    await client.createSecret(namespace, secret, options);
    await client.createJob(namespace, job, options);
    return fine('job', `${namespace} would take the Job of a runner of "${name}"`);
  } catch (error) {
    return problem(
      'job',
      `${namespace} would not take the Job of a runner of "${name}": ${messageOf(error)}`,
    );
  }
}
