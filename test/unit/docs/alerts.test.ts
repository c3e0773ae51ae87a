// The shipped alerts and the dashboard ask for metrics that the programs export, and each alert leads to a section that says what to do.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { CleanerMetrics } from '../../../cleaner/record/metrics.ts';
import { projectFile } from '../../../cli/files.ts';
import { ControllerMetrics } from '../../../controller/record/metrics.ts';
import { anchorsOf, readDocument } from './documents.ts';

const folder = 'kustomize/components/monitoring';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

const file = parse(readFileSync(projectFile(`${folder}/alerts/rules.yaml`), 'utf8')) as {
  readonly spec: { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
};
const rules = file.spec.groups.flatMap((group) => group.rules);

interface Metric {
  readonly name: string;
  readonly labelNames: readonly string[];
}

function exported(): ReadonlyMap<string, readonly string[]> {
  const all = [new ControllerMetrics(), new CleanerMetrics()].flatMap(
    ({ registry }) => registry.getMetricsAsArray() as unknown as readonly Metric[],
  );
  return new Map(all.map(({ name, labelNames }) => [name, labelNames] as const));
}

const metrics = exported();

/** A histogram is asked for by its count. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/runner_autoscaler_\w+/g)].map(([name]) => name.replace(/_count$/, ''));
}

for (const { alert, expr, annotations, ...rule } of rules) {
  test(`the alert ${alert} asks for metrics that are exported, with labels that they have`, () => {
    const names = namesIn(expr);
    assert.ok(names.length > 0);
    for (const name of names) assert.ok(metrics.has(name), name);
    const known = new Set([...names.flatMap((name) => metrics.get(name) ?? []), 'job', 'instance']);
    const grouped = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list = '']) =>
      list.split(', '),
    );
    const selected = [...expr.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label);
    const shown = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label);
    for (const label of [...grouped, ...selected, ...shown]) assert.ok(known.has(label), label);
    for (const label of shown) assert.ok(grouped.includes(label), `${label} is aggregated away`);
  });

  test(`the alert ${alert} waits, has a severity, and leads to a section of docs/operations.md`, () => {
    assert.match(rule.for, /^\d+m$/);
    assert.match(rule.labels.severity, /^(?:critical|warning)$/);
    const [path = '', anchor = ''] = annotations.runbook.split('#');
    assert.equal(path, 'docs/operations.md');
    assert.ok(anchorsOf(readDocument(path)).has(anchor), annotations.runbook);
  });
}

test('the dashboard asks for metrics that are exported', () => {
  const text = readFileSync(projectFile(`${folder}/dashboard/runner-autoscaler.json`), 'utf8');
  const dashboard = JSON.parse(text) as { readonly panels: readonly object[] };
  assert.ok(dashboard.panels.length > 5);
  for (const name of namesIn(text)) assert.ok(metrics.has(name), name);
});
