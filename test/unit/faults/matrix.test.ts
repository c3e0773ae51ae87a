// Some cells of the fault matrix, one or two for each service; `npm run faults` runs all of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCell, type Fate } from '../../faults/cell.ts';
import { endpoints } from '../../faults/endpoints.ts';
import type { Fault } from '../../faults/faults.ts';

const cells: readonly (readonly [endpoint: string, fault: Fault, fate: Fate])[] = [
  ['bitbucket list-runners', 'missing fields', 'held'],
  ['bitbucket create-runner', 'reset after', 'failed'],
  ['kubernetes list-jobs', 'HTML', 'held'],
  ['kubernetes create-job', 'half body', 'failed'],
  ['circleci count-unclaimed-tasks', 'wrong types', 'held'],
  ['aws describe-groups', 'missing fields', 'held'],
];

for (const [name, fault, fate] of cells) {
  test(`${name} with ${fault}: ${fate}, nothing killed, leaked or let out, and well again afterwards`, async () => {
    const endpoint = endpoints.find((each) => `${each.service} ${each.name}` === name);
    assert.ok(endpoint);
    const cell = await runCell(endpoint, fault);
    assert.deepEqual(cell.complaints, []);
    assert.equal(cell.fate, fate);
  });
}
