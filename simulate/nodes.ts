// The nodes of the modelled cluster: pods wait for room, take their time to start, and give their room back.

import type { Timeline } from './timeline.ts';

export interface NodeSettings {
  /** Pods that fit at a time. */
  readonly room: number;
  /** Milliseconds from having room to running, for the n-th pod (from 0). */
  readonly bootMs: (pod: number) => number;
  /** Told of each pod that has got room, before it runs. */
  readonly placed?: ((key: string) => void) | undefined;
}

interface Pod {
  readonly key: string;
  readonly started: () => void;
}

export class Nodes {
  private readonly timeline: Timeline;
  private readonly settings: NodeSettings;
  private readonly placed = new Set<string>();
  private pending: Pod[] = [];
  private seen = 0;
  private room: number;

  constructor(timeline: Timeline, settings: NodeSettings) {
    this.timeline = timeline;
    this.settings = settings;
    this.room = settings.room;
  }

  /** A pod asks for room; `started` is called when it runs. */
  add(key: string, started: () => void): void {
    this.pending.push({ key, started });
    this.place();
  }

  /** The pod is gone, wherever it stood. */
  remove(key: string): void {
    this.pending = this.pending.filter((pod) => pod.key !== key);
    if (this.placed.delete(key)) this.place();
  }

  /** From now on so many pods fit; those that have a place keep it. */
  resize(room: number): void {
    this.room = room;
    this.place();
  }

  /** Whether this pod has found no room yet. */
  isWaiting(key: string): boolean {
    return this.pending.some((pod) => pod.key === key);
  }

  /** Pods that found no room. */
  waiting(): number {
    return this.pending.length;
  }

  private place(): void {
    while (this.placed.size < this.room) {
      const pod = this.pending.shift();
      if (pod === undefined) return;
      this.placed.add(pod.key);
      this.settings.placed?.(pod.key);
      const bootMs = this.settings.bootMs(this.seen++);
      this.timeline.plan(this.timeline.now + bootMs, () => {
        if (this.placed.has(pod.key)) pod.started();
      });
    }
  }
}
