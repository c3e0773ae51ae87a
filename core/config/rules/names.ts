// Names of groups: unique as written, and as the label that their Jobs carry. Pure.

import { errorAt, repeated, type Draft, type Finding } from '../finding.ts';
import { labelValue } from '../label-value.ts';
import { pathText } from '../path.ts';

export function namesAreUnique(draft: Draft): Finding[] {
  return repeated(
    draft.groups,
    ({ group }) => group.name,
    ({ path }, first) =>
      errorAt([...path, 'name'], `${pathText(first.path)} has the same name; give each group its own`),
  );
}

/** Two names that differ must also differ where Kubernetes sees them, or one group would own the other's Jobs. */
export function labelValuesAreUnique(draft: Draft): Finding[] {
  const names = [...new Map(draft.groups.map((located) => [located.group.name, located])).values()];
  return repeated(
    names,
    ({ group }) => labelValue(group.name),
    ({ path }, first) =>
      errorAt(
        [...path, 'name'],
        `becomes the same Kubernetes label as ${pathText(first.path)}.name; rename one`,
      ),
  );
}
