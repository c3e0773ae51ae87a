// Watches every call and every step against the promises of the design, and counts. It changes nothing in the world.

import { jobName, runnerLabel, secretName } from '../../core/job-names.ts';
import type { ShownRunner } from '../../simulate/registrations.ts';
import { Ledger } from './ledger.ts';
import { isWrite, type Witness } from './programs.ts';
import type { Observer, SentCall } from './network.ts';
import type { Process } from './process.ts';
import { minute, type Setting } from './setting.ts';
import { isMarked, scope, type World } from './world.ts';

const hourMs = 60 * minute;

export class Promises extends Ledger implements Observer, Witness {
  /** Who leads at this moment, of several. */
  leaders: () => readonly string[] = () => [];
  /** Told that a runner is about to be taken away: the moment at which a build does most harm. */
  tempt: (id: string) => void = () => undefined;
  private readonly world: World;
  private readonly setting: Setting;
  private readonly holding = new Set<string>();
  private readonly groupOfRunner = new Map<string, string>();
  private readonly made = new Map<string, number[]>();

  constructor(world: World, setting: Setting) {
    super(world);
    this.world = world;
    this.setting = setting;
  }

  ticked(process: Process, group: string): void {
    this.counts.ticks += 1;
    this.holding.delete(`${process.name} ${group}`);
  }

  held(process: Process, group: string): void {
    this.holding.add(`${process.name} ${group}`);
  }

  ended(process: Process, group: string): void {
    if (process.name.startsWith('cleaner')) this.counts.sweeps += 1;
    this.holding.delete(`${process.name} ${group}`);
  }

  /** What is about to be sent: nothing for a group that could not be observed (P3), nothing by who does not lead (P10). */
  issued(call: SentCall): void {
    const { process, operation, args } = call;
    if (!isWrite(operation)) return;
    const options = args[2] as { rehearse?: boolean } | undefined;
    if (options?.rehearse === true) return;
    const isDisabling = operation === 'setDisabled' && args[2] === true;
    if (isDisabling || operation === 'deleteRunner') this.tempt(nameOf(call));
    const what = `${process.name} ${operation} ${nameOf(call)}`;
    const group = this.groupOf(call);
    if (group !== undefined && this.holding.has(`${process.name} ${group}`)) this.break('P3', what);
    const others = this.leaders().filter((name) => name !== process.name);
    if (process.name.startsWith('controller') && others.length > 0) {
      this.break('P10', `${what}, while ${others.join()} leads`);
    }
    if (this.world.now >= this.restFrom && !this.mayWait())
      this.break('P6', `${what}, long after everything was calm`);
  }

  /** Nobody takes a runner away from a build (P2). */
  landing(call: SentCall): void {
    const { operation } = call;
    if (operation !== 'deleteRunner' && operation !== 'deleteJob') return;
    const id = operation === 'deleteRunner' ? nameOf(call) : nameOf(call).replace(/^runner-/, '');
    const build = this.world.service.buildOn(id);
    if (build === undefined) return;
    const silentMs = this.world.now - (this.world.silentSince.get(id) ?? this.world.now);
    // Documented: a step on a runner that is offline for so long is given up.
    if (silentMs >= this.setting.config.cleaner.busyOfflineGraceMs) return;
    this.break('P2', `${call.process.name} ${operation} ${id}, which runs ${build}`);
  }

  landed({ operation, args, process }: SentCall): void {
    if (operation !== 'createRunner') return;
    const { name: group } = args[1] as { name: string };
    this.registered(group, process);
  }

  /** Everything that should be there is, and nothing else (P5). */
  checkLeft(): void {
    const runners = this.world.service.list(scope).filter(({ labels }) => isMarked(labels));
    const ids = new Set(runners.map(({ id }) => id));
    for (const runner of runners) this.checkRunner(runner);
    for (const { name, policy } of this.setting.groups) this.checkFloor(name, policy.min);
    for (const { metadata } of [...this.world.jobs.values(), ...this.world.secrets.values()]) {
      const { name = '', labels = {} } = metadata ?? {};
      if (!ids.has(labels[runnerLabel] ?? '')) this.break('P5', `${name} belongs to no registration`);
    }
  }

  /** Unless the vendor's limit leaves no room for it. */
  private checkFloor(group: string, min: number): void {
    const there = this.world.registeredBy(group);
    const isFull = this.world.service.registered(scope) >= this.setting.config.constants.bitbucketRunnerLimit;
    if (there < min && !isFull && !this.mayWait())
      this.break('P6', `${group} rests at ${there}, min is ${min}`);
  }

  private checkRunner({ id, status }: ShownRunner): void {
    const mayBeSo = status === 'ONLINE' || this.isDraining(id) || this.mayWait();
    if (!this.world.jobs.has(jobName(id))) this.break('P5', `registration ${id} (${status}) has no Job`);
    if (!this.world.secrets.has(secretName(id))) this.break('P5', `registration ${id} has no Secret`);
    if (!mayBeSo) this.break('P5', `runner ${id} is left ${status}`);
  }

  /** Retired with a build that never ends: it is waited for. */
  private isDraining(id: string): boolean {
    return this.world.service.buildOn(id) !== undefined;
  }

  /** Where nothing starts, or there is no room for all, some are always on their way. */
  private mayWait(): boolean {
    const most = this.setting.groups.reduce((sum, { policy }) => sum + policy.max, 0);
    return this.setting.kind === 'barren' || most > this.setting.room;
  }

  private registered(group: string, process: Process): void {
    const { policy } = this.setting.groups.find(({ name }) => name === group) ?? {};
    const max = policy?.max ?? 0;
    const there = this.world.registeredBy(group);
    this.counts.registered += 1;
    if (there > max) this.break('P1', `${process.name} registered ${there} of max ${max} for ${group}`);
    for (const { id } of this.world.service.list(scope).slice(-1)) this.groupOfRunner.set(id, group);
    const { bitbucketRunnerLimit } = this.setting.config.constants;
    if (this.world.service.refused > 0)
      this.break('P1', `asked for more than the ${bitbucketRunnerLimit} allowed`);
    if (this.setting.kind === 'barren') this.checkChurn(group, policy?.min ?? 0);
  }

  /**
   * Two may fail before the third opens the breaker, with what was ordered beside it; then two probes an hour, or three while a
   * clock makes up for a jump (P7).
   */
  private checkChurn(group: string, min: number): void {
    const { now } = this.world;
    const recent = [...(this.made.get(group) ?? []), now].filter((at) => at > now - hourMs);
    this.made.set(group, recent);
    const most = 2 + min + 3;
    if (recent.length > most)
      this.break('P7', `${recent.length} made within an hour for ${group}, at most ${most}`);
  }

  private groupOf({ operation, args }: SentCall): string | undefined {
    if (operation === 'createRunner') return (args[1] as { name: string }).name;
    const id = String(args[1]).replace(/^runner-(oauth-credentials-)?/, '');
    return this.groupOfRunner.get(id);
  }
}

function nameOf({ args }: SentCall): string {
  const named = args[1] as { name?: string; metadata?: { name?: string } } | string;
  return typeof named === 'string' ? named : (named.name ?? named.metadata?.name ?? '');
}
