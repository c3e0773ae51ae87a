// The sandbox's tasks, with what only the explorer asks of them: who runs what, and a runner that comes back. It decides nothing.

import type { Build } from '../../../simulate/builds.ts';
import { TaskService } from '../../../sandbox/circleci/tasks.ts';

export class ExploredTasks extends TaskService {
  taskOn(name: string): Build | undefined {
    return this['runners'].get(name)?.task;
  }

  /** It has reached the service and its process has not ended. */
  isThere(name: string): boolean {
    const runner = this['runners'].get(name);
    return runner !== undefined && runner.goneAt === undefined;
  }

  /** Since when it hangs; undefined if it does not. */
  silentSince(name: string): number | undefined {
    return this.isThere(name) ? this['runners'].get(name)?.silentSince : undefined;
  }

  /** It hangs no more, and takes work at once. */
  comeBack(name: string): void {
    const runner = this['runners'].get(name);
    if (runner?.silentSince === undefined || runner.goneAt !== undefined) return;
    runner.silentSince = undefined;
    runner.idleSince = this['timeline'].now;
    this['giveWork'](runner);
    this['watchIdleness'](runner);
  }

  idle(resourceClass: string): number {
    return [...this['runners'].values()].filter(
      ({ resourceClass: of, goneAt, silentSince, task }) =>
        of === resourceClass && goneAt === undefined && silentSince === undefined && task === undefined,
    ).length;
  }
}
