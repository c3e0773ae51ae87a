// Label sets within one workspace or repository: two groups must not take the same runners for theirs. Pure.

import {
  groupsByScope,
  errorAt,
  repeated,
  warningAt,
  type Draft,
  type Finding,
  type Located,
} from '../finding.ts';
import { completeLabels, customLabels } from '../labels.ts';
import { pathText } from '../path.ts';
import type { WrittenBitbucketGroup } from '../written.generated.ts';

type BitbucketGroups = readonly Located<WrittenBitbucketGroup>[];

/** Groups are told apart by exactly their labels, once the added ones are there. */
export function labelSetsAreUnique(draft: Draft): Finding[] {
  return [...groupsByScope(draft).values()].flatMap((groups) =>
    repeated(
      groups,
      ({ group }) => completeLabels(group).join(' '),
      ({ path }, first) =>
        errorAt(
          [...path, 'labels'],
          `${pathText(first.path)} has the same labels in the same ${first.group.repository ? 'repository' : 'workspace'}, so each would count the other's runners as its own; give each group a label of its own`,
          'key',
        ),
    ),
  );
}

function overlapsIn(groups: BitbucketGroups): Finding[] {
  return groups.flatMap((smaller) =>
    groups
      .filter((larger) => isStrictSubset(completeLabels(smaller.group), completeLabels(larger.group)))
      .map((larger) =>
        warningAt(
          [...smaller.path, 'labels'],
          `a step that asks for ${customLabels(smaller.group).join(', ') || 'these labels'} may also run on ${pathText(larger.path)}, which has all of them, so the load of one is served by the other; give each group a label that the other lacks`,
          'key',
        ),
      ),
  );
}

function isStrictSubset(smaller: readonly string[], larger: readonly string[]): boolean {
  return smaller.length < larger.length && smaller.every((label) => larger.includes(label));
}

export function labelSetsDoNotOverlap(draft: Draft): Finding[] {
  return [...groupsByScope(draft).values()].flatMap(overlapsIn);
}
