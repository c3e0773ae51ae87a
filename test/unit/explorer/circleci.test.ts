// A short exploration of CircleCI groups under faults, and bugs that it must notice; `npm run explore` makes a long one.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PromiseName } from '../../explorer/ledger.ts';
import { runTaskEpisode, type Tamper } from '../../explorer/circleci/episode.ts';
import { explore } from '../../explorer/explore.ts';
import { callFaults, circleCiFaults, processFaults } from '../../explorer/plan.ts';

test('some thousand ticks of CircleCI groups under faults break no promise', async () => {
  // A seed whose first episodes are of every kind, and meet every fault.
  const found = await explore(33, 9_000, 'circleci');
  assert.deepEqual(found.failures, []);
  for (const kind of [...callFaults, ...processFaults, ...circleCiFaults]) {
    assert.ok((found.faults[kind] ?? 0) > 0, `no ${kind} has struck`);
  }
  assert.deepEqual(Object.keys(found.kinds).sort(), ['found', 'futile', 'instances', 'jobs', 'twins']);
  assert.ok(found.registered > 200 && found.removed > 100, 'runners come and go');
});

test('both services are explored, unless one is asked for', async () => {
  const kinds = Object.keys((await explore(4, 3_000)).kinds);
  const ofCircleCi = ['jobs', 'instances', 'found', 'twins', 'futile'];
  assert.ok(kinds.some((kind) => ofCircleCi.includes(kind)));
  assert.ok(kinds.some((kind) => !ofCircleCi.includes(kind)));
});

test('an episode of CircleCI groups is the same each time', async () => {
  const [first, second] = [await runTaskEpisode(3), await runTaskEpisode(3)];
  assert.deepEqual(second.counts, first.counts);
  assert.ok(first.counts.ticks > 100);
});

/** Answers what it has answered a minute before. */
function remembering<Args extends unknown[], Answer>(
  ask: (...args: Args) => Promise<Answer>,
  now: () => number,
): (...args: Args) => Promise<Answer> {
  const known = new Map<string, { at: number; answer: Promise<Answer> }>();
  return (...args) => {
    const key = JSON.stringify(args);
    const before = known.get(key);
    if (before !== undefined && now() - before.at < 55_000) return before.answer;
    const answer = ask(...args);
    known.set(key, { at: now(), answer });
    return answer;
  };
}

describe('a bug that is put in by hand is noticed', () => {
  const bugs: readonly [string, PromiseName, Tamper][] = [
    [
      'an error is read as no task',
      'P3',
      (of) => {
        const countRunning = (resourceClass: string): Promise<number> =>
          of.circleCi.countRunning(resourceClass).catch(() => 0);
        return { ...of, circleCi: { ...of.circleCi, countRunning } };
      },
    ],
    [
      'the last look at an instance is the one of the sweep',
      'P2',
      (of) => {
        if (!of.process.name.startsWith('cleaner')) return of;
        const countRunning = remembering(
          (resourceClass: string) => of.circleCi.countRunning(resourceClass),
          () => of.clock.now(),
        );
        return { ...of, circleCi: { ...of.circleCi, countRunning } };
      },
    ],
    ['nobody waits for the lease', 'P10', (of) => ({ ...of, leases: undefined })],
  ];
  for (const [what, promise, tamper] of bugs) {
    test(what, async () => {
      for (let episode = 0; episode < 40; episode += 1) {
        const { broken } = await runTaskEpisode(episode, undefined, tamper);
        if (broken === undefined) continue;
        assert.equal(broken.promise, promise, broken.message);
        return;
      }
      assert.fail('40 episodes did not notice it');
    });
  }
});
