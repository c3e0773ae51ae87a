// One acts at a time (P10): the judge by table, electors against leases that fail, hang and freeze.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LeaseCalls } from '../../../core/clients/kubernetes/leases.ts';
import type { Lease } from '../../../core/clients/kubernetes/types.ts';
import { ServiceError } from '../../../core/errors.ts';
import { durationSeconds, Elector, lookEveryMs, renewDeadlineMs } from '../../../core/leadership/elector.ts';
import { nextMove } from '../../../core/leadership/judge.ts';
import { manualClock, type ManualClock } from '../../fakes/clock.ts';

function aLease(holder: string): Lease {
  return {
    ...{ namespace: 'ns', name: 'lease', resourceVersion: '1', holder, durationSeconds },
    acquiredAt: 0,
    renewedAt: 0,
    transitions: 0,
  };
}

const rows = [
  { name: 'no lease is created', lease: undefined, seenFor: 0, move: 'create' },
  { name: 'my own is renewed, after a restart too', lease: aLease('me'), seenFor: 0, move: 'renew' },
  { name: 'one that was given up is taken at once', lease: aLease(''), seenFor: 0, move: 'take' },
  {
    name: "another's is left while it may still be renewed",
    lease: aLease('other'),
    seenFor: 9_999,
    move: 'wait',
  },
  {
    name: "another's is taken when it was not renewed for its duration",
    lease: aLease('other'),
    seenFor: 10_000,
    move: 'take',
  },
] as const;

for (const { name, lease, seenFor, move } of rows) {
  test(name, () => assert.equal(nextMove({ lease, unchangedSince: 5 }, 'me', 5 + seenFor), move));
}

type Fault = 'none' | 'before' | 'after';

/** Leases as the API server keeps them: a write must name the version that it replaces. */
class FakeLeases implements LeaseCalls {
  lease: Lease | undefined;
  /** What happens to the next calls, by who calls. */
  readonly faults = new Map<string, Fault>();
  private version = 0;

  as(who: string): LeaseCalls {
    return {
      getLease: () => this.call(who, () => this.lease),
      createLease: (lease) => this.call(who, () => this.put(lease, undefined)),
      replaceLease: (lease) => this.call(who, () => this.put(lease, lease.resourceVersion)),
    };
  }

  getLease(): Promise<Lease | undefined> {
    return Promise.resolve(this.lease);
  }
  createLease(lease: Lease): Promise<Lease> {
    return this.as('').createLease(lease);
  }
  replaceLease(lease: Lease): Promise<Lease> {
    return this.as('').replaceLease(lease);
  }

  private put(lease: Lease, version: string | undefined): Lease {
    if (this.lease?.resourceVersion !== version) {
      throw new ServiceError('conflict', {
        service: 'kubernetes',
        operation: 'replace-lease',
        failure: 'status',
        status: 409,
      });
    }
    this.lease = { ...lease, resourceVersion: String(++this.version) };
    return this.lease;
  }

  private async call<T>(who: string, act: () => T): Promise<T> {
    await Promise.resolve();
    const fault = this.faults.get(who) ?? 'none';
    const lost = new ServiceError('lost', { service: 'kubernetes', operation: 'lease', failure: 'timeout' });
    if (fault === 'before') throw lost;
    const result = act();
    if (fault === 'after') throw lost;
    return result;
  }
}

function elector(leases: FakeLeases, identity: string, steady: ManualClock, log: string[] = []): Elector {
  return new Elector({
    ...{ leases: leases.as(identity), namespace: 'ns', name: 'lease', identity, steady, clock: steady },
    changed: (leading) => log.push(`${identity} ${leading ? 'leads' : 'stands by'}`),
    trouble: () => undefined,
  });
}

test('one of two leads, and the other follows at once when it gives the lease up', async () => {
  const leases = new FakeLeases();
  const clock = manualClock();
  const [a, b] = [elector(leases, 'a', clock), elector(leases, 'b', clock)];
  a.start();
  await clock.advance(1);
  b.start();
  await clock.advance(30_000);
  assert.deepEqual([a.isLeading(), b.isLeading()], [true, false]);
  await a.stop();
  await clock.advance(lookEveryMs * 2);
  assert.deepEqual([a.isLeading(), b.isLeading()], [false, true]);
  await b.stop();
});

test('a leader whose renewals are lost stops acting before its successor begins, within 15 s', async () => {
  const leases = new FakeLeases();
  const clock = manualClock();
  const [a, b] = [elector(leases, 'a', clock), elector(leases, 'b', clock)];
  a.start();
  await clock.advance(5_000);
  b.start();
  await clock.advance(5_000);
  leases.faults.set('a', 'before');
  let both = 0;
  let waited = 0;
  while (!b.isLeading() && waited < 60_000) {
    await clock.advance(100);
    waited += 100;
    if (a.isLeading() && b.isLeading()) both += 1;
  }
  assert.equal(both, 0);
  assert.ok(waited <= 15_000, `it took ${waited} ms`);
  await Promise.all([a.stop(), b.stop()]);
});

test('a process that was frozen finds that its time is over before it looks again', async () => {
  const leases = new FakeLeases();
  const own = manualClock();
  let frozenFor = 0;
  const steady = { ...own, now: () => own.now() + frozenFor };
  const a = elector(leases, 'a', steady);
  a.start();
  await own.advance(3_000);
  assert.equal(a.isLeading(), true);
  // Time has passed, but nothing of this process has run.
  frozenFor = renewDeadlineMs;
  assert.equal(a.isLeading(), false);
  await a.stop();
});

test('whatever is lost, never do two lead at once', async () => {
  const fault = fc.constantFrom<Fault>('none', 'none', 'before', 'after');
  const step = fc.record({
    a: fault,
    b: fault,
    ms: fc.integer({ min: 100, max: 6_000 }),
    who: fc.constantFrom('a', 'b', 'both'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const leases = new FakeLeases();
      // Each has its own clock, so one may stand still (frozen) while the other runs.
      const clocks = { a: manualClock(1_000), b: manualClock(77_000) };
      const electors = { a: elector(leases, 'a', clocks.a), b: elector(leases, 'b', clocks.b) };
      electors.a.start();
      electors.b.start();
      for (const { a, b, ms } of steps) {
        leases.faults.set('a', a);
        leases.faults.set('b', b);
        for (let passed = 0; passed < ms; passed += 100) {
          await Promise.all([clocks.a.advance(100), clocks.b.advance(100)]);
          assert.ok(!(electors.a.isLeading() && electors.b.isLeading()));
        }
      }
      leases.faults.clear();
      await Promise.all([electors.a.stop(), electors.b.stop()]);
    }),
    { numRuns: 20 },
  );
});
