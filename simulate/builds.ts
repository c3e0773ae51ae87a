// The builds of the modelled world: who waits, who runs, how each ended. It knows no runner but by id.

/** Work that a CI service hands to one runner that has all its labels. Times in milliseconds since the epoch. */
export interface Build {
  readonly id: string;
  readonly scope: string;
  readonly labels: readonly string[];
  readonly arrivedAt: number;
  readonly runMs: number;
  state: 'waiting' | 'running' | 'done' | 'killed' | 'failed';
  startedAt?: number;
  endedAt?: number;
}

export interface BuildOrder {
  readonly scope: string;
  readonly labels: readonly string[];
  readonly runMs: number;
}

/** The queue of one world. Finished builds are counted, and kept for their waiting times. */
export class Builds {
  readonly all: Build[] = [];
  private readonly queue: Build[] = [];

  arrive(order: BuildOrder, at: number): Build {
    const build: Build = { ...order, id: `build-${this.all.length + 1}`, arrivedAt: at, state: 'waiting' };
    this.all.push(build);
    this.queue.push(build);
    return build;
  }

  /** The oldest waiting build that a runner with these labels may take; it leaves the queue. */
  take(scope: string, labels: readonly string[]): Build | undefined {
    const index = this.queue.findIndex(
      (build) => build.scope === scope && build.labels.every((label) => labels.includes(label)),
    );
    return index < 0 ? undefined : this.queue.splice(index, 1)[0];
  }

  /** Bitbucket ends a step at once when no matching runner is online. */
  fail(build: Build, at: number): void {
    const index = this.queue.indexOf(build);
    if (index >= 0) this.queue.splice(index, 1);
    build.state = 'failed';
    build.endedAt = at;
  }

  waiting(): readonly Build[] {
    return this.queue;
  }

  count(state: Build['state']): number {
    return this.all.filter((build) => build.state === state).length;
  }

  /** Milliseconds that each started build waited, sorted. */
  waits(): readonly number[] {
    return this.all
      .flatMap(({ startedAt, arrivedAt }) => (startedAt === undefined ? [] : [startedAt - arrivedAt]))
      .sort((left, right) => left - right);
  }
}
