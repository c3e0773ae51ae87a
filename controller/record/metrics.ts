// The controller's metrics, each fed by the decision or by a client's call. It decides nothing.

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Call } from '../../core/clients/clients.ts';
import type { ActionResult } from '../apply/apply.ts';
import type { Decision } from '../decide/decision.ts';
import { defineCallGauges, type ReadCalls } from '../../core/process/call-gauges.ts';
import { GroupSeries } from '../../core/process/group-series.ts';
import { ProcessMetrics } from '../../core/process/process-metrics.ts';
import { capacityOf, type Observation, type Snapshot } from '../decide/snapshot.ts';

const prefix = 'runner_autoscaler_';

function gauge<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: Label[],
): Gauge<Label> {
  return new Gauge({ name: prefix + name, help, labelNames, registers: [registry] });
}

function counter<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: Label[],
): Counter<Label> {
  return new Counter({ name: prefix + name, help, labelNames, registers: [registry] });
}

function tickDuration(registry: Registry): Histogram {
  return new Histogram({
    name: `${prefix}tick_duration_seconds`,
    help: 'From looking at a group to having acted.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  });
}

/** What is broken, by link. */
function defineLinks(registry: Registry) {
  return {
    starts: gauge(
      registry,
      'start_failures',
      'Starts that failed or take long, none made later having succeeded, by the link that broke.',
      ['group', 'link'],
    ),
    holds: gauge(registry, 'holds', '1 while the last look at the group failed, by the link that broke.', [
      'group',
      'link',
    ]),
  };
}

function define(registry: Registry) {
  return {
    ...defineLinks(registry),
    demand: gauge(
      registry,
      'demand',
      'Busy runners (Bitbucket), or unclaimed and running tasks (CircleCI).',
      ['group', 'kind'],
    ),
    runners: gauge(registry, 'runners', 'Runners of the group by state.', ['group', 'state']),
    wanted: gauge(registry, 'wanted_runners', 'Enabled runners that the last decision leads to.', ['group']),
    max: gauge(registry, 'max_runners', 'The most runners that the group may have.', ['group']),
    observedAt: gauge(
      registry,
      'last_observed_timestamp_seconds',
      'When the group was last observed completely; 0 if it never was.',
      ['group'],
    ),
    decisions: counter(registry, 'decisions_total', 'Decisions by reason.', ['group', 'reason']),
    limits: counter(registry, 'limits_total', 'Decisions in which this limit bit.', ['group', 'limit']),
    actions: counter(registry, 'actions_total', 'Actions by kind and outcome.', [
      'group',
      'action',
      'outcome',
    ]),
    calls: counter(registry, 'api_requests_total', 'Calls to other services, each attempt.', [
      'service',
      'operation',
      'status',
    ]),
    ticks: tickDuration(registry),
  };
}

export class ControllerMetrics {
  readonly registry = new Registry();
  readonly process = new ProcessMetrics(this.registry, 'the config file or job template');
  private readonly all: ReturnType<typeof define>;
  private readonly series = new GroupSeries();

  /** @param calls what is left of the API budget; nothing is said of it, if left out */
  constructor(calls: ReadCalls = () => undefined) {
    this.all = define(this.registry);
    defineCallGauges(this.registry, calls);
    collectDefaultMetrics({ register: this.registry });
  }

  called({ service, operation, status }: Call): void {
    this.all.calls.inc({ service, operation, status: String(status) });
  }

  ticked(seconds: number): void {
    this.all.ticks.observe(seconds);
  }

  /**
   * A group is looked at from now on. One that was never observed has a series too, so that an alert on its age fires.
   * @param observedAt its last complete look, in milliseconds since the epoch; 0 if there was none
   */
  began(group: string, observedAt: number): void {
    this.series.set(this.all.observedAt, { group }, observedAt / 1000);
  }

  decided(decision: Decision, observation: Observation, max: number): void {
    const { series, all } = this;
    const { group, reason, to } = decision;
    series.count(all.decisions, { group, reason });
    series.set(all.max, { group }, max);
    const limits = new Set(decision.limits.map(({ limit }) => limit));
    for (const limit of limits) series.count(all.limits, { group, limit });
    this.holding(group, observation.ok ? undefined : decision.link);
    if (to !== undefined) series.set(all.wanted, { group }, to);
    if (observation.ok) this.observed(group, observation.snapshot);
    if (observation.ok) this.starting(group, decision);
  }

  applied({ group }: Decision, results: readonly ActionResult[]): void {
    for (const { action, outcome } of results) {
      this.series.count(this.all.actions, { group, action: action.kind, outcome });
    }
  }

  /** A group that is no longer configured leaves no series behind, not even of what was counted. */
  keepOnly(groups: ReadonlySet<string>): void {
    this.series.keepOnly(groups);
  }

  /** This process looks no longer: the replica that does has the figures. */
  standDown(): void {
    this.series.clearGauges();
  }

  /** A link that holds again is no series of zeros: there are many groups and many links. */
  private starting(group: string, { starts }: Decision): void {
    this.series.clear(this.all.starts, group);
    for (const { link, runners } of starts?.links ?? []) {
      this.series.set(this.all.starts, { group, link }, runners);
    }
  }

  private holding(group: string, held: Decision['link']): void {
    this.series.clear(this.all.holds, group);
    if (held !== undefined) this.series.set(this.all.holds, { group, link: held }, 1);
  }

  private observed(group: string, { observedAt, members, demand }: Snapshot): void {
    const { series, all } = this;
    series.set(all.observedAt, { group }, observedAt / 1000);
    const capacity = capacityOf(members);
    for (const [state, count] of Object.entries(capacity)) series.set(all.runners, { group, state }, count);
    if (demand.kind === 'ratio') {
      series.set(all.demand, { group, kind: 'busy' }, capacity.busy);
    } else {
      series.set(all.demand, { group, kind: 'unclaimed' }, demand.unclaimed);
      series.set(all.demand, { group, kind: 'running' }, demand.running);
    }
  }
}
