// From the places that are marked with a resource class to the groups they stand for. Pure: it looks at nothing itself.

import type {
  AutoScalingGroupTarget,
  CircleCiGroup,
  CronJobTarget,
  Discovery,
  Group,
} from '../config/config.ts';

/** One CronJob or Auto Scaling group that says whose tasks it is for. */
export interface Found {
  /** `namespace/name`. */
  readonly resourceClass: string;
  readonly target: CronJobTarget | AutoScalingGroupTarget;
}

/** A group that nobody declared. */
export interface DiscoveredGroup extends CircleCiGroup {
  /** What claims the resource class, where it is more than one thing; then nothing is started for it. */
  readonly contestedBy?: readonly string[] | undefined;
}

export function describeTarget(target: Found['target']): string {
  return target.kind === 'cron-job'
    ? `CronJob ${target.namespace}/${target.name}`
    : `Auto Scaling group ${target.name} in ${target.region}`;
}

/** `name` of `namespace/name`; undefined for another namespace's class, and for what is no resource class. */
export function isInNamespace(resourceClass: string, namespace: string): boolean {
  const [owner, name, ...more] = resourceClass.split('/');
  return owner === namespace && name !== undefined && name !== '' && more.length === 0;
}

function groupFor(
  resourceClass: string,
  targets: readonly Found['target'][],
  discovery: Discovery,
): DiscoveredGroup[] {
  const [target] = targets;
  if (target === undefined) return [];
  const contested = targets.length > 1 ? { contestedBy: targets.map(describeTarget) } : {};
  return [
    {
      ...{ service: 'circleci', name: resourceClass, resourceClass, target, cleanerEnabled: true },
      policy: discovery.policy,
      ...contested,
    },
  ];
}

/** What of a group must not be there twice. */
function claimsOf(group: Group): readonly string[] {
  if (group.service !== 'circleci') return [`name ${group.name}`];
  return [`name ${group.name}`, `name ${group.resourceClass}`, describeTarget(group.target)];
}

/**
 * One group for each resource class, sorted by its name. Declared groups win: a class, a name or a target that one of them
 * has is left to it.
 */
export function groupsOf(
  found: readonly Found[],
  discovery: Discovery,
  declared: readonly Group[],
): readonly DiscoveredGroup[] {
  const claimed = new Set(declared.flatMap(claimsOf));
  const byClass = new Map<string, Map<string, Found['target']>>();
  for (const { resourceClass, target } of found) {
    if (!isInNamespace(resourceClass, discovery.circleCiNamespace)) continue;
    if (claimed.has(`name ${resourceClass}`) || claimed.has(describeTarget(target))) continue;
    const targets = byClass.get(resourceClass) ?? new Map<string, Found['target']>();
    byClass.set(resourceClass, targets.set(describeTarget(target), target));
  }
  return [...byClass]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([resourceClass, targets]) =>
      groupFor(
        resourceClass,
        [...targets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target),
        discovery,
      ),
    );
}
