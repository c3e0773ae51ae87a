// The metric series of groups, remembered so that every series of a group that is gone can be removed. It measures nothing.

import { Gauge, type Counter } from 'prom-client';

type Labels = Readonly<Record<string, string>> & { readonly group: string };
type Metric = Gauge | Counter;
type LabelSets = Map<string, Labels>;

export class GroupSeries {
  private readonly byGroup = new Map<string, Map<Metric, LabelSets>>();

  count(metric: Counter, labels: Labels): void {
    this.remember(metric, labels);
    metric.inc(labels);
  }

  set(metric: Gauge, labels: Labels, value: number): void {
    this.remember(metric, labels);
    metric.set(labels, value);
  }

  /** Removes what one metric says of one group. */
  clear(metric: Metric, group: string): void {
    for (const labels of this.byGroup.get(group)?.get(metric)?.values() ?? []) metric.remove(labels);
    this.byGroup.get(group)?.delete(metric);
  }

  /** Removes every series of the groups that are not named, counters included. */
  keepOnly(groups: ReadonlySet<string>): void {
    for (const group of this.byGroup.keys()) if (!groups.has(group)) this.forget(group);
  }

  forget(group: string): void {
    for (const metric of this.byGroup.get(group)?.keys() ?? []) this.clear(metric, group);
    this.byGroup.delete(group);
  }

  /**
   * Removes what a process must not claim once it no longer looks: a gauge tells how things are. A counter tells what this
   * process has done, and stays, as Prometheus expects of one.
   */
  clearGauges(): void {
    for (const [group, metrics] of this.byGroup) {
      for (const metric of metrics.keys()) if (metric instanceof Gauge) this.clear(metric, group);
    }
  }

  private remember(metric: Metric, labels: Labels): void {
    const metrics = this.byGroup.get(labels.group) ?? new Map<Metric, LabelSets>();
    const sets: LabelSets = metrics.get(metric) ?? new Map<string, Labels>();
    this.byGroup.set(labels.group, metrics);
    metrics.set(metric, sets);
    sets.set(JSON.stringify(Object.values(labels)), labels);
  }
}
