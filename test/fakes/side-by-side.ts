// Controller and cleaner, as they run in production, side by side on one estate in virtual time, while things break.

import { policyOf } from '../../controller/decide/policy.ts';
import { Plants } from '../../controller/plants.ts';
import { Reconciler } from '../../controller/reconcile.ts';
import { Sweeper } from '../../cleaner/sweep.ts';
import type { Clients } from '../../core/clients/clients.ts';
import type { BitbucketGroup, Config } from '../../core/config/config.ts';
import { parseConfig } from '../../core/config/parse.ts';
import { parseJobTemplate } from '../../controller/manifest/parse-template.ts';
import { nextDue } from '../../core/process/loop.ts';
import { jobName } from '../../core/job-names.ts';
import { Estate } from './estate.ts';
import { configText, minute, seeded, templateText } from './world.ts';

export const hour = 60 * minute;

/** What happened in all these hours. */
export interface Ledger {
  readonly hours: number;
  readonly builds: number;
  readonly done: number;
  /** Builds killed by a program, and not because their pod died. */
  readonly killedByUs: readonly string[];
  readonly killedByFaults: number;
  readonly failedForWantOfRunners: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly sweptByReason: Readonly<Record<string, number>>;
  readonly braked: number;
  /** Left when everything had been calm for long. */
  readonly left: {
    readonly runners: number;
    readonly jobs: number;
    readonly secrets: number;
    readonly online: number;
  };
  /** What either program still did in the last two of the calm hours. */
  readonly doneWhenCalm: number;
  readonly mostRegistered: number;
  readonly bugs: readonly string[];
}

export interface SideBySideOptions {
  readonly hours: number;
  readonly seed: number;
  /** From a fault to the next, in the mean. */
  readonly faultEveryMs: number;
}

/** After the last fault: longer than any grace, and two hours to watch. */
const calmHours = 16;
const max = 10;

function parsed(): { config: Config; group: BitbucketGroup } {
  const { config } = parseConfig(
    configText({ groups: [{ parameters: { min: 2, max } }] }),
    'runner_config.yaml',
  );
  const group = config?.groups[0];
  if (config === undefined || group?.service !== 'bitbucket') throw new Error('the config is not valid');
  return { config, group };
}

export class SideBySide {
  private readonly estate: Estate;
  private readonly random: () => number;
  private readonly options: SideBySideOptions;
  private readonly config: Config;
  private readonly group: BitbucketGroup;
  private reconciler: Reconciler;
  private sweeper: Sweeper;
  private readonly faults: Record<string, number> = {};
  private readonly swept: Record<string, number> = {};
  private readonly killedByUs: string[] = [];
  private readonly bugs: string[] = [];
  private killedByFaults = 0;
  private braked = 0;
  private mostRegistered = 0;
  private actionsAt: number[] = [];
  private sweeping = '';

  constructor(options: SideBySideOptions) {
    const { config, group } = parsed();
    this.options = options;
    this.config = config;
    this.group = group;
    this.random = seeded(options.seed);
    const bootMs = (): number => (0.5 + 2 * this.random()) * minute;
    this.estate = new Estate({
      scope: group.scope,
      bootMs,
      room: 9,
      startsAt: Date.parse('2026-11-23T00:00:00Z'),
    });
    this.reconciler = this.newReconciler();
    this.sweeper = this.newSweeper();
  }

  async run(): Promise<Ledger> {
    const { timeline } = this.estate;
    const faultsEnd = timeline.now + this.options.hours * hour;
    this.planBuilds(faultsEnd);
    this.planFaults(faultsEnd);
    const end = faultsEnd + calmHours * hour;
    let controllerAt = timeline.now;
    let cleanerAt = timeline.now;
    while (timeline.now < end) {
      timeline.advance(Math.min(controllerAt, cleanerAt));
      const { now } = timeline;
      const turns: Promise<void>[] = [];
      if (controllerAt <= now) turns.push(this.tick().then((ms) => void (controllerAt = nextDue(now, ms))));
      if (cleanerAt <= now)
        turns.push(this.sweep().then(() => void (cleanerAt = nextDue(now, this.config.cleaner.intervalMs))));
      await Promise.all(turns);
      this.mostRegistered = Math.max(this.mostRegistered, this.estate.service.registered(this.estate.scope));
    }
    return this.ledger(end);
  }

  private async tick(): Promise<number> {
    return this.reconciler.tick();
  }

  private async sweep(): Promise<void> {
    await this.sweeper.sweep().catch((error: unknown) => void this.bugs.push(String(error)));
  }

  /** A registration that goes while a build runs on it takes the build along. */
  private watch(who: string): (id: string) => void {
    return (id) => {
      const build = this.estate.service.buildOn(id);
      if (build !== undefined) this.killedByUs.push(`${who} ${id} ${build} ${this.sweeping}`);
      this.actionsAt.push(this.estate.timeline.now);
    };
  }

  private newReconciler(): Reconciler {
    const { estate, group, config } = this;
    const { template } = parseJobTemplate(templateText, 'job.yaml.template');
    if (template === undefined) throw new Error('the template is not valid');
    const sides = {
      bitbucket: () => estate.bitbucket(this.watch('controller')),
      kubernetes: () => estate.kubernetes(),
    };
    const clients = sides as unknown as Clients;
    const plants = new Plants({
      clients,
      clock: estate.clock,
      random: this.random,
      template: () => template,
    });
    return new Reconciler({
      plant: plants.build(group, config),
      policy: policyOf(group, config),
      clock: estate.clock,
      recorder: {
        decided: ({ actions, at }) => void (actions.length > 0 && this.actionsAt.push(at)),
        applied: () => undefined,
        unfinished: () => undefined,
      },
    });
  }

