// What tests of the cleaner's CircleCI part say of Jobs, instances and runners; the rest is filled in.

import type {
  InstanceSighting,
  ListedRunner,
  SeenInstance,
  SeenPods,
  SeenRunnerJob,
} from '../../../../cleaner/stale/circleci/subject.ts';
import { now } from '../given.ts';

export const resourceClass = 'acme/linux';

/** @param ageS seconds since it was made, and since it ended */
export function job(
  phase: SeenRunnerJob['phase'],
  ageS: number,
  given: Partial<SeenRunnerJob> = {},
): SeenRunnerJob {
  const createdAt = now - ageS * 1000;
  const endedAt = phase === 'failed' || phase === 'succeeded' ? createdAt : undefined;
  const rest = { name: 'linux-0', uid: 'uid-0', ttlMs: undefined, keep: false, pods: undefined };
  return { ...rest, phase, createdAt, endedAt, ...given };
}

type Trouble = NonNullable<SeenPods['trouble']>['trouble'];

export function pods(trouble: Trouble | undefined, ageS: number, given: Partial<SeenPods> = {}): SeenPods {
  const found = trouble === undefined ? undefined : { trouble, word: `word for ${trouble}` };
  const rest = { uid: 'pod-0', runs: false, lastRun: undefined };
  return { ...rest, createdAt: now - ageS * 1000, trouble: found, ...given };
}

/** An instance id as AWS forms it. */
export function idOf(number: number): string {
  return `i-${number.toString(16).padStart(17, '0')}`;
}

export function instance(number: number, given: Partial<SeenInstance> = {}): SeenInstance {
  return { id: idOf(number), inService: true, isProtected: false, ...given };
}

/** @param silentS seconds since it was last in contact */
export function listed(name: string, silentS: number, given: Partial<ListedRunner> = {}): ListedRunner {
  return { name, resourceClass, lastConnectedAt: now - silentS * 1000, ...given };
}

export function sighting(given: Partial<InstanceSighting>): InstanceSighting {
  const { instances = [] } = given;
  const rest = { resourceClass, instances, min: 0, keep: false, runners: [], running: 0 };
  return { ...rest, desired: instances.length, ...given };
}
