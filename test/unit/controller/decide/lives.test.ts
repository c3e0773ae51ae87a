// Which Jobs of a pool that ended well count as failed starts, by the agents that CircleCI lists.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EndedStart } from '../../../../controller/decide/ended.ts';
import { remember, type Memory } from '../../../../controller/decide/memory.ts';
import type { Runner } from '../../../../core/runner.ts';
import { minute, now, second, snapshot, startTimeoutMs } from './given.ts';

function agent(name: string, change: Partial<Runner> = {}): Runner {
  return {
    ...{ id: name, name, labels: [], status: 'online', busyness: 'unknown', cordoned: false },
    ...{ createdAt: now, updatedAt: now },
    ...change,
  };
}

/** Jobs that come up and end with exit code 0 between the looks, for an hour in which tasks wait and none runs. */
function failuresWith(agents: readonly Runner[]): number {
  let memory: Memory | undefined;
  for (let at = now; at < now + 60 * minute; at += 15 * second) {
    const demand = { kind: 'backlog', unclaimed: 5, running: 0 } as const;
    const ended: EndedStart[] = [
      { start: `job-${at}`, id: `job-${at}`, createdAt: at - 5 * second, how: 'succeeded' },
    ];
    const seen = agents.map((each) => ({ ...each, updatedAt: at }));
    memory = remember(memory, snapshot([], { observedAt: at, demand, ended, agents: seen }), startTimeoutMs);
  }
  return Object.keys(memory?.starts.failed ?? {}).length;
}

describe('of Jobs that end well while tasks wait and none runs', () => {
  test('all count where CircleCI lists no agent', () => {
    assert.ok(failuresWith([]) >= 3);
  });

  test('an agent of others that was there before them excuses none (P7)', () => {
    const foreign = agent('elsewhere', { createdAt: now - 60 * minute });
    assert.ok(failuresWith([foreign]) >= 3);
  });

  test('an agent of an unknown name that connected since may be the agent of any', () => {
    assert.equal(failuresWith([agent('chosen-by-its-config', { createdAt: now + 60 * minute })]), 0);
  });
});
