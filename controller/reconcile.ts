// One tick of one group: observe → decide → record → apply. Waiting between ticks is the caller's.

import { messageOf, ServiceError } from '../core/errors.ts';
import type { Clock } from '../core/process/clock.ts';
import { apply, reserve, type ActionResult, type Plant } from './apply/apply.ts';
import { assemble } from './decide/assemble.ts';
import { nextLookIn } from './decide/cadence.ts';
import { decide } from './decide/decide.ts';
import type { Decision } from './decide/decision.ts';
import { remember, rememberFailedTakeBacks, type Memory } from './decide/memory.ts';
import type { Policy } from './decide/policy.ts';
import type { Observation, ObservationFailure } from './decide/snapshot.ts';
import type { Machine } from '../core/runner.ts';
import type { SourceView } from './sources/source.ts';
import type { TargetView } from './targets/target.ts';

/** What one tick saw, decided and did. */
export interface Tick {
  readonly observation: Observation;
  readonly decision: Decision;
  readonly results: readonly ActionResult[];
}

/** Told of each step of a tick as it happens. */
export interface Recorder {
  decided(decision: Decision, observation: Observation): void;
  applied(decision: Decision, results: readonly ActionResult[]): void;
}

interface Look {
  readonly observation: Observation;
  readonly machines: readonly Machine[];
}

function failed(reason: ObservationFailure['reason'], error: unknown): Look {
  if (!(error instanceof ServiceError)) throw error;
  return { observation: { ok: false, failure: { reason, message: messageOf(error) } }, machines: [] };
}

function joined(source: SourceView, target: TargetView, policy: Policy, now: number): Look {
  const { demand, vendorRoom, apiRoom, runners, ordered } = source;
  const { machines } = target;
  const members = assemble({ runners, machines, ordered }, now, policy.startTimeoutMs);
  const observedAt = Math.min(source.observedAt, target.observedAt);
  return {
    observation: { ok: true, snapshot: { observedAt, demand, members, vendorRoom, apiRoom } },
    machines,
  };
}

/** Both sides, completely; or the failure of the first that failed. */
export async function observe(plant: Plant, policy: Policy, clock: Clock, maxAgeMs: number): Promise<Look> {
  const [source, target] = await Promise.allSettled([plant.source.observe(maxAgeMs), plant.target.observe()]);
  if (source.status === 'rejected') return failed('source-unavailable', source.reason);
  if (target.status === 'rejected') return failed('target-unavailable', target.reason);
  return joined(source.value, target.value, policy, clock.now());
}

export interface ReconcilerOptions {
  readonly policy: Policy;
  readonly plant: Plant;
  readonly clock: Clock;
  readonly recorder: Recorder;
  /** What an earlier reconciler of the same group remembered. */
  readonly memory?: Memory | undefined;
}

export class Reconciler {
  memory: Memory | undefined;
  private readonly options: ReconcilerOptions;
  private failuresInRow = 0;
  private changedLastTime = true;

  constructor(options: ReconcilerOptions) {
    this.options = options;
    this.memory = options.memory;
  }

  /** @returns milliseconds until the next tick should begin, counted from the beginning of this one */
  async tick(): Promise<number> {
    const { plant, policy, clock, recorder } = this.options;
    const { observation, machines } = await observe(plant, policy, clock, this.maxAgeMs());
    if (observation.ok) this.memory = remember(this.memory, observation.snapshot);
    const decision = decide(policy, observation, this.memory, clock.now());
    reserve(plant, decision);
    recorder.decided(decision, observation);
    const results = await apply(plant, decision);
    recorder.applied(decision, results);
    this.learn(results, observation);
    if (plant.kind === 'runners') await plant.target.complete(machines);
    return nextLookIn(policy, { decision, observation, failuresInRow: this.failuresInRow });
  }

  /** Another group's answer will do, unless this group has just changed something. */
  private maxAgeMs(): number {
    return this.changedLastTime ? 0 : this.options.policy.fastPollingIntervalMs / 2;
  }

  private learn(results: readonly ActionResult[], observation: Observation): void {
    this.changedLastTime = results.length > 0 || !observation.ok;
    const failing = !observation.ok || results.some(({ outcome }) => outcome === 'failed');
    this.failuresInRow = failing ? this.failuresInRow + 1 : 0;
    const refused = results.flatMap(({ action, outcome }) =>
      action.kind === 'take-back' && outcome === 'failed' ? [action.runnerId] : [],
    );
    if (this.memory === undefined || refused.length === 0) return;
    this.memory = rememberFailedTakeBacks(this.memory, refused, this.options.clock.now());
  }
}
