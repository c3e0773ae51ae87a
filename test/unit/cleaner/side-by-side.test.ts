// A short run of both programs side by side while things break; `node test/bench/side-by-side.ts` makes a long one.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hour, SideBySide } from '../../fakes/side-by-side.ts';

describe('controller and cleaner, side by side for 30 hours with a fault every quarter of an hour', () => {
  for (const seed of [1, 2]) {
    test(`kill no build, leak nothing and come to rest (seed ${seed})`, async () => {
      const ledger = await new SideBySide({ hours: 30, seed, faultEveryMs: hour / 4 }).run();
      assert.deepEqual(ledger.killedByUs, []);
      assert.deepEqual(ledger.bugs, []);
      assert.deepEqual(ledger.left, { runners: 2, jobs: 2, secrets: 2, online: 2 });
      assert.equal(ledger.doneWhenCalm, 0, 'no fight');
      const swept = Object.values(ledger.sweptByReason).reduce((sum, count) => sum + count, 0);
      assert.ok(swept > 10 && ledger.braked > 0, 'the cleaner had work');
    });
  }
});
