// The metrics that both programs have of themselves: who leads, and whether their files are in force.

import { Counter, Gauge, type Registry } from 'prom-client';
import type { FileState } from './settings-record.ts';

const prefix = 'runner_autoscaler_';

/** As the label `file` calls them. */
const fileLabels: Readonly<Record<string, string>> = { config: 'config', jobTemplate: 'job-template' };

function define(registry: Registry, files: string, isLeading: () => boolean) {
  const registers = [registry];
  return {
    // Asked at each scrape: a process that was stopped and wakes leads no more, though nothing has told it yet.
    leader: new Gauge({
      ...{ name: `${prefix}leader`, help: '1 while this process is the one that acts.', registers },
      collect() {
        this.set(isLeading() ? 1 : 0);
      },
    }),
    leaseTrouble: new Gauge({
      name: `${prefix}leader_election_trouble`,
      help: '1 while the lease cannot be read or written, looks foreign, or no leader election takes place.',
      registers,
    }),
    reloads: new Counter({
      ...{ name: `${prefix}config_reloads_total`, help: `Changes of ${files}.`, labelNames: ['result'] },
      registers,
    }),
    successful: new Gauge({
      name: `${prefix}config_last_reload_successful`,
      help: '1 while the file is in force as it is now, 0 while its latest edit is refused.',
      ...{ labelNames: ['file'], registers },
    }),
  };
}

export class ProcessMetrics {
  private readonly all: ReturnType<typeof define>;
  private isLeading = (): boolean => false;

  /** @param files in words, such as `the config file` */
  constructor(registry: Registry, files: string) {
    this.all = define(registry, files, () => this.isLeading());
    for (const result of ['accepted', 'refused']) this.all.reloads.inc({ result }, 0);
  }

  followLeadership(isLeading: () => boolean): void {
    this.isLeading = isLeading;
  }

  leaseInTrouble(isInTrouble: boolean): void {
    this.all.leaseTrouble.set(isInTrouble ? 1 : 0);
  }

  reloaded(result: 'accepted' | 'refused'): void {
    this.all.reloads.inc({ result });
  }

  settingsJudged(states: Readonly<Record<string, FileState>>): void {
    for (const [file, { state }] of Object.entries(states))
      this.all.successful.set({ file: fileLabels[file] ?? file }, state === 'in-force' ? 1 : 0);
  }
}
