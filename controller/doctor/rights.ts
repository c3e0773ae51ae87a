// Holds what this account may do in the cluster against what a program uses: what is missing, and what is too much.

import type { KubernetesClient } from '../../core/clients/kubernetes/client.ts';
import { messageOf } from '../../core/errors.ts';
import { rightText, type Right } from '../../core/rights.ts';
import { excessFindings, excessIn } from './excess.ts';
import { fine, problem, warning, type Finding } from './finding.ts';

/** No program has business here, so that what is granted here is granted everywhere. */
const outside = 'kube-system';

type Reviews = Pick<KubernetesClient, 'mayI' | 'rulesIn'>;

function byNamespace(rights: readonly Right[]): Map<string, Right[]> {
  const grouped = new Map<string, Right[]>();
  for (const right of rights) grouped.set(right.namespace, [...(grouped.get(right.namespace) ?? []), right]);
  return grouped;
}

/** For the controller, deleting Jobs where only CronJobs are is for scale-in alone, which has a component of its own. */
function isForScaleIn({ operation }: Right, rights: readonly Right[]): boolean {
  const uses = (name: string): boolean => rights.some((right) => right.operation === name);
  return operation === 'delete-job' && uses('list-cron-jobs') && uses('create-job') && !uses('create-secret');
}

const scaleIn =
  'Add kustomize/components/circleci-scale-in (kustomize/components/README.md tells where), or take scale_in out of the config.';

/** What a program does in its own namespace, for leader election and its Events. */
function isForHome({ resource, operation }: Right): boolean {
  return resource === 'leases' || operation === 'create-event';
}

/** The manifests that give what is done with runners in a namespace: Secrets are Bitbucket's alone, CronJobs CircleCI's. */
function runnersFix(namespace: string, missing: readonly Right[], rights: readonly Right[]): string[] {
  if (missing.length === 0) return [];
  const among = (some: readonly Right[], resource: string): boolean =>
    some.some((right) => right.resource === resource);
  const isShared = !among(missing, 'secrets') && !among(missing, 'cronjobs');
  const looked = isShared ? rights : missing;
  const manifests = [
    ...(among(looked, 'secrets') ? ['kustomize/base/runner-namespace'] : []),
    ...(among(looked, 'cronjobs') ? ['kustomize/circleci/cron-job-namespace'] : []),
  ];
  const named = manifests.join(' and ');
  return [`Apply the Role and RoleBinding of ${named} with namespace ${namespace} (kustomize/README.md).`];
}

/** @param rights all that are used in the namespace */
function fixFor(namespace: string, missing: readonly Right[], rights: readonly Right[]): string {
  const home = missing.filter(isForHome);
  const inScale = missing.filter((right) => isForScaleIn(right, rights));
  const others = missing.filter((right) => !home.includes(right) && !inScale.includes(right));
  const elections = `Apply kustomize/programs/leader-election.yaml: its Roles and RoleBindings give what leader election and Events need in ${namespace}.`;
  return [
    ...(home.length > 0 ? [elections] : []),
    ...runnersFix(namespace, others, rights),
    ...(inScale.length > 0 ? [scaleIn] : []),
  ].join(' ');
}

async function missingIn(namespace: string, rights: readonly Right[], client: Reviews): Promise<Finding> {
  const answers = await Promise.all(rights.map(async (right) => [right, await client.mayI(right)] as const));
  const missing = answers.filter(([, allowed]) => !allowed).map(([right]) => right);
  if (missing.length === 0) return fine('rights', `all ${rights.length} rights in ${namespace} are there`);
  return problem(
    'rights',
    `this account may not ${missing.map(rightText).join(', ')} in ${namespace}`,
    fixFor(namespace, missing, rights),
  );
}

async function tooMuch(used: readonly Right[], client: Reviews): Promise<Finding[]> {
  const excess = new Map<string, readonly string[]>();
  for (const namespace of [...byNamespace(used).keys(), outside]) {
    const granted = await client.rulesIn(namespace);
    if (granted === undefined) {
      const fix = 'Look at the cluster’s other authorizers (a cloud’s IAM, a webhook).';
      return [warning('rights', 'the cluster does not tell all that this account may do', fix)];
    }
    excess.set(namespace, excessIn(namespace, granted, used));
  }
  const findings = excessFindings(excess, outside);
  return findings.length > 0 ? findings : [fine('rights', 'this account may do nothing that is not used')];
}

/** Never throws: what can't be asked is a finding. */
export async function checkRights(used: readonly Right[], client: Reviews): Promise<Finding[]> {
  try {
    const missing = [...byNamespace(used)].map(([namespace, rights]) => missingIn(namespace, rights, client));
    return [...(await Promise.all(missing)), ...(await tooMuch(used, client))];
  } catch (error) {
    return [problem('rights', `the rights can not be asked for: ${messageOf(error)}`)];
  }
}
