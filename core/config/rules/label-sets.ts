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

interface Labelled extends Located<WrittenBitbucketGroup> {
  readonly labels: ReadonlySet<string>;
}

/** The groups that carry each label. */
function byLabel(groups: readonly Labelled[]): ReadonlyMap<string, readonly Labelled[]> {
  const found = new Map<string, Labelled[]>();
  for (const group of groups) {
    for (const label of group.labels) {
      const carriers = found.get(label) ?? [];
      found.set(label, carriers);
      carriers.push(group);
    }
  }
  return found;
}

function isWithin(smaller: ReadonlySet<string>, larger: ReadonlySet<string>): boolean {
  for (const label of smaller) if (!larger.has(label)) return false;
  return true;
}

/** A group with all labels of another also has its rarest one, so only the groups that carry that one are compared. */
function largerThan(
  { labels }: Labelled,
  carriers: ReadonlyMap<string, readonly Labelled[]>,
): readonly Labelled[] {
  const lists = [...labels].map((label) => carriers.get(label) ?? []);
  const fewest = lists.reduce((least, list) => (list.length < least.length ? list : least));
  return fewest.filter((other) => other.labels.size > labels.size && isWithin(labels, other.labels));
}

/** One warning for each group, however many have all of its labels: of thousands, each would have thousands. */
function warningOf(smaller: Labelled, larger: readonly Labelled[]): Finding[] {
  const [first, ...others] = larger;
  if (first === undefined) return [];
  const more = others.length === 0 ? ', which has' : ` and ${others.length} more, which have`;
  const asked = customLabels(smaller.group).join(', ') || 'these labels';
  const message = `a step that asks for ${asked} may also run on ${pathText(first.path)}${more} all of them, so the load of one is served by the other; give each group a label that the other lacks`;
  return [warningAt([...smaller.path, 'labels'], message, 'key')];
}

function overlapsIn(groups: BitbucketGroups): Finding[] {
  // Of groups with the same labels one will do: that they have them is an error of its own.
  const distinct = new Map(groups.toReversed().map((each) => [completeLabels(each.group).join(' '), each]));
  const labelled = [...distinct.values()]
    .reverse()
    .map((each) => ({ ...each, labels: new Set(completeLabels(each.group)) }));
  const carriers = byLabel(labelled);
  return labelled.flatMap((group) => warningOf(group, largerThan(group, carriers)));
}

export function labelSetsDoNotOverlap(draft: Draft): Finding[] {
  return [...groupsByScope(draft).values()].flatMap(overlapsIn);
}
