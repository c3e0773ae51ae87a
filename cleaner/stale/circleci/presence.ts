// What CircleCI's list of runners says of one instance: whether its runner is there. In doubt it may be. Pure.

import type { InstanceSighting, ListedRunner } from './subject.ts';

export type Presence =
  /** Its runner was in contact at this time, in milliseconds since the epoch. */
  | { readonly kind: 'registered'; readonly contactAt: number }
  /** Its runner is one of another resource class, of whose tasks nothing is known here. */
  | { readonly kind: 'elsewhere' }
  /** A runner whose name tells no instance may be its. */
  | { readonly kind: 'unknown' }
  /** Nobody who is listed can be its runner. */
  | { readonly kind: 'absent' };

/** As AWS forms it, alone or within a name such as `i-0123456789abcdef0.eu-west-1.compute.internal`. */
const instanceId = /(?<![0-9a-z])i-(?:[0-9a-f]{17}|[0-9a-f]{8})(?![0-9a-z])/g;

/** CircleCI's own page hides a runner that was silent for this long, and no task runs that long unless somebody wrote so. */
export const forgottenAfterMs = 12 * 3_600_000;

/** The instances that a runner names. */
export function instancesNamedBy({ name, hostname = '' }: ListedRunner): readonly string[] {
  return `${name} ${hostname}`.match(instanceId) ?? [];
}

/**
 * @param id the instance's
 * @param since when it was first seen in service, in milliseconds since the epoch
 */
export function presenceOf(
  id: string,
  since: number,
  { runners, resourceClass }: Pick<InstanceSighting, 'runners' | 'resourceClass'>,
  now: number,
): Presence {
  const own = runners.filter((runner) => instancesNamedBy(runner).includes(id));
  const ofClass = own.filter((runner) => runner.resourceClass === resourceClass);
  if (own.length > ofClass.length) return { kind: 'elsewhere' };
  if (ofClass.length > 0) {
    return { kind: 'registered', contactAt: Math.max(...ofClass.map((each) => each.lastConnectedAt)) };
  }
  const from = Math.min(since, now - forgottenAfterMs);
  const nameless = runners.some(
    (runner) =>
      runner.resourceClass === resourceClass &&
      instancesNamedBy(runner).length === 0 &&
      runner.lastConnectedAt >= from,
  );
  return { kind: nameless ? 'unknown' : 'absent' };
}
