// The explored world of CircleCI groups: tasks and runners, a cluster, and AWS. It answers truly and at once; faults are the
// network's business.

import type { Build } from '../../../simulate/builds.ts';
import { Timeline } from '../../../simulate/timeline.ts';
import type { Time } from '../time.ts';
import { Cloud, type Land } from './cloud.ts';
import { Cluster } from './cluster.ts';
import { minute } from '../setting.ts';
import type { TaskSetting } from './setting.ts';
import { ExploredTasks } from './tasks.ts';

/** How runners that are made now start. */
export type Starts = 'well' | 'late' | 'never';

export class TaskWorld implements Time {
  readonly timeline: Timeline;
  readonly startedAt: number;
  readonly tasks: ExploredTasks;
  readonly cloud: Cloud;
  readonly cluster: Cluster;
  starts: Starts = 'well';
  /** While it is later than now, CircleCI answers as to a token that may not see anything. */
  blindUntil = 0;
  /** Told of a task that went with its machine, at somebody's hand. */
  killed: (machine: string, task: Build) => void = () => undefined;
  /** Told of a Job that is about to be deleted. */
  deleting: (job: string, by: string) => void = () => undefined;
  private readonly random: () => number;

  constructor(setting: TaskSetting, random: () => number) {
    this.random = random;
    this.startedAt = Date.UTC(2026, 10, 23);
    this.timeline = new Timeline(this.startedAt);
    this.tasks = new ExploredTasks(this.timeline);
    const land: Land = {
      ...{ time: this, setting, tasks: this.tasks, random },
      delayOfStart: () => this.delayOfStart(),
      killed: (machine, task) => this.killed(machine, task),
      deleting: (job, by) => this.deleting(job, by),
    };
    this.cloud = new Cloud(land);
    this.cluster = new Cluster(land);
    for (const group of setting.groups) {
      this.tasks.declareClass(group.resourceClass);
      if (group.target.kind === 'cron-job') this.cluster.furnish(group);
      else this.cloud.furnish(group);
    }
  }

  get now(): number {
    return this.timeline.now;
  }

  isAnyPodSilent(): boolean {
    return [...this.cluster.jobs.values()].some(({ pod }) => this.tasks.silentSince(pod) !== undefined);
  }

  later(ms: number, happen: () => void): void {
    this.timeline.plan(Math.round(this.timeline.now + ms), happen);
  }

  private delayOfStart(): number {
    if (this.starts === 'never') return Infinity;
    return this.starts === 'late' ? (2 + 40 * this.random()) * minute : 0;
  }
}
