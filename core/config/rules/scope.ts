// Workspace and repository of a Bitbucket group: their form, and forgotten placeholders. Pure.

import { bitbucketGroups, errorAt, warningAt, type Draft, type Finding } from '../finding.ts';
import type { Path } from '../path.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const slug = /^[\w.-]+$/;
const bracketed = /^[{<[].*[}>\]]$/;
const fillMeIn = /^(your|my|some)?[-_ ]?(workspace|repository|repo)[-_ ]?(uuid|slug|id|name)$|^changeme$/i;

function look(path: Path, written: string): Finding[] {
  if (uuid.test(written)) {
    return [
      warningAt(path, `a uuid is written in braces and quotes: "{${written}}"; without them it is a name`),
    ];
  }
  if (written.startsWith('{') && uuid.test(written.slice(1, -1))) return [];
  if (bracketed.test(written) || fillMeIn.test(written)) {
    return [warningAt(path, 'this looks like a placeholder; put your own slug, or "{uuid}", in its place')];
  }
  if (slug.test(written)) return [];
  return [errorAt(path, 'expected a slug such as acme, or a uuid in braces and quotes; no slash, no spaces')];
}

export function scopeIsReal(draft: Draft): Finding[] {
  return bitbucketGroups(draft).flatMap(({ path, group }) => [
    ...look([...path, 'workspace'], group.workspace),
    ...(typeof group.repository === 'string' ? look([...path, 'repository'], group.repository) : []),
  ]);
}
