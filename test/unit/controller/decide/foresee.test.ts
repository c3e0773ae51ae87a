// The plan of whatever may be seen: it ends, acts on nothing twice, and keeps the bounds that each decision keeps.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Action } from '../../../../controller/decide/decision.ts';
import { foresee } from '../../../../controller/decide/foresee.ts';
import { situation } from './arbitrary.ts';
import { now } from './given.ts';

function kindsOf(actions: readonly Action[]): Map<string, string[]> {
  const kinds = new Map<string, string[]>();
  for (const action of actions) {
    if (action.kind === 'order') continue;
    kinds.set(action.runnerId, [...(kinds.get(action.runnerId) ?? []), action.kind]);
  }
  return kinds;
}

test('foreseeing ends, takes each runner through retirement and removal once at most, and stays between min and max', () => {
  fc.assert(
    fc.property(situation, ({ policy, snapshot }) => {
      const { decision, steps } = foresee(policy, { ok: true, snapshot }, now);
      assert.ok(steps.length <= 2 * snapshot.members.length + 2);
      const ids = new Set(snapshot.members.map(({ id }) => id));
      const kinds = kindsOf(decision.actions);
      for (const [id, each] of kinds) {
        assert.ok(ids.has(id));
        assert.ok(each.length === 1 || each.join() === 'retire,remove', each.join());
      }
      const ending = [...kinds.values()].filter((each) => /remove|discard/.test(each.join())).length;
      const ordered = decision.actions.reduce(
        (sum, action) => sum + (action.kind === 'order' ? action.count : 0),
        0,
      );
      const { min, max } = policy.rule;
      assert.ok(ordered === 0 || snapshot.members.length - ending + ordered <= max);
      const retired = [...kinds.values()].filter((each) => each.includes('retire')).length;
      assert.ok(retired === 0 || (decision.from ?? 0) - retired >= min);
      for (const [at, step] of steps.entries()) if (at > 0) assert.equal(step.from, steps[at - 1]?.to);
      assert.equal(decision.to, steps.at(-1)?.to);
    }),
    { numRuns: 1000 },
  );
});
