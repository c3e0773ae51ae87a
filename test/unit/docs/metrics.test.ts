// The metrics listed in docs/operations.md are those that the controller registers, with kind, labels and help.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControllerMetrics } from '../../../controller/record/metrics.ts';
import { readDocument, tableAfter, withoutBackticks } from './documents.ts';

interface Registered {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly constructor: { readonly name: string };
}

function registered(): readonly (readonly string[])[] {
  const all = new ControllerMetrics().registry.getMetricsAsArray() as unknown as readonly Registered[];
  return all
    .filter(({ name }) => name.startsWith('runner_autoscaler_'))
    .map(({ name, help, labelNames, constructor }) => [
      name,
      constructor.name.toLowerCase(),
      labelNames.filter((label) => label !== 'le').join(', '),
      help,
    ]);
}

test('docs/operations.md lists every metric that is registered, and no other', () => {
  const listed = tableAfter(readDocument('docs/operations.md'), 'metrics').map((row) =>
    row.map(withoutBackticks),
  );
  const byName = (left: readonly string[], right: readonly string[]): number =>
    (left[0] ?? '').localeCompare(right[0] ?? '');
  assert.deepEqual([...listed].sort(byName), [...registered()].sort(byName));
});
