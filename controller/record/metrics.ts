// The controller's metrics, each fed by the decision or by a client's call. It decides nothing.

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Call } from '../../core/clients/clients.ts';
import { startLinks } from '../../core/hindrance.ts';
import type { ActionResult } from '../apply/apply.ts';
import type { Decision } from '../decide/decision.ts';
import { holdLinks } from '../decide/hold-link.ts';
import { capacityOf, type Observation, type Snapshot } from '../decide/snapshot.ts';

export type ReloadResult = 'accepted' | 'refused';

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
      'Runners that never came online or take long to, none made later being online, by the link that broke.',
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
      'When the group was last observed completely.',
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
    reloads: counter(registry, 'config_reloads_total', 'Changes of the config file or job template.', [
      'result',
    ]),
    leader: gauge(registry, 'leader', '1 while this process is the one that acts.', []),
    ticks: tickDuration(registry),
  };
}

export class ControllerMetrics {
  readonly registry = new Registry();
  private readonly all: ReturnType<typeof define>;

  constructor() {
    this.all = define(this.registry);
    collectDefaultMetrics({ register: this.registry });
    this.all.leader.set(0);
    for (const result of ['accepted', 'refused'] as const) this.all.reloads.inc({ result }, 0);
  }

  called({ service, operation, status }: Call): void {
    this.all.calls.inc({ service, operation, status: String(status) });
  }

  leads(leading: boolean): void {
    this.all.leader.set(leading ? 1 : 0);
  }

  reloaded(result: ReloadResult): void {
    this.all.reloads.inc({ result });
  }

  ticked(seconds: number): void {
    this.all.ticks.observe(seconds);
  }

  decided(decision: Decision, observation: Observation, max: number): void {
    const { group, reason, to } = decision;
    this.all.decisions.inc({ group, reason });
    this.all.max.set({ group }, max);
    const limits = new Set(decision.limits.map(({ limit }) => limit));
    for (const limit of limits) this.all.limits.inc({ group, limit });
    this.holding(group, observation.ok ? undefined : decision.link);
    if (to !== undefined) this.all.wanted.set({ group }, to);
    if (observation.ok) this.observed(group, observation.snapshot);
    if (observation.ok) this.starting(group, decision);
  }

  applied({ group }: Decision, results: readonly ActionResult[]): void {
    for (const { action, outcome } of results) this.all.actions.inc({ group, action: action.kind, outcome });
  }

  /** A group that is no longer configured leaves no stale figures behind. */
  forget(group: string): void {
    for (const metric of [this.all.wanted, this.all.observedAt, this.all.max]) metric.remove({ group });
    for (const state of ['starting', 'idle', 'busy', 'draining', 'unhealthy'])
      this.all.runners.remove({ group, state });
    for (const kind of ['busy', 'unclaimed', 'running']) this.all.demand.remove({ group, kind });
    for (const link of startLinks) this.all.starts.remove({ group, link });
    for (const link of holdLinks) this.all.holds.remove({ group, link });
  }

  /** A link that holds again is no series of zeros: there are many groups and many links. */
  private starting(group: string, { starts }: Decision): void {
    for (const link of startLinks) this.all.starts.remove({ group, link });
    for (const { link, runners } of starts?.links ?? []) this.all.starts.set({ group, link }, runners);
  }

  private holding(group: string, held: Decision['link']): void {
    for (const link of holdLinks) this.all.holds.remove({ group, link });
    if (held !== undefined) this.all.holds.set({ group, link: held }, 1);
  }

  private observed(group: string, { observedAt, members, demand }: Snapshot): void {
    this.all.observedAt.set({ group }, observedAt / 1000);
    const capacity = capacityOf(members);
    for (const [state, count] of Object.entries(capacity)) this.all.runners.set({ group, state }, count);
    if (demand.kind === 'ratio') {
      this.all.demand.set({ group, kind: 'busy' }, capacity.busy);
    } else {
      this.all.demand.set({ group, kind: 'unclaimed' }, demand.unclaimed);
      this.all.demand.set({ group, kind: 'running' }, demand.running);
    }
  }
}
