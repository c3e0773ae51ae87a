// One pass over the instances of one Auto Scaling group: which are stale, and which may be ended now. A function of values.

import type { Findings } from '../findings.ts';
import { due, remark } from '../marks.ts';
import type { Terms } from '../terms.ts';
import type { Verdict } from '../verdict.ts';
import { instanceBrakeOf } from './instance-brake.ts';
import { recognise, type InstanceMemory, type KnownInstance } from './instance-memory.ts';
import { judgeInstance, type JudgedInstance, type Tasks } from './judge-instance.ts';
import { forgottenAfterMs, presenceOf } from './presence.ts';
import type { InstanceSighting, SeenInstance } from './subject.ts';

export interface InstancePass extends Findings {
  /** For the next pass. */
  readonly memory: InstanceMemory;
}

/** A sign of life in between makes it another mark. */
function markOf({ id, presence }: JudgedInstance): string {
  return `${id} ${presence.kind === 'registered' ? presence.contactAt : presence.kind}`;
}

function keptBecause({ isProtected }: SeenInstance, { keep }: InstanceSighting): string | undefined {
  if (keep) return 'its Auto Scaling group is tagged to be kept';
  return isProtected ? 'protected from scale-in' : undefined;
}

/** Whatever state they are in: one that is on its way out may still end its task. */
function tasksOf(sighting: InstanceSighting, now: number): Tasks {
  const registered = sighting.instances.filter(({ id }) => {
    const presence = presenceOf(id, now, sighting, now);
    return presence.kind === 'registered' && now - presence.contactAt < forgottenAfterMs;
  });
  return { running: sighting.running, registered: registered.length };
}

function judgedOf(
  sighting: InstanceSighting,
  known: ReadonlyMap<string, KnownInstance>,
): readonly JudgedInstance[] {
  return sighting.instances.flatMap((instance): JudgedInstance[] => {
    const found = known.get(instance.id);
    if (found === undefined) return [];
    return [{ id: instance.id, ...found, keptBecause: keptBecause(instance, sighting) }];
  });
}

interface Found {
  readonly verdict: Verdict;
  readonly mark: string;
}

/** AWS refuses to go below MinSize, and would replace what is ended otherwise: so many stay, and say so. */
function withinRoom(found: readonly Found[], { min, desired }: InstanceSighting): readonly Found[] {
  let room = Math.max(0, desired - min);
  return found.map(({ verdict, mark }) => {
    if (verdict.reason === 'runner-exempt' || room-- > 0) return { verdict, mark };
    const because = `left, as its group is at its MinSize of ${min} and AWS would replace it; otherwise: ${verdict.because}`;
    return { verdict: { ...verdict, reason: 'at-min-size', because }, mark };
  });
}

/**
 * The same arguments always give the same pass.
 * @param now milliseconds since the epoch
 */
export function passInstances(
  sighting: InstanceSighting,
  terms: Terms,
  before: InstanceMemory,
  now: number,
): InstancePass {
  const known = recognise(sighting, before, now);
  const judged = judgedOf(sighting, known);
  const tasks = tasksOf(sighting, now);
  const all = judged.flatMap((instance) => {
    const verdict = judgeInstance(instance, tasks, terms, now);
    return verdict === undefined ? [] : [{ verdict, mark: markOf(instance) }];
  });
  const found = withinRoom(all, sighting);
  const brake = instanceBrakeOf(judged, sighting, terms, now);
  const marks = found.map(({ mark }) => mark);
  const mayGo = found.filter(({ verdict }) => verdict.reason !== 'at-min-size');
  return {
    stale: found.map(({ verdict }) => verdict),
    due: brake === undefined ? due(before.stale, mayGo, now) : [],
    brake,
    memory: { stale: remark(before.stale, marks, now), known },
  };
}
