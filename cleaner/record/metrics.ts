// The cleaner's metrics, each fed by a pass, a removal or a client's call. It decides nothing.

import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { Call } from '../../core/clients/clients.ts';
import { defineCallGauges, type ReadCalls } from '../../core/process/call-gauges.ts';
import { GroupSeries } from '../../core/process/group-series.ts';
import { ProcessMetrics } from '../../core/process/process-metrics.ts';
import type { Removal } from '../removal.ts';
import type { Findings } from '../stale/findings.ts';

const prefix = 'runner_autoscaler_';

function gauge<Label extends string>(registry: Registry, name: string, help: string, labelNames: Label[]) {
  return new Gauge({ name: prefix + name, help, labelNames, registers: [registry] });
}

function counter<Label extends string>(registry: Registry, name: string, help: string, labelNames: Label[]) {
  return new Counter({ name: prefix + name, help, labelNames, registers: [registry] });
}

function define(registry: Registry) {
  const about = {
    stale: 'Runners, Jobs, Secrets and instances that are stale, by reason.',
    swept: 'Registrations, Jobs, Secrets and instances removed.',
    outcomes: 'Removals by outcome; disabled: goes soon, kept: the last look disagreed.',
    brake: '1 while an outage is suspected and nothing of the group is removed.',
    lastSweep: 'When the last sweep ended in which every group was looked at; 0 before the first one.',
    held: 'Sweeps of a group that held because it could not be looked at.',
    calls: 'Calls to other services, each attempt.',
  };
  return {
    stale: gauge(registry, 'cleaner_stale', about.stale, ['group', 'reason']),
    swept: counter(registry, 'cleaner_swept_total', about.swept, ['group', 'reason', 'kind']),
    outcomes: counter(registry, 'cleaner_removals_total', about.outcomes, ['group', 'outcome']),
    brake: gauge(registry, 'cleaner_brake', about.brake, ['group']),
    lastSweep: gauge(registry, 'cleaner_last_sweep_timestamp_seconds', about.lastSweep, []),
    held: counter(registry, 'cleaner_held_total', about.held, ['group']),
    calls: counter(registry, 'api_requests_total', about.calls, ['service', 'operation', 'status']),
  };
}

export class CleanerMetrics {
  readonly registry = new Registry();
  readonly process = new ProcessMetrics(this.registry, 'the config file');
  private readonly all: ReturnType<typeof define>;
  private readonly series = new GroupSeries();

  /** @param calls what is left of the API budget; nothing is said of it, if left out */
  constructor(calls: ReadCalls = () => undefined) {
    this.all = define(this.registry);
    defineCallGauges(this.registry, calls);
    collectDefaultMetrics({ register: this.registry });
    // Without a label it would be 0, a sweep in 1970, on a replica that stands by.
    this.all.lastSweep.remove();
  }

  called({ service, operation, status }: Call): void {
    this.all.calls.inc({ service, operation, status: String(status) });
  }

  judged(group: string, { stale, brake }: Findings): void {
    const { series, all } = this;
    series.set(all.brake, { group }, brake === undefined ? 0 : 1);
    const counts = new Map<string, number>();
    for (const { reason } of stale) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    series.clear(all.stale, group);
    for (const [reason, count] of counts) series.set(all.stale, { group, reason }, count);
  }

  held(group: string): void {
    this.series.count(this.all.held, { group });
  }

  removed(group: string, removal: Removal): void {
    this.series.count(this.all.outcomes, { group, outcome: removal.outcome });
    if (removal.outcome !== 'removed') return;
    const { reason } = removal.verdict;
    for (const kind of removal.kinds) this.series.count(this.all.swept, { group, reason, kind });
  }

  /**
   * Also called before the first sweep has ended, so that there is a series and an alert on its age fires.
   * @param at when the last complete sweep ended, in milliseconds since the epoch; 0 if none has
   */
  lastSwept(at: number): void {
    this.all.lastSweep.set(at / 1000);
  }

  /** A group that is no longer swept leaves no series behind, not even of what was counted. */
  keepOnly(groups: ReadonlySet<string>): void {
    this.series.keepOnly(groups);
  }

  /** This process sweeps no longer: the replica that does has the figures. */
  standDown(): void {
    this.series.clearGauges();
    this.all.lastSweep.remove();
  }
}
