// Tells an outage from instances that broke: when much of a group is silent at once, nothing of it is ended. Pure.

import type { Brake } from '../brake.ts';
import type { Terms } from '../terms.ts';
import { isOver, seconds } from '../verdict.ts';
import { lostAfterMs, silenceOf, type JudgedInstance } from './judge-instance.ts';
import type { InstanceSighting } from './subject.ts';

type Listing = Pick<InstanceSighting, 'runners' | 'resourceClass'>;

/** A list that shows somebody in contact would show the others too. */
function isAlive({ runners, resourceClass }: Listing, terms: Terms, now: number): boolean {
  const ofClass = runners.filter((runner) => runner.resourceClass === resourceClass);
  return ofClass.some(({ lastConnectedAt }) => now - lastConnectedAt < lostAfterMs(terms));
}

/** Silent for longer than its grace, but not so long that it is no outage any more. */
function isNewlySilent(instance: JudgedInstance, terms: Terms, now: number): boolean {
  const silence = silenceOf(instance, terms);
  if (silence === undefined || !isOver(silence, now)) return false;
  return now - silence.sinceMs < silence.graceMs + terms.busyOfflineGraceMs;
}

/** Undefined if the sweep may go on. Those that never registered count where the list shows nobody at all. */
export function instanceBrakeOf(
  instances: readonly JudgedInstance[],
  listing: Listing,
  terms: Terms,
  now: number,
): Brake | undefined {
  const { brakeShare, brakeMinimum, busyOfflineGraceMs } = terms;
  const of = instances.length;
  const alive = isAlive(listing, terms, now);
  const counted = instances.filter(({ presence }) => presence.kind === 'registered' || !alive);
  const silent = counted.filter((instance) => isNewlySilent(instance, terms, now)).length;
  if (silent < Math.max(1, brakeMinimum) || silent <= brakeShare * of) return undefined;
  const because =
    `CircleCI has not heard of ${silent} of ${of} instances in service, which is more than ` +
    `${Math.round(brakeShare * 100)} %: taken for an outage for up to ${seconds(busyOfflineGraceMs)}`;
  return { silent, of, because };
}
