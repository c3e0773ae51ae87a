// Names that Kubernetes must accept: namespaces, CronJobs, node labels. Pure.

import {
  bitbucketGroups,
  circleCiGroups,
  errorAt,
  type Draft,
  type Finding,
  type Located,
} from '../finding.ts';
import type { Path } from '../path.ts';
import type { WrittenBitbucketGroup } from '../written.generated.ts';

const controlPlane = 'bitbucket-runner-control-plane';
const dnsLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const dnsSubdomain = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const labelPart = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const longestSubdomain = 253;
/** Kubernetes adds 11 characters to a CronJob's name for its Jobs. */
const longestCronJob = 52;

function namespaceFindings(path: Path, namespace: string): Finding[] {
  if (namespace === controlPlane) {
    return [errorAt(path, `${controlPlane} is the autoscaler's own; runners get another namespace`)];
  }
  if (dnsLabel.test(namespace)) return [];
  return [
    errorAt(
      path,
      'expected a Kubernetes namespace: at most 63 lowercase letters, digits and hyphens, such as runner-group-1',
    ),
  ];
}

export function namespacesAreValid(draft: Draft): Finding[] {
  const found = draft.discovery?.cron_jobs;
  return [
    ...bitbucketGroups(draft).flatMap(({ path, group }) =>
      namespaceFindings([...path, 'namespace'], group.namespace),
    ),
    ...circleCiGroups(draft).flatMap(({ path, group }) =>
      group.cron_job ? namespaceFindings([...path, 'cron_job', 'namespace'], group.cron_job.namespace) : [],
    ),
    ...(found ? namespaceFindings(['discovery', 'cron_jobs', 'namespace'], found.namespace) : []),
  ];
}

export function cronJobNamesAreValid(draft: Draft): Finding[] {
  return circleCiGroups(draft).flatMap(({ path, group }) => {
    const name = group.cron_job?.name;
    if (name === undefined || (name.length <= longestCronJob && dnsSubdomain.test(name))) return [];
    const message = `expected the name of a CronJob: at most ${longestCronJob} lowercase letters, digits, hyphens and dots`;
    return [errorAt([...path, 'cron_job', 'name'], message)];
  });
}

function isLabelKey(key: string): boolean {
  const [name = '', prefix, ...more] = key.split('/').reverse();
  if (more.length > 0 || !labelPart.test(name)) return false;
  return prefix === undefined || (prefix.length <= longestSubdomain && dnsSubdomain.test(prefix));
}

function selectorFindings({ path, group }: Located<WrittenBitbucketGroup>): Finding[] {
  return Object.entries(group.node_selector ?? {}).flatMap(([key, value]) => {
    const at = [...path, 'node_selector', key];
    const wrongKey = isLabelKey(key) ? [] : [errorAt(at, 'Kubernetes refuses this as a label key', 'key')];
    const rightValue = value === '' || labelPart.test(value);
    const wrongValue = rightValue
      ? []
      : [errorAt(at, 'Kubernetes refuses this as a label value: at most 63 letters, digits, dots, - and _')];
    return [...wrongKey, ...wrongValue];
  });
}

export function nodeSelectorsAreValid(draft: Draft): Finding[] {
  return bitbucketGroups(draft).flatMap(selectorFindings);
}
