// A CI service in virtual time: builds arrive, runners register, take builds, are disabled and deleted. No HTTP, no clock.

import { Builds, type Build, type BuildOrder } from './builds.ts';
import {
  forgetOldSteps,
  showRunner,
  type ReportTimes,
  type ShownRunner,
  type WorldRunner,
} from './registrations.ts';
import type { Timeline } from './timeline.ts';

export interface CiServiceSettings extends ReportTimes {
  /** Runners that one scope may have registered. */
  readonly runnerLimit: number;
  /** Bitbucket: a step that finds no matching runner online fails. */
  readonly failsWithoutRunner: boolean;
  /** Makes the identity of a new registration. */
  readonly newId: () => string;
}

export interface NewRunner {
  readonly scope: string;
  readonly name: string;
  readonly labels: readonly string[];
}

export class CiService {
  readonly builds = new Builds();
  /** Registrations ever made. */
  registeredEver = 0;
  private readonly runners = new Map<string, WorldRunner>();
  private readonly timeline: Timeline;
  private readonly settings: CiServiceSettings;

  constructor(timeline: Timeline, settings: CiServiceSettings) {
    this.timeline = timeline;
    this.settings = settings;
  }

  /** A build arrives now. */
  arrive(order: BuildOrder): Build {
    const build = this.builds.arrive(order, this.timeline.now);
    const matching = this.online(order.scope).filter((runner) => canRun(runner, order.labels));
    if (matching.length === 0 && this.settings.failsWithoutRunner) this.builds.fail(build, this.timeline.now);
    const free = matching.find(({ build: step }) => step === undefined);
    if (free !== undefined) this.giveWork(free);
    return build;
  }

  /** A new registration, or `limit` when the scope is full. */
  register({ scope, name, labels }: NewRunner): WorldRunner | 'limit' {
    if (this.registered(scope) >= this.settings.runnerLimit) return 'limit';
    const now = this.timeline.now;
    const runner: WorldRunner = {
      id: this.settings.newId(),
      scope,
      name,
      labels,
      createdAt: now,
      disabled: false,
      unhealthy: false,
      contactAt: undefined,
      alive: false,
      connected: false,
      lostAt: undefined,
      stateChangedAt: now,
      build: undefined,
      steps: [],
    };
    this.runners.set(runner.id, runner);
    this.registeredEver += 1;
    return runner;
  }

  registered(scope: string): number {
    return this.inScope(scope).length;
  }

  /** As the API shows them now, in the order of their creation. */
  list(scope: string): readonly ShownRunner[] {
    return this.inScope(scope).map((runner) => this.show(runner));
  }

  find(scope: string, id: string): ShownRunner | undefined {
    const runner = this.runners.get(id);
    return runner?.scope === scope ? this.show(runner) : undefined;
  }

  /** False if there is no such runner. */
  setDisabled(scope: string, id: string, disabled: boolean): boolean {
    const runner = this.runners.get(id);
    if (runner?.scope !== scope) return false;
    if (runner.disabled !== disabled) runner.stateChangedAt = this.timeline.now;
    runner.disabled = disabled;
    this.giveWork(runner);
    return true;
  }

  /** Deletes the registration; a build on it is killed. False if there is no such runner. */
  deregister(scope: string, id: string): boolean {
    const runner = this.runners.get(id);
    if (runner?.scope !== scope) return false;
    this.endBuild(runner, 'killed');
    return this.runners.delete(id);
  }

  /** The process of a runner reaches the service, for the first time or again. */
  connect(id: string): void {
    const runner = this.runners.get(id);
    if (runner === undefined) return;
    // A process that was started anew knows nothing of the step that died with the one before.
    const open = runner.alive ? undefined : runner.steps.at(-1);
    if (open !== undefined) open.to ??= this.timeline.now;
    runner.contactAt ??= this.timeline.now;
    runner.alive = true;
    runner.connected = true;
    runner.lostAt = undefined;
    runner.stateChangedAt = this.timeline.now;
    this.giveWork(runner);
  }

  /** The process can't reach the service; a build on it goes on. */
  disconnect(id: string): void {
    const runner = this.runners.get(id);
    if (runner?.connected !== true) return;
    runner.connected = false;
    runner.lostAt = this.timeline.now;
  }

  /** The process lives but takes no more steps (Bitbucket: it could not clean up after one). */
  sicken(id: string): void {
    const runner = this.runners.get(id);
    if (runner === undefined) return;
    runner.unhealthy = true;
    runner.stateChangedAt = this.timeline.now;
  }

  /** The process ends; a build on it is killed, though the service goes on showing its step. */
  stop(id: string): void {
    const runner = this.runners.get(id);
    if (runner === undefined) return;
    this.disconnect(id);
    runner.alive = false;
    if (runner.build !== undefined) this.finish(runner.build, 'killed');
    runner.build = undefined;
  }

  /** The build that runs on it at this moment, whatever the API shows. */
  buildOn(id: string): string | undefined {
    return this.runners.get(id)?.build?.id;
  }

  /** Whether what the API shows of its step is what is so. */
  reportsTruly(id: string): boolean {
    const runner = this.runners.get(id);
    return runner === undefined || this.show(runner).step === (runner.build !== undefined);
  }

  private inScope(scope: string): WorldRunner[] {
    return [...this.runners.values()].filter((runner) => runner.scope === scope);
  }

  private online(scope: string): WorldRunner[] {
    return this.inScope(scope).filter(canWork);
  }

  private show(runner: WorldRunner): ShownRunner {
    return showRunner(runner, this.timeline.now, this.settings);
  }

  private giveWork(runner: WorldRunner): void {
    if (!canWork(runner) || runner.build !== undefined) return;
    const build = this.builds.take(runner.scope, runner.labels);
    if (build === undefined) return;
    const now = this.timeline.now;
    build.state = 'running';
    build.startedAt = now;
    runner.build = build;
    forgetOldSteps(runner, now, this.settings);
    runner.steps.push({ from: now, to: undefined });
    this.timeline.plan(now + build.runMs, () => this.complete(runner, build));
  }

  private complete(runner: WorldRunner, build: Build): void {
    if (runner.build !== build || build.state !== 'running') return;
    this.endBuild(runner, 'done');
    this.giveWork(runner);
  }

  private endBuild(runner: WorldRunner, state: 'done' | 'killed'): void {
    if (runner.build === undefined) return;
    this.finish(runner.build, state);
    runner.build = undefined;
    const step = runner.steps.at(-1);
    if (step !== undefined) step.to = this.timeline.now;
  }

  private finish(build: Build, state: 'done' | 'killed'): void {
    build.state = state;
    build.endedAt = this.timeline.now;
  }
}

function canWork({ alive, connected, disabled, unhealthy }: WorldRunner): boolean {
  return alive && connected && !disabled && !unhealthy;
}

function canRun(runner: WorldRunner, labels: readonly string[]): boolean {
  return labels.every((label) => runner.labels.includes(label));
}
