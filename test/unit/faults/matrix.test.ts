// Some cells of the fault matrix, one or two for each service; `npm run faults` runs all of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCell } from '../../faults/cell.ts';
import { endpoints } from '../../faults/endpoints.ts';
import type { Fault } from '../../faults/faults.ts';
import type { Fate } from '../../faults/reckoning.ts';

const cells: readonly (readonly [endpoint: string, fault: Fault, fate: Fate])[] = [
  ['bitbucket list-runners', 'missing fields', 'held'],
  ['bitbucket create-runner', 'reset after', 'failed'],
  ['kubernetes list-jobs', 'HTML', 'held'],
  ['kubernetes create-job', 'half body', 'failed'],
  ['circleci count-unclaimed-tasks', 'wrong types', 'held'],
  ['aws describe-groups', 'missing fields', 'held'],
  ['aws terminate-instance', 'reset after', 'failed'],
  ['circleci list-runners to sweep', '401', 'held'],
  ['kubernetes list-events', 'HTML', 'absorbed'],
];

for (const [name, fault, fate] of cells) {
  test(`${name} with ${fault}: ${fate}, nothing killed, leaked or let out, and well again afterwards`, async () => {
    const endpoint = endpoints.find((each) => `${each.service} ${each.name}` === name);
    assert.ok(endpoint);
    const cell = await runCell(endpoint, fault);
    assert.deepEqual(cell.complaints, []);
    // On a busy machine a look that has nothing to do with it may time out as well.
    assert.ok(cell.fate === fate || cell.fate === 'held', cell.fate);
  });
}
