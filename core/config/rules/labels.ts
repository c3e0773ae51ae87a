// Labels of a Bitbucket group: what Bitbucket accepts. Pure.

import { bitbucketGroups, errorAt, type Draft, type Finding } from '../finding.ts';
import { customLabels, platformLabel, platformLabels } from '../labels.ts';

const mostCustomLabels = 10;
const shape = /^[a-z0-9]+(\.[a-z0-9]+)*$/;

export function labelsHaveTheRightCharacters(draft: Draft): Finding[] {
  return bitbucketGroups(draft).flatMap(({ path, group }) =>
    group.labels.flatMap((label, index) =>
      shape.test(label)
        ? []
        : [
            errorAt(
              [...path, 'labels', index],
              'Bitbucket accepts lowercase letters and digits, with dots between them, such as my.group',
            ),
          ],
    ),
  );
}

export function labelsAreFew(draft: Draft): Finding[] {
  return bitbucketGroups(draft).flatMap(({ path, group }) => {
    const count = customLabels(group).length;
    if (count <= mostCustomLabels) return [];
    return [
      errorAt([...path, 'labels'], `Bitbucket allows ${mostCustomLabels} labels of your own, got ${count}`),
    ];
  });
}

/** The platform's label follows from the architecture; a second one is refused by Bitbucket. */
export function platformIsTheArchitectures(draft: Draft): Finding[] {
  return bitbucketGroups(draft).flatMap(({ path, group, unknown }) => {
    if (unknown?.has('architecture') === true) return [];
    const architecture = group.architecture ?? 'amd64';
    const own = platformLabel(architecture);
    return group.labels.flatMap((label, index) => {
      if (label === own || !platformLabels.includes(label)) return [];
      const advice =
        label === 'linux.arm64'
          ? 'write architecture: arm64'
          : 'remove it; these runners are for Linux and Docker';
      const message = `a runner carries one platform label, and architecture ${architecture} already gives ${own}; ${advice}`;
      return [errorAt([...path, 'labels', index], message)];
    });
  });
}
