// Watches every call and every step of the programs of CircleCI groups against the promises of the design. It changes nothing.

import type { Removal } from '../../../cleaner/removal.ts';
import type { V1Job } from '../../../core/clients/kubernetes/types.ts';
import type { CircleCiGroup } from '../../../core/config/config.ts';
import type { Build } from '../../../simulate/builds.ts';
import { Ledger } from '../ledger.ts';
import type { Observer, SentCall } from '../network.ts';
import type { Process } from '../process.ts';
import { minute } from '../setting.ts';
import { lastLookAt, Looks } from './looks.ts';
import type { Witness } from './programs.ts';
import { namespace, type TaskSetting } from './setting.ts';
import type { Temptation } from './temptation.ts';
import type { TaskWorld } from './world.ts';

const writes: readonly string[] = ['createJob', 'deleteJob', 'setDesiredCapacity', 'terminateInstance'];
const hourMs = 60 * minute;

function roleOf({ name }: Process): string {
  return name.startsWith('controller') ? 'controller' : 'cleaner';
}

export class TaskPromises extends Ledger implements Observer, Witness {
  /** Who leads at this moment, of several. */
  leaders: () => readonly string[] = () => [];
  /** Told of the moments at which a task does most harm. */
  temptation: Pick<Temptation, 'meant' | 'sent' | 'ordering'> | undefined;
  /** When somebody else has last made a Job, or wanted more instances. */
  meddledAt = -Infinity;
  private readonly world: TaskWorld;
  private readonly setting: TaskSetting;
  private readonly looks: Looks;
  private readonly holding = new Set<string>();
  private readonly made = new Map<string, number[]>();
  /** What takes effect right now. */
  private landingCall: SentCall | undefined;
  private launchedBefore = 0;

  constructor(world: TaskWorld, setting: TaskSetting) {
    super(world);
    this.world = world;
    this.setting = setting;
    this.looks = new Looks(setting.groups, () => world.now);
    world.killed = (machine, task) => this.killed(machine, task);
    world.deleting = (job, by) => this.deleting(job, by);
  }

  ticked(): void {
    this.counts.ticks += 1;
  }

  decided(process: Process, group: string, { ok, orders }: { ok: boolean; orders: boolean }): void {
    this.looked(process, group, ok);
    const target = this.groupCalled(group)?.target;
    if (orders && target?.kind === 'auto-scaling-group') this.temptation?.ordering(target.name);
  }

  judged(process: Process, group: string, due: readonly string[]): void {
    this.looked(process, group, true);
    this.looks.begin(process, group);
    for (const id of due) this.temptation?.meant(id);
  }

  held(process: Process, group: string): void {
    this.looked(process, group, false);
  }

  removed(process: Process, group: string, outcome: Removal['outcome']): void {
    if (outcome === 'removed') this.counts.removed += 1;
    this.looks.failureIn(process, group);
    if (this.groupCalled(group)?.target.kind === 'auto-scaling-group') this.looks.begin(process, group);
  }

  swept(): void {
    this.counts.sweeps += 1;
  }

  issued(call: SentCall): void {
    this.looks.issued(call);
    if (!writes.includes(call.operation)) return;
    const { process, operation } = call;
    const subject = subjectOf(call);
    const what = `${process.name} ${operation} ${subject}`;
    const group = this.groupOf(call);
    if (group !== undefined && this.holding.has(`${process.name} ${group.name}`)) this.break('P3', what);
    this.checkFresh(call, group, what);
    const others = this.leaders().filter((name) => name !== process.name && name.startsWith(roleOf(process)));
    if (others.length > 0) this.break('P10', `${what}, while ${others.join()} leads`);
    if (this.world.now >= this.restFrom && !this.mayStillChange())
      this.break('P6', `${what}, long after everything was calm`);
    if (operation === 'deleteJob' || operation === 'terminateInstance') this.temptation?.sent(subject);
  }

  landing(call: SentCall): void {
    this.landingCall = call;
    this.launchedBefore = this.world.cloud.launched + this.world.cluster.made;
  }

  landed(call: SentCall): void {
    this.landingCall = undefined;
    const { operation } = call;
    if (operation !== 'createJob' && operation !== 'setDesiredCapacity') return;
    const group = this.groupOf(call);
    const more = this.world.cloud.launched + this.world.cluster.made - this.launchedBefore;
    if (group === undefined || more <= 0) return;
    this.counts.registered += more;
    this.checkMax(call, group);
    if (this.setting.kind === 'futile') this.checkChurn(group, more);
  }

  answered(call: SentCall, ended: { ok: boolean; shownAt: number | undefined }): void {
    this.looks.answered(call, ended);
  }

  groupCalled(name: string): CircleCiGroup | undefined {
    return this.setting.groups.find((group) => group.name === name);
  }

  /** Where nothing starts, or there is no room for all, some are always on their way. */
  mayWait(): boolean {
    const { kind, groups, room } = this.setting;
    const jobs = groups.filter(({ target }) => target.kind === 'cron-job');
    const most = jobs.reduce((sum, { policy }) => sum + policy.max, 0);
    return kind === 'futile' || most > room;
  }

