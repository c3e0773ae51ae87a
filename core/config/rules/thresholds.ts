// When a group grows and shrinks: the two thresholds. Pure.

import { bitbucketGroups, errorAt, type Draft, type Finding } from '../finding.ts';

export function downIsBelowUp(draft: Draft): Finding[] {
  return bitbucketGroups(draft).flatMap(({ path, group }) => {
    const { scale_down_threshold: down, scale_up_threshold: up } = group.parameters;
    if (down < up) return [];
    const message = `scale_down_threshold is ${down}, which must be less than scale_up_threshold, ${up}; for example 0.2 and 0.5`;
    return [errorAt([...path, 'parameters', 'scale_down_threshold'], message)];
  });
}
