// Another cluster with the same config in the same workspace: its starting runners are not ours to give up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assemble } from '../../../../controller/decide/assemble.ts';
import { remember, type Memory } from '../../../../controller/decide/memory.ts';
import { settle } from '../../../../controller/decide/settle.ts';
import type { Policy } from '../../../../controller/decide/policy.ts';
import type { Machine, Runner } from '../../../../core/runner.ts';

const minute = 60_000;
const policy = { startTimeoutMs: 10 * minute, lostGraceMs: minute, drainSettleMs: minute } as Policy;
const runner: Runner = {
  ...{ id: 'a', name: 'Linux', labels: [], status: 'unregistered', cordoned: false, busyness: 'idle' },
  ...{ createdAt: 0, updatedAt: 0 },
};
const job: Machine = { id: 'runner-a', runnerId: 'a', createdAt: 0, phase: 'pending' };

/** Minutes until it is given up, looking every half minute. */
function givenUpAfter(machinesAt: (now: number) => readonly Machine[], made: ReadonlySet<string>): number {
  let memory: Memory | undefined;
  for (let now = 0; now <= 60 * minute; now += minute / 2) {
    const members = assemble(
      { runners: [runner], machines: machinesAt(now), ordered: new Map(), made },
      now,
      policy.startTimeoutMs,
    );
    const snapshot = {
      observedAt: now,
      demand: { kind: 'ratio' },
      members,
      vendorRoom: undefined,
      apiBudget: undefined,
    } as const;
    memory = remember(memory, snapshot, policy.startTimeoutMs);
    if (settle(policy, snapshot, memory, { now, takenBack: new Set() }).length > 0) return now / minute;
  }
  return Infinity;
}

test('a registration that this process made and that has no machine is given up after a minute', () => {
  assert.equal(
    givenUpAfter(() => [], new Set(['a'])),
    1,
  );
});

test('so is one whose machine was here and is gone', () => {
  assert.equal(
    givenUpAfter((now) => (now < 2 * minute ? [job] : []), new Set()),
    3,
  );
});

test('one that was never seen with a machine here is left alone for the start timeout', () => {
  assert.equal(
    givenUpAfter(() => [], new Set()),
    10,
  );
});
