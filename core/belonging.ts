// Which registrations at Bitbucket are whose: one rule for both programs. Pure.

import type { BitbucketGroup } from './config/config.ts';
import { isOurs, type Runner } from './runner.ts';

function sameLabels(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((label, index) => label === right[index]);
}

/** A runner belongs to the group whose labels it has exactly, as in Atlassian's autoscaler, and only if it is ours. */
export function belongsTo(group: Pick<BitbucketGroup, 'labels'>): (runner: Runner) => boolean {
  const labels = [...group.labels].sort();
  return (runner) => isOurs(runner) && sameLabels([...runner.labels].sort(), labels);
}
