// When a group grows and shrinks: the two thresholds, and whether they let it settle. Pure.

import { bitbucketGroups, errorAt, warningAt, type Draft, type Finding } from '../finding.ts';
import { findFlapping } from './flapping.ts';

export function downIsBelowUp(draft: Draft): Finding[] {
  return bitbucketGroups(draft).flatMap(({ path, group }) => {
    const { scale_down_threshold: down, scale_up_threshold: up } = group.parameters;
    if (down < up) return [];
    const message = `scale_down_threshold is ${down}, which must be less than scale_up_threshold, ${up}; for example 0.2 and 0.5`;
    return [errorAt([...path, 'parameters', 'scale_down_threshold'], message)];
  });
}

/** Promise P6: with constant demand the plan becomes empty and stays empty. */
export function groupSettles(draft: Draft): Finding[] {
  return bitbucketGroups(draft).flatMap(({ path, group }) => {
    const { min, max, ...rest } = group.parameters;
    const flapping = findFlapping({
      min,
      max,
      scaleUpThreshold: rest.scale_up_threshold,
      scaleDownThreshold: rest.scale_down_threshold,
      scaleUpMultiplier: rest.scale_up_multiplier,
      scaleDownMultiplier: rest.scale_down_multiplier,
    });
    if (flapping === undefined || rest.scale_down_threshold >= rest.scale_up_threshold) return [];
    const { busy, cycle } = flapping;
    const message = `with ${busy} busy the group never settles: ${[...cycle, cycle[0]].join(' → ')} runners; lower scale_down_threshold, or bring the multipliers closer to 1`;
    return [warningAt([...path, 'parameters'], message, 'key')];
  });
}
