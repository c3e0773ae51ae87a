// No call is forgotten: whatever the clients can ask for is a row of the fault matrix, or is excused here in words.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { endpoints } from '../../faults/endpoints.ts';
import { operationsOf } from '../../faults/operations.ts';

const operations = operationsOf(join(import.meta.dirname, '../../..'));

const lease = 'the election: its faults are tested in test/unit/leadership and on a real API server';
const doctor = 'only the doctor command asks, and tells what failed: tested in test/unit/doctor';

const excused: Readonly<Record<string, string>> = {
  'bitbucket get-repository': 'the same code as get-workspace, which is a row, with another path',
  'kubernetes get-secret': 'no program asks for it, only tests',
  'kubernetes get-lease': lease,
  'kubernetes create-lease': lease,
  'kubernetes replace-lease': lease,
  'kubernetes review-access': doctor,
  'kubernetes review-rules': doctor,
  'kubernetes get-version': doctor,
  'kubernetes get-namespace':
    'only the plan command asks, and says what it cannot tell: tested in test/unit/cli',
  'kubernetes list-nodes': doctor,
  'kubernetes list-open-pods': doctor,
};

/** A row may say more behind the operation's word. */
const rows = new Set(endpoints.map(({ service, name }) => `${service} ${name.split(' ')[0]}`));

test('every call that the clients can make is a row of the fault matrix or is excused', () => {
  const forgotten = operations.filter((name) => !rows.has(name) && excused[name] === undefined);
  assert.deepEqual(forgotten, []);
});

test('every excuse is for a call that there is, and that is no row', () => {
  const needless = Object.keys(excused).filter((name) => !operations.includes(name) || rows.has(name));
  assert.deepEqual(needless, []);
});

test('every row is a call that there is', () => {
  const known = new Set([...operations, 'kubernetes rehearse-job']);
  assert.deepEqual(
    [...rows].filter((row) => !known.has(row)),
    [],
  );
});

test('the calls of each service are found', () => {
  for (const some of ['bitbucket list-runners', 'kubernetes create-event', 'circleci list-runners'])
    assert.ok(operations.includes(some), some);
  assert.deepEqual(
    operations.filter((name) => name.startsWith('aws ')),
    ['aws describe-activities', 'aws describe-groups', 'aws set-desired-capacity', 'aws terminate-instance'],
  );
});
