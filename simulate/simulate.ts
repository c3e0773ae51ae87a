// Folds the controller's own decide over demand in virtual time. It is the controller's tick with a model for a world.

import type { Action, Decision } from '../controller/decide/decision.ts';
import { assemble } from '../controller/decide/assemble.ts';
import { nextLookIn } from '../controller/decide/cadence.ts';
import { decide } from '../controller/decide/decide.ts';
import { remember, type Memory } from '../controller/decide/memory.ts';
import type { Policy } from '../controller/decide/policy.ts';
import { capacityOf, type Capacity, type Demand, type Observation } from '../controller/decide/snapshot.ts';
import { Model, scope, type ModelSettings } from './model.ts';

/** One build of a demand: when it arrives after the start, and how long it runs. Milliseconds. */
export interface Arrival {
  readonly atMs: number;
  readonly runMs: number;
}

export interface SimulationOptions {
  readonly policy: Policy;
  readonly model: ModelSettings;
  readonly demand: readonly Arrival[];
  /** How long the group stands before the first arrival, so that `min` is online. */
  readonly warmUpMs: number;
  /** How long to go on after the last build has ended. */
  readonly coolOffMs: number;
}

/** The group at one look. Times are milliseconds after the demand's start. */
export interface Sample extends Capacity {
  readonly atMs: number;
  readonly waiting: number;
  readonly wanted: number;
}

export interface SimulationResult {
  /** Milliseconds that each started build waited, sorted. */
  readonly waits: readonly number[];
  readonly done: number;
  readonly killed: number;
  /** Builds that found no runner online. */
  readonly failed: number;
  /** When the last build started, milliseconds after the demand's start. */
  readonly allRunningMs: number;
  readonly registeredEver: number;
  readonly registeredAtMost: number;
  /** Runner-hours from registration to deletion. */
  readonly runnerHours: number;
  /** Looks and every change at the CI service. */
  readonly apiCalls: number;
  /** Decisions that changed something. */
  readonly changes: number;
  readonly samples: readonly Sample[];
}

const dayMs = 86_400_000;
/** A run that has not ended by then never will. */
const longestMs = 60 * dayMs;

class Simulation {
  private readonly options: SimulationOptions;
  private readonly model: Model;
  private readonly samples: Sample[] = [];
  private memory: Memory | undefined;
  private apiCalls = 0;
  private changes = 0;
  private runnerMs = 0;

  constructor(options: SimulationOptions) {
    this.options = options;
    this.model = new Model(options.model);
    for (const { atMs, runMs } of options.demand) {
      const arrive = (): void => void this.model.service.arrive({ scope, labels: [], runMs });
      this.model.timeline.plan(options.warmUpMs + atMs, arrive);
    }
  }

  run(): SimulationResult {
    let quietSince: number | undefined;
    for (let now = 0; now < longestMs;) {
      this.model.timeline.advance(now);
      const waitMs = this.tick(now);
      const ended = this.hasEnded();
      quietSince = ended ? (quietSince ?? now) : undefined;
      if (quietSince !== undefined && now - quietSince >= this.options.coolOffMs) break;
      this.runnerMs += this.model.service.registered(scope) * waitMs;
      now += waitMs;
    }
    return this.result();
  }

  private hasEnded(): boolean {
    const { builds } = this.model.service;
    const left = builds.waiting().length + builds.count('running');
    return builds.all.length === this.options.demand.length && left === 0;
  }

  private demand(): Demand {
    if (this.options.policy.rule.strategy === 'percentageRunnersIdle') return { kind: 'ratio' };
    const { builds } = this.model.service;
    return { kind: 'backlog', unclaimed: builds.waiting().length, running: builds.count('running') };
  }

  private observe(now: number): Observation & { ok: true } {
    const sighting = {
      runners: this.model.runners(),
      machines: this.model.jobs(),
      ordered: new Map<string, number>(),
    };
    const members = assemble(sighting, now, this.options.policy.startTimeoutMs);
    const snapshot = {
      observedAt: now,
      demand: this.demand(),
      members,
      vendorRoom: this.model.room(),
      apiBudget: undefined,
    };
    this.apiCalls += 1;
    return { ok: true, snapshot };
  }

  private tick(now: number): number {
    const { policy } = this.options;
    const observation = this.observe(now);
    this.memory = remember(this.memory, observation.snapshot, this.options.policy.startTimeoutMs);
    const decision = decide(policy, observation, this.memory, now);
    this.sample(now, observation, decision);
    for (const action of decision.actions) this.carryOut(action);
    if (decision.actions.length > 0) this.changes += 1;
    return nextLookIn(policy, { decision, observation, failuresInRow: 0 });
  }

  private sample(now: number, { snapshot }: Observation & { ok: true }, { to }: Decision): void {
    const waiting = this.model.service.builds.waiting().length;
    const atMs = now - this.options.warmUpMs;
    this.samples.push({ atMs, waiting, wanted: to ?? 0, ...capacityOf(snapshot.members) });
  }

  private carryOut(action: Action): void {
    switch (action.kind) {
      case 'order':
        this.apiCalls += action.count;
        return this.model.order(action.count);
      case 'retire':
      case 'take-back':
        this.apiCalls += 1;
        return this.model.setDisabled(action.runnerId, action.kind === 'retire');
      case 'remove':
      case 'discard':
        this.apiCalls += 2;
        return this.model.remove(action.runnerId);
    }
  }

  private result(): SimulationResult {
    const { builds, registeredEver } = this.model.service;
    const starts = builds.all.flatMap(({ startedAt }) => startedAt ?? []);
    return {
      waits: builds.waits(),
      done: builds.count('done'),
      killed: builds.count('killed'),
      failed: builds.count('failed'),
      allRunningMs: starts.length === 0 ? 0 : Math.max(...starts) - this.options.warmUpMs,
      registeredEver,
      registeredAtMost: this.model.registeredAtMost,
      runnerHours: this.runnerMs / 3_600_000,
      apiCalls: this.apiCalls,
      changes: this.changes,
      samples: this.samples,
    };
  }
}

/** The same options always give the same result. */
export function simulate(options: SimulationOptions): SimulationResult {
  return new Simulation(options).run();
}

/** The value below which `share` (0 to 1) of the sorted values lie; 0 for none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