  private newSweeper(): Sweeper {
    const { estate, config } = this;
    const sides = { bitbucket: estate.bitbucket(this.watch('cleaner')), kubernetes: estate.kubernetes() };
    return new Sweeper({
      ...{ config: () => config, sides: () => sides, clock: estate.clock },
      recorder: {
        judged: (_group, { brake, due }) => {
          this.sweeping = due.map(({ reason }) => reason).join();
          if (brake !== undefined) this.braked += 1;
        },
        held: () => undefined,
        removed: (_group, { outcome, verdict: { reason } }) => {
          if (outcome === 'removed') this.swept[reason] = (this.swept[reason] ?? 0) + 1;
        },
      },
    });
  }

  /** About ten an hour, with calm and busy spells; half a minute to an hour long. */
  private planBuilds(until: number): void {
    const { timeline, service, scope } = this.estate;
    const labels = this.group.labels.filter((label) => !label.startsWith('autoscaler.'));
    const next = (at: number): void => {
      const busy = Math.sin(at / (3 * hour)) > 0.3;
      const wait = -Math.log(1 - this.random()) * (busy ? 3 : 15) * minute;
      if (at + wait >= until) return;
      timeline.plan(at + wait, (now) => {
        service.arrive({ scope, labels, runMs: (0.5 + 59 * this.random() ** 3) * minute });
        next(now);
      });
    };
    next(timeline.now + 10 * minute);
  }

  private planFaults(until: number): void {
    const { timeline } = this.estate;
    const next = (at: number): void => {
      const due = at - Math.log(1 - this.random()) * this.options.faultEveryMs;
      if (due >= until) return;
      timeline.plan(due, (now) => {
        this.breakSomething();
        next(now);
      });
    };
    next(timeline.now + 20 * minute);
  }

  private breakSomething(): void {
    const kinds = Object.keys(this.ways) as (keyof SideBySide['ways'])[];
    const kind = kinds[Math.floor(this.random() * kinds.length)] ?? 'die';
    const ids = this.estate.service.list(this.estate.scope).map(({ id }) => id);
    const id = ids[Math.floor(this.random() * ids.length)];
    if (id === undefined) return;
    this.faults[kind] = (this.faults[kind] ?? 0) + 1;
    this.ways[kind](id);
  }

  private later(ms: number, happen: () => void): void {
    const { timeline } = this.estate;
    timeline.plan(timeline.now + ms, happen);
  }

  /** Everything that breaks, and how. */
  private readonly ways = {
    die: (id: string): void => {
      if (this.estate.service.buildOn(id) !== undefined) this.killedByFaults += 1;
      this.estate.die(id);
    },
    hang: (id: string): void => this.lose(id),
    loseTheNetwork: (id: string): void => {
      this.lose(id);
      this.later((1 + 24 * this.random()) * minute, () => this.estate.service.connect(id));
    },
    sicken: (id: string): void => this.estate.service.sicken(id),
    imageless: (id: string): void => {
      // The next ones that are made: their numbers follow.
      const number = Number(id.slice(1));
      for (const ahead of [1, 2, 3]) this.estate.imageless.add(`r${number + ahead}`);
    },
    halfMade: (): void => {
      const { name, labels } = this.group;
      this.estate.service.register({ scope: this.estate.scope, name, labels });
    },
    deregisteredByHand: (id: string): void => {
      if (this.estate.service.buildOn(id) === undefined)
        this.estate.service.deregister(this.estate.scope, id);
    },
    jobDeletedByHand: (id: string): void => {
      if (this.estate.service.buildOn(id) === undefined) this.estate.dropJob(jobName(id));
    },
    outage: (): void => {
      const ids = this.estate.service.list(this.estate.scope).map(({ id }) => id);
      for (const id of ids) this.lose(id);
      this.later((5 + 55 * this.random()) * minute, () => {
        for (const id of ids) this.estate.service.connect(id);
      });
    },
    noAnswers: (): void => {
      this.estate.unreachable = true;
      this.later((1 + 20 * this.random()) * minute, () => void (this.estate.unreachable = false));
    },
    lossyAnswers: (): void => {
      this.estate.loses = () => this.random() < 0.2;
      this.later((1 + 60 * this.random()) * minute, () => void (this.estate.loses = () => false));
    },
    controllerRestarts: (): void => void (this.reconciler = this.newReconciler()),
    cleanerRestarts: (): void => void (this.sweeper = this.newSweeper()),
  };

  /**
   * Bitbucket knows which step it handed out; the model shows it with the runner's next report only. A runner that is
   * cut off within that half minute would look idle for ever, so it reports once more before.
   */
  private lose(id: string): void {
    this.later(30_000, () => {
      if (this.estate.service.reportsTruly(id)) this.estate.service.disconnect(id);
      else this.lose(id);
    });
  }

  private ledger(end: number): Ledger {
    const { service, scope, jobs, secrets } = this.estate;
    const runners = service.list(scope);
    return {
      hours: this.options.hours,
      builds: service.builds.all.length,
      done: service.builds.count('done'),
      killedByUs: this.killedByUs,
      killedByFaults: this.killedByFaults,
      failedForWantOfRunners: service.builds.count('failed'),
      faults: this.faults,
      sweptByReason: this.swept,
      braked: this.braked,
      left: {
        ...{ runners: runners.length, jobs: jobs.size, secrets: secrets.size },
        online: runners.filter(({ status }) => status === 'ONLINE').length,
      },
      doneWhenCalm: this.actionsAt.filter((at) => at > end - 2 * hour).length,
      mostRegistered: this.mostRegistered,
      bugs: this.bugs,
    };
  }
}
