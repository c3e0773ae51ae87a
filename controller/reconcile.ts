// One tick of one group: observe → decide → record → apply. Waiting between ticks is the caller's.

import { messageOf, ServiceError, StoppingError } from '../core/errors.ts';
import type { Clock } from '../core/process/clock.ts';
import { neverEnding, requireSendable, type Ending } from '../core/process/ending.ts';
import { apply, reserve, type ActionResult, type Plant } from './apply/apply.ts';
import { assemblePool } from './decide/assemble-pool.ts';
import { assemble } from './decide/assemble.ts';
import { nextLookIn } from './decide/cadence.ts';
import { decide } from './decide/decide.ts';
import type { Action, Decision } from './decide/decision.ts';
import { endedOfPool, endedOfRunners, type EndedStart } from './decide/ended.ts';
import { withoutIdlers } from './decide/idlers.ts';
import { memoryAfterEdit, remember, rememberFailedTakeBacks, type Memory } from './decide/memory.ts';
import { holdLinkOf } from '../core/hold-link.ts';
import type { Policy } from './decide/policy.ts';
import type { Member, Observation, ObservationFailure } from './decide/snapshot.ts';
import { explain, withHindrances } from './explain.ts';
import type { SourceView } from './sources/source.ts';
import type { TargetView } from './targets/target.ts';

/** Told of each step of a tick as it happens. */
export interface Recorder {
  decided(decision: Decision, observation: Observation): void;
  applied(decision: Decision, results: readonly ActionResult[]): void;
  /** Machines that exist could not be completed. */
  unfinished(group: string, error: ServiceError): void;
  /** The program ended before these actions were done; the next start decides anew. */
  interrupted?(group: string, actions: readonly Action[]): void;
}

type Failed = { readonly ok: false; readonly failure: ObservationFailure };
type Look = { readonly ok: true; readonly source: SourceView; readonly target: TargetView } | Failed;
type Seen =
  | (Look & { readonly ok: true; readonly members: readonly Member[]; readonly ended: readonly EndedStart[] })
  | Failed;

function failed(reason: ObservationFailure['reason'], error: unknown): Failed {
  if (!(error instanceof ServiceError)) throw error;
  return { ok: false, failure: { reason, message: messageOf(error), link: holdLinkOf(error) } };
}

/** Both sides, completely; or the failure of the first that failed. */
async function look(plant: Plant, maxAgeMs: number): Promise<Look> {
  const [source, target] = await Promise.allSettled([plant.source.observe(maxAgeMs), plant.target.observe()]);
  if (source.status === 'rejected') return failed('source-unavailable', source.reason);
  if (target.status === 'rejected') return failed('target-unavailable', target.reason);
  return { ok: true, source: source.value, target: target.value };
}

function membersOf(
  kind: Plant['kind'],
  { source, target }: Look & { ok: true },
  policy: Policy,
  now: number,
): readonly Member[] {
  const { runners, ordered, made } = source;
  const sighting = { runners, machines: target.machines, ordered, made };
  return (kind === 'pool' ? assemblePool : assemble)(sighting, now, policy.startTimeoutMs);
}

function endedOf(kind: Plant['kind'], { source, target }: Look & { ok: true }): readonly EndedStart[] {
  return kind === 'pool' ? endedOfPool(target.machines) : endedOfRunners(source.runners, target.machines);
}

/** Both sides joined; and why some do not come online, if that is so. */
async function see(plant: Plant, policy: Policy, clock: Clock, maxAgeMs: number): Promise<Seen> {
  const seen = await look(plant, maxAgeMs);
  if (!seen.ok) return seen;
  const now = clock.now();
  const members = membersOf(plant.kind, seen, policy, now);
  const ended = endedOf(plant.kind, seen);
  const { machines } = seen.target;
  const hindrances = await explain({ plant, members, machines }, policy, now);
  return { ...seen, members: withHindrances(members, hindrances), ended };
}

/** Asks for the room that is left now, so it belongs right before deciding and reserving, with no await between them. */
function observationOf(seen: Seen): Observation {
  if (!seen.ok) return seen;
  const { source, target, members, ended } = seen;
  const { demand, agents } = source;
  const observedAt = Math.min(source.observedAt, target.observedAt);
  const room = {
    vendorRoom: source.vendorRoom?.(),
    targetRoom: target.room,
    apiBudget: source.apiBudget?.(),
  };
  return { ok: true, snapshot: { observedAt, demand, members, ended, agents, ...room } };
}

