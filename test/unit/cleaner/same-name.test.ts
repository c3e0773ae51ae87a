// Between the last look and the deletion somebody may put another Job in the place of the stale one, under the same name.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sides } from '../../../cleaner/observe.ts';
import { begin } from '../../../cleaner/remove.ts';
import type { V1Job } from '../../../core/clients/kubernetes/types.ts';
import type { BitbucketGroup } from '../../../core/config/config.ts';
import { managedByLabel, managedByValue } from '../../../core/job-names.ts';
import { job, now, subject, terms } from './given.ts';

const account = { accountUuid: 'account' };
const group = {
  name: 'group',
  namespace: 'runners',
  scope: { workspace: 'acme' },
} as unknown as BitbucketGroup;
const labels = { runner_uuid: 'r', account_uuid: 'account', [managedByLabel]: managedByValue };

test('what is deleted is the Job that the last look saw, not whatever has its name by then', async () => {
  const seen: V1Job = {
    metadata: { name: 'runner-r', uid: 'seen', creationTimestamp: new Date(now - 3_600_000), labels },
    status: { active: 1 },
  };
  const deleted: unknown[] = [];
  const sides = {
    bitbucket: { resolve: () => Promise.resolve(account), getRunner: () => Promise.resolve(undefined) },
    kubernetes: {
      getJob: () => Promise.resolve(seen),
      listPods: () => Promise.resolve([]),
      deleteJob: (...job: unknown[]) => Promise.resolve(deleted.push(job)),
      deleteSecret: () => Promise.resolve(undefined),
    },
  } as unknown as Sides;
  const marked = { id: 'r', reason: 'job-without-registration', because: '' } as const;
  const stale = subject({ job: job('running', 3600, { uid: 'marked' }) });
  const { removal } = await begin(
    { sides, group, terms, now: () => now, requireWanted: () => undefined },
    stale,
    marked,
  );
  assert.equal(removal.outcome, 'removed');
  assert.deepEqual(deleted, [['runners', 'runner-r', { uid: 'seen', completes: false }]]);
});
