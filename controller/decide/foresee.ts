// What a running controller would do from here on if nothing else happened: `decide`, again and again, on the world as its own
// decisions leave it. Pure.

import { decide } from './decide.ts';
import { isHold, type Action, type Decision } from './decision.ts';
import { memoryAsIfWatched, remember, type Memory } from './memory.ts';
import type { Policy } from './policy.ts';
import type { Member, Observation, Snapshot } from './snapshot.ts';

export interface Foresight {
  /** All of it as one decision: the first one's reason, every action, and where it ends. */
  readonly decision: Decision;
  /** The decisions one by one; the first is what a running controller would do now. Never empty. */
  readonly steps: readonly Decision[];
}

/** What comes of an order or of enabling a runner depends on the builds that it finds: nothing is foreseen beyond that. */
function isForeseeable({ actions }: Decision): boolean {
  return actions.every(({ kind }) => kind === 'retire' || kind === 'remove' || kind === 'discard');
}

function idsOf(actions: readonly Action[], ...kinds: readonly Action['kind'][]): ReadonlySet<string> {
  return new Set(
    actions.flatMap((action) =>
      kinds.includes(action.kind) && action.kind !== 'order' ? [action.runnerId] : [],
    ),
  );
}

function after(snapshot: Snapshot, { actions }: Decision): Snapshot {
  const gone = idsOf(actions, 'remove', 'discard');
  const retired = idsOf(actions, 'retire');
  const members = snapshot.members
    .filter(({ id }) => !gone.has(id))
    .map((member): Member => (retired.has(member.id) ? { ...member, state: 'draining' } : member));
  return { ...snapshot, members };
}

function summary(steps: readonly Decision[], last: Decision): Decision {
  const [first = last] = steps;
  const looks = steps.length - 1;
  const later =
    looks === 0 ? '' : `; ${looks} more ${looks === 1 ? 'look leads' : 'looks lead'} to ${last.to}`;
  return {
    ...first,
    to: last.to,
    actions: steps.flatMap(({ actions }) => actions),
    because: first.because + later,
    limits: last.limits,
  };
}

/** All at one time: a cool-down that is not over yet is not waited for. @param now milliseconds since the epoch */
export function foresee(policy: Policy, observation: Observation, now: number): Foresight {
  const steps: Decision[] = [];
  let seen = observation;
  let memory: Memory | undefined = seen.ok
    ? memoryAsIfWatched(seen.snapshot, policy.startTimeoutMs)
    : undefined;
  for (;;) {
    const decision = decide(policy, seen, memory, now);
    if (isHold(decision) && steps.length > 0) return { decision: summary(steps, decision), steps };
    steps.push(decision);
    if (!seen.ok || isHold(decision) || !isForeseeable(decision)) {
      return { decision: summary(steps, decision), steps };
    }
    const snapshot = after(seen.snapshot, decision);
    seen = { ok: true, snapshot };
    memory = remember(memory, snapshot, policy.startTimeoutMs);
  }
}
