// CircleCI's tasks and runners in virtual time: tasks wait for a runner of their resource class. No HTTP, no clock.

import { Builds, type Build } from '../../simulate/builds.ts';
import type { Timeline } from '../../simulate/timeline.ts';

export interface RunnerLife {
  /** Ends after one task, or goes on until it has been idle for `idleMs`. */
  readonly singleTask: boolean;
  readonly idleMs: number;
}

export interface NewTaskRunner {
  /** The pod's name or the instance's id. */
  readonly name: string;
  /** `namespace/name`. */
  readonly resourceClass: string;
  readonly life: RunnerLife;
  /** The runner's process has ended by itself. */
  readonly ended: () => void;
}

interface TaskRunner extends NewTaskRunner {
  readonly firstConnectedAt: number;
  task: Build | undefined;
  /** Has got a TERM. */
  leaving: boolean;
  /** When its process ended; it stays listed. */
  goneAt: number | undefined;
  /** Since when it hangs: it reports no more and takes no task; one that it has goes on. */
  silentSince: number | undefined;
  idleSince: number;
}

/** A runner as the API lists it. Times are milliseconds since the epoch. */
export interface ListedRunner {
  readonly name: string;
  readonly resourceClass: string;
  readonly firstConnectedAt: number;
  readonly lastConnectedAt: number;
}

/** How long a runner that is gone stays listed. */
const listedMs = 12 * 3_600_000;

export class TaskService {
  readonly builds = new Builds();
  private readonly timeline: Timeline;
  private readonly classes = new Set<string>();
  private readonly runners = new Map<string, TaskRunner>();

  constructor(timeline: Timeline) {
    this.timeline = timeline;
  }

  declareClass(resourceClass: string): void {
    this.classes.add(resourceClass);
  }

  resourceClasses(namespace: string): readonly string[] {
    return [...this.classes].filter((each) => each.startsWith(`${namespace}/`));
  }

  /** A task arrives now. */
  arrive(resourceClass: string, runMs: number): Build {
    const build = this.builds.arrive({ scope: resourceClass, labels: [], runMs }, this.timeline.now);
    for (const runner of this.runners.values()) if (build.state === 'waiting') this.giveWork(runner);
    return build;
  }

  /** A runner's process reaches the service for the first time. */
  connect(runner: NewTaskRunner): void {
    const { now } = this.timeline;
    const known: TaskRunner = {
      ...runner,
      firstConnectedAt: now,
      task: undefined,
      leaving: false,
      goneAt: undefined,
      silentSince: undefined,
      idleSince: now,
    };
    this.runners.set(runner.name, known);
    this.giveWork(known);
    this.watchIdleness(known);
  }

  /**
   * TERM: takes no more tasks and ends with the one it has, at once if it has none. The second one cancels the task.
   * @returns whether it goes on for a while
   */
  leave(name: string): boolean {
    const runner = this.runners.get(name);
    if (runner === undefined || runner.goneAt !== undefined) return false;
    const isSecond = runner.leaving;
    runner.leaving = true;
    if (isSecond) this.stop(name);
    else if (runner.task === undefined) this.end(runner);
    return runner.goneAt === undefined;
  }

  /** The process is killed, and its task with it. */
  stop(name: string): void {
    const runner = this.runners.get(name);
    if (runner === undefined || runner.goneAt !== undefined) return;
    runner.goneAt = this.timeline.now;
    if (runner.task !== undefined) this.finish(runner.task, 'killed');
    runner.task = undefined;
  }

  /** It hangs from now on; its machine does not notice. */
  hang(name: string): void {
    const runner = this.runners.get(name);
    if (runner !== undefined) runner.silentSince ??= this.timeline.now;
  }

  unclaimed(resourceClass: string): number {
    return this.builds.waiting().filter(({ scope }) => scope === resourceClass).length;
  }

  running(resourceClass: string): number {
    return this.ofClass(resourceClass).filter(({ task }) => task !== undefined).length;
  }

  online(resourceClass: string): number {
    return this.ofClass(resourceClass).filter(({ goneAt }) => goneAt === undefined).length;
  }

  /** The gone ones too, for half a day. */
  list(namespace: string): readonly ListedRunner[] {
    const { now } = this.timeline;
    return [...this.runners.values()].flatMap((runner) => {
      const { name, resourceClass, firstConnectedAt, goneAt, silentSince } = runner;
      const lastConnectedAt = silentSince ?? goneAt ?? now;
      if (!resourceClass.startsWith(`${namespace}/`) || now - lastConnectedAt > listedMs) return [];
      return [{ name, resourceClass, firstConnectedAt, lastConnectedAt }];
    });
  }

  private ofClass(resourceClass: string): TaskRunner[] {
    return [...this.runners.values()].filter((runner) => runner.resourceClass === resourceClass);
  }

  private giveWork(runner: TaskRunner): void {
    const isThere = runner.goneAt === undefined && runner.silentSince === undefined;
    if (!isThere || runner.task !== undefined) return;
    const task = this.builds.take(runner.resourceClass, []);
    if (task === undefined) return;
    const { now } = this.timeline;
    task.state = 'running';
    task.startedAt = now;
    runner.task = task;
    this.timeline.plan(now + task.runMs, () => this.complete(runner, task));
  }

  private complete(runner: TaskRunner, task: Build): void {
    if (runner.task !== task) return;
    this.finish(task, 'done');
    runner.task = undefined;
    runner.idleSince = this.timeline.now;
    if (runner.silentSince !== undefined) return;
    if (runner.life.singleTask || runner.leaving) return this.end(runner);
    this.giveWork(runner);
    this.watchIdleness(runner);
  }

  private watchIdleness(runner: TaskRunner): void {
    if (runner.task !== undefined) return;
    const { idleSince } = runner;
    this.timeline.plan(idleSince + runner.life.idleMs, () => {
      const isIdle = runner.task === undefined && runner.silentSince === undefined;
      if (isIdle && runner.idleSince === idleSince) this.end(runner);
    });
  }

  private end(runner: TaskRunner): void {
    if (runner.goneAt !== undefined) return;
    runner.goneAt = this.timeline.now;
    runner.ended();
  }

  private finish(task: Build, state: 'done' | 'killed'): void {
    task.state = state;
    task.endedAt = this.timeline.now;
  }
}