/** @param maxAgeMs an answer that another group of the same scope got this recently will do */
export async function observe(
  plant: Plant,
  policy: Policy,
  clock: Clock,
  maxAgeMs: number,
): Promise<Observation> {
  return observationOf(await see(plant, policy, clock, maxAgeMs));
}

export interface ReconcilerOptions {
  readonly policy: Policy;
  readonly plant: Plant;
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** Of the program; never, if left out. */
  readonly ending?: Ending | undefined;
  /** The reconciler of the same group under the settings before; what it knows goes on. */
  readonly predecessor?: Pick<Reconciler, 'policy' | 'memory' | 'changedAt'> | undefined;
}

export class Reconciler {
  readonly policy: Policy;
  memory: Memory | undefined;
  /** When it last changed something, or could not tell; milliseconds since the epoch. */
  changedAt: number | undefined;
  private readonly options: ReconcilerOptions;
  private failuresInRow = 0;

  constructor(options: ReconcilerOptions) {
    const { policy, predecessor } = options;
    this.options = options;
    this.policy = policy;
    this.memory = predecessor?.memory && memoryAfterEdit(predecessor.memory, predecessor.policy, policy);
    // A list from before it began is too old: this process may have led before, and another one since.
    this.changedAt =
      options.predecessor === undefined ? options.clock.now() - 1 : options.predecessor.changedAt;
  }

  /**
   * @returns milliseconds until the next tick should begin, counted from the beginning of this one
   * @throws StoppingError when the program is told to end
   */
  async tick(): Promise<number> {
    const { plant, policy, clock, recorder, ending = neverEnding } = this.options;
    const seen = await see(plant, policy, clock, this.maxAgeMs());
    // What is decided now would not be begun, and must not be told as if it were.
    requireSendable(ending, 'change');
    const now = clock.now();
    const observation = this.remembered(observationOf(seen));
    const decision = decide(policy, observation, this.memory, now);
    reserve(plant, decision);
    recorder.decided(decision, observation);
    const results = this.tellInterrupted(policy.group, await apply(plant, decision));
    recorder.applied(decision, results);
    const finished = await this.finish(seen);
    const isFailing = !finished || !observation.ok || results.some(({ outcome }) => outcome === 'failed');
    this.learn(results, isFailing);
    return nextLookIn(policy, { decision, observation, failuresInRow: this.failuresInRow });
  }

  /** What it shows in the light of all looks before: runners that take no task are no capacity. */
  private remembered(observation: Observation): Observation {
    if (!observation.ok) return observation;
    const { snapshot } = observation;
    const memory = remember(this.memory, snapshot, this.options.policy.startTimeoutMs);
    this.memory = memory;
    if (memory.lives === undefined) return observation;
    return { ok: true, snapshot: { ...snapshot, members: withoutIdlers(snapshot.members, memory.lives) } };
  }

  /** @returns the results without those that the end of the program kept from being any */
  private tellInterrupted(group: string, results: readonly ActionResult[]): readonly ActionResult[] {
    const isInterrupted = ({ error }: ActionResult): boolean => error instanceof StoppingError;
    const actions = results.filter(isInterrupted).map(({ action }) => action);
    if (actions.length > 0) this.options.recorder.interrupted?.(group, actions);
    return results.filter((result) => !isInterrupted(result));
  }

  /** Another group's answer will do, unless this group has changed something since it was asked for. */
  private maxAgeMs(): number {
    const { policy, clock } = this.options;
    const recent = policy.fastPollingIntervalMs / 2;
    // Asked for in the millisecond of the change, it may or may not show it.
    return this.changedAt === undefined ? recent : Math.min(recent, clock.now() - this.changedAt - 1);
  }

  /** What a crash or a lost answer left half done. Its failure is told, and waits for the next tick. */
  private async finish(seen: Seen): Promise<boolean> {
    const { plant, policy, recorder } = this.options;
    if (plant.kind !== 'runners' || !seen.ok) return true;
    try {
      await plant.target.complete(seen.target.machines);
      return true;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      recorder.unfinished(policy.group, error);
      return false;
    }
  }

  private learn(results: readonly ActionResult[], isFailing: boolean): void {
    const { clock } = this.options;
    if (results.length > 0) this.changedAt = clock.now();
    this.failuresInRow = isFailing ? this.failuresInRow + 1 : 0;
    const refused = results.flatMap(({ action, outcome }) =>
      action.kind === 'take-back' && outcome === 'failed' ? [action.runnerId] : [],
    );
    if (this.memory === undefined || refused.length === 0) return;
    this.memory = rememberFailedTakeBacks(this.memory, refused, clock.now());
  }
}