  /** A task has ended lately; or a pod hangs and drains, which takes hours. */
  private mayStillChange(): boolean {
    const { tasks, now } = this.world;
    if (tasks.builds.all.some(({ endedAt = 0 }) => endedAt > now - 30 * minute)) return true;
    return this.mayWait() || this.world.isAnyPodSilent();
  }

  /** A look that failed is no look (P3), and one of which a part failed neither. */
  private looked(process: Process, group: string, ok: boolean): void {
    const key = `${process.name} ${group}`;
    const failure = this.failureIn(process, group);
    if (ok && failure !== undefined)
      this.break('P3', `${key} took a look for good, and there was no answer to ${failure}`);
    if (ok) this.holding.delete(key);
    else this.holding.add(key);
  }

  private failureIn(process: Process, name: string): string | undefined {
    const group = this.groupCalled(name);
    if (roleOf(process) === 'cleaner') return this.looks.failureIn(process, name);
    return group && this.looks.unanswered(process, group);
  }

  /** The cleaner takes nothing away without having looked once more (P2). */
  private checkFresh(call: SentCall, group: CircleCiGroup | undefined, what: string): void {
    const { process, operation } = call;
    if (roleOf(process) !== 'cleaner' || group === undefined) return;
    const asked = operation === 'deleteJob' ? [`getJob ${namespace} ${subjectOf(call)}`] : lastLookAt(group);
    const missing = this.looks.missing(process, group.name, asked);
    if (missing !== undefined) this.break('P2', `${what} without a fresh ${missing}`);
  }

  /** Not for what somebody else has added since it looked. */
  private checkMax({ process }: SentCall, { name, policy, target }: CircleCiGroup): void {
    const { cloud, cluster, now } = this.world;
    const there =
      target.kind === 'cron-job'
        ? cluster.alive(target.name).length
        : (cloud.all().find((each) => each.name === target.name)?.desired ?? 0);
    if (there > policy.max && now - this.meddledAt > 2 * minute) {
      this.break('P1', `${process.name} made ${there} of max ${policy.max} for ${name}`);
    }
  }

  /**
   * All that there is room for may fail at once, and once more after a time without looks, in which the cleaner removes what
   * has failed unseen; beside that three that open the breaker, and two probes an hour, or three while a clock makes up for a
   * jump (P7).
   */
  private checkChurn({ name, policy }: CircleCiGroup, more: number): void {
    const { now } = this.world;
    const recent = [...(this.made.get(name) ?? []), ...Array<number>(more).fill(now)];
    const within = recent.filter((at) => at > now - hourMs);
    this.made.set(name, within);
    const most = 2 * policy.max + 3 + 3;
    if (within.length > most)
      this.break('P7', `${within.length} made within an hour for ${name}, at most ${most}`);
  }

  /** The cleaner's own idea of a stale Job has no task; the controller's may have one if it gets the time to end it (P2). */
  private deleting(name: string, by: string): void {
    const { cluster, tasks, now } = this.world;
    const made = cluster.jobs.get(name);
    const task = made && tasks.taskOn(made.pod);
    const isOurs = by.startsWith('controller') || by.startsWith('cleaner');
    if (made === undefined || !isOurs) return;
    if (by.startsWith('controller')) this.counts.removed += 1;
    if (task === undefined) return;
    const leftMs = (task.startedAt ?? now) + task.runMs - now;
    const isPatient = by.startsWith('controller') && leftMs <= cluster.graceOf(made) * 1000;
    // One that never ends is not killed before the episode is over.
    if (isPatient || (by.startsWith('controller') && cluster.graceOf(made) * 1000 > this.setting.calmMs))
      return;
    this.break('P2', `${by} deleteJob ${name}, which runs ${task.id} for another ${leftMs} ms`);
  }

  /** No task ends by our hand that could have been known of (P2). */
  private killed(machine: string, task: Build): void {
    const call = this.landingCall;
    const group = call && this.groupOf(call);
    if (call === undefined || group === undefined) return;
    const { process, operation } = call;
    const { startedAt = 0 } = task;
    const isUnseen =
      operation === 'terminateInstance'
        ? startedAt >= this.looks.shownAt(process, group)
        : this.meddledAt >= this.looks.describedAt(process, group);
    if (isUnseen) this.counts.unseen += 1;
    const ago = this.world.now - startedAt;
    if (!isUnseen)
      this.break('P2', `${process.name} ${operation} ends ${machine}, which runs ${task.id} for ${ago} ms`);
  }

  private groupOf(call: SentCall): CircleCiGroup | undefined {
    const target = this.targetOf(call);
    return this.setting.groups.find((group) => group.target.name === target);
  }

  private targetOf(call: SentCall): string | undefined {
    const { cloud, cluster } = this.world;
    const subject = subjectOf(call);
    switch (call.operation) {
      case 'createJob':
        return (call.args[1] as V1Job).metadata?.ownerReferences?.[0]?.name;
      case 'deleteJob':
        return cluster.jobs.get(subject)?.cronJob;
      case 'terminateInstance':
        return cloud.served.get(subject)?.group.name;
      default:
        return subject;
    }
  }
}

function subjectOf({ operation, args }: SentCall): string {
  const named = operation === 'createJob' || operation === 'deleteJob' ? args[1] : args[0];
  if (typeof named === 'string') return named;
  return (named as { metadata?: { name?: string } } | undefined)?.metadata?.name ?? '';
}
