// Groups that are renamed, or exchange their labels, while orders are under way: they never order what the other one has ordered (P1).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Groups, type GroupsOptions } from '../../../controller/groups.ts';
import type { Config } from '../../../core/config/config.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import { neverEnding } from '../../../core/process/ending.ts';
import { manualClock } from '../../fakes/clock.ts';
import { until } from '../../fakes/until.ts';
import { configText } from '../../fakes/world.ts';

interface Order {
  readonly group: string;
  finish(): void;
}

/** Groups whose ticks are at their registrations until the test lets them end. */
function groupsThatOrder(): { readonly groups: Groups; readonly begun: Order[] } {
  const begun: Order[] = [];
  const nothing = (): void => undefined;
  const quiet = new Proxy({}, { get: () => nothing });
  const build = ({ name }: { name: string }): object => ({
    kind: 'runners',
    source: {
      description: name,
      observe: () =>
        new Promise((_resolve, reject) => {
          begun.push({ group: name, finish: () => reject(new Error('the order has ended')) });
        }),
    },
    target: { description: name, observe: () => Promise.reject(new Error('not looked at')) },
  });
  const options = {
    ...{ plants: { build, keepOnly: nothing }, journal: quiet, metrics: quiet, events: quiet, logger: quiet },
    ...{ clock: manualClock(), ending: neverEnding },
  };
  return { groups: new Groups(options as unknown as GroupsOptions), begun };
}

function configOf(groups: readonly object[]): Config {
  const { config } = parseConfig(configText({ groups }), 'f');
  assert.ok(config !== undefined);
  return config;
}

const parameters = { min: 10, max: 10 };
const edits: readonly (readonly [string, readonly object[], readonly object[]])[] = [
  ['a renamed group', [{ name: 'a', labels: ['x'], parameters }], [{ name: 'b', labels: ['x'], parameters }]],
  [
    'a group that takes the labels of another one',
    [
      { name: 'a', labels: ['x'], parameters },
      { name: 'b', labels: ['y'], parameters },
    ],
    [
      { name: 'a', labels: ['y'], parameters },
      { name: 'b', labels: ['x'], parameters },
    ],
  ],
];

for (const [what, before, after] of edits) {
  test(`${what} begins only when what was ordered before the edit has ended`, async () => {
    const { groups, begun } = groupsThatOrder();
    await groups.apply(configOf(before), '');
    await until('every group is at work', () => begun.length === before.length);
    const applied = groups.apply(configOf(after), '');
    for (const order of begun.splice(0).slice(1)) order.finish();
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(begun, [], 'nothing begins while one order is still under way');
    void applied;
  });
}
