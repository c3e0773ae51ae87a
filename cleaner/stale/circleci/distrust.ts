// Whether CircleCI's answers can be right: a list that lacks whom it must have is no reason to end anybody. Pure.

import type { Terms } from '../terms.ts';
import { seconds } from '../verdict.ts';
import type { InstanceMemory } from './instance-memory.ts';
import { lostAfterMs } from './judge-instance.ts';
import { forgottenAfterMs, presenceOf } from './presence.ts';
import type { InstanceSighting } from './subject.ts';

function tooFewListed(
  { runners, resourceClass, running }: InstanceSighting,
  now: number,
): string | undefined {
  const ofClass = runners.filter((runner) => runner.resourceClass === resourceClass);
  const listed = ofClass.filter(({ lastConnectedAt }) => now - lastConnectedAt < forgottenAfterMs).length;
  if (running <= listed) return undefined;
  return `${running} tasks of ${resourceClass} run, but CircleCI lists only ${listed} runners that could have them`;
}

/** One that was in contact a short while ago stays listed for hours, even if it is gone. Where nothing is in service nobody asked. */
function missing(
  sighting: InstanceSighting,
  { known }: InstanceMemory,
  terms: Terms,
  now: number,
): string | undefined {
  const graceMs = lostAfterMs(terms);
  for (const { id, inService } of sighting.instances) {
    if (!inService) continue;
    const before = known.get(id);
    if (before?.presence.kind !== 'registered' || now - before.presence.contactAt >= graceMs) continue;
    const { kind } = presenceOf(id, before.since, sighting, now);
    if (kind === 'registered' || kind === 'elsewhere') continue;
    const silent = seconds(now - before.presence.contactAt);
    return `CircleCI no longer lists the runner of ${id}, which was in contact ${silent} ago`;
  }
  return undefined;
}

/** Why nothing can be concluded from what was seen; undefined if it can. */
export function distrust(
  sighting: InstanceSighting,
  before: InstanceMemory,
  terms: Terms,
  now: number,
): string | undefined {
  return tooFewListed(sighting, now) ?? missing(sighting, before, terms, now);
}
