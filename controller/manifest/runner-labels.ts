// The labels of everything that belongs to a runner: the user's own, and ours that win over them.
import type { RunnerIdentity } from './identity.ts';
import { repositoryLabel } from '../../core/job-names.ts';
import { identityLabels } from './identity.ts';

/** Atlassian's nodes and cost reports are told apart by this label; the user's own value stays. */
export const customerLabel = 'customer';
export const defaultCustomer = 'shared';

/** A `repository_uuid` that the template wrote goes when the runner belongs to the whole workspace. */
export function runnerLabels(
  written: Readonly<Record<string, string>> | undefined,
  input: RunnerIdentity,
  customer: string,
): Record<string, string> {
  const own = Object.entries(written ?? {}).filter(([name]) => name !== repositoryLabel);
  return { [customerLabel]: customer, ...Object.fromEntries(own), ...identityLabels(input) };
}
