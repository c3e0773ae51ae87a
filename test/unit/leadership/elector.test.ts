// One acts at a time (P10): the judge by table, electors against leases that fail, hang and freeze.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LeaseCalls } from '../../../core/clients/kubernetes/leases.ts';
import type { Lease } from '../../../core/clients/kubernetes/types.ts';
import { ServiceError } from '../../../core/errors.ts';
import { Elector, lookEveryMs, renewDeadlineMs } from '../../../core/leadership/elector.ts';
import { believedMs, durationSeconds, nextMove } from '../../../core/leadership/judge.ts';
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

const beliefs = [
  { says: durationSeconds, believed: 10 },
  { says: 15, believed: 15 },
  { says: 60, believed: 60 },
  { says: 61, believed: 60 },
  { says: 2_147_483_647, believed: 60 },
  { says: undefined, believed: 60 },
  { says: 1, believed: 10 },
  { says: 0, believed: 10 },
  { says: -5, believed: 10 },
];

for (const { says, believed } of beliefs) {
  test(`another's lease that says ${says} s is believed for ${believed} s without a change`, () => {
    const lease = { ...aLease('other'), durationSeconds: says };
    assert.equal(believedMs(lease), believed * 1000);
    const at = (seenForMs: number): string => nextMove({ lease, unchangedSince: 0 }, 'me', seenForMs);
    assert.deepEqual([at(believed * 1000 - 1), at(believed * 1000)], ['wait', 'take']);
  });
}

const bereft = [
  { name: 'deleted', lease: undefined, then: 'create' },
  { name: 'cleared', lease: aLease(''), then: 'take' },
  { name: 'given to me', lease: aLease('me'), then: 'renew' },
] as const;

for (const { name, lease, then } of bereft) {
  test(`a lease that a foreign hand has ${name} is ${then} only when its former holder has stopped acting`, () => {
    const at = (now: number): string => nextMove({ lease, unchangedSince: 0, othersUntil: 500 }, 'me', now);
    assert.deepEqual([at(499), at(500)], ['wait', then]);
  });
}

test('a lease that its holder released, as replicas do, is taken at once', () => {
  const lease = { ...aLease(''), durationSeconds: 1 };
  assert.equal(nextMove({ lease, unchangedSince: 0, othersUntil: 500 }, 'me', 0), 'take');
});

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

  /** What somebody with `kubectl` does. */
  write(change: Partial<Lease> | undefined): void {
    this.version += 1;
    const version = String(this.version);
    this.lease = change && { ...aLease(''), ...this.lease, ...change, resourceVersion: version };
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
    changed: ({ state, leader }) =>
      log.push(`${identity} ${state === 'standing-by' ? `stands by for ${leader}` : state}`),
    trouble: (message) => log.push(message),
    recovered: () => log.push('recovered'),
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

const foreign: readonly (Partial<Lease> | undefined)[] = [
  undefined,
  { holder: '' },
  { holder: 'a' },
  { holder: 'b' },
  { holder: 'attacker', durationSeconds: 2_147_483_647 },
  { durationSeconds: 1, holder: 'b' },
  { durationSeconds: undefined, acquiredAt: undefined, renewedAt: undefined },
  { holder: '', durationSeconds: undefined },
  { renewedAt: 1e14 },
  { transitions: 0 },
];

test('whatever a foreign hand does once, never do two lead at once, and one leads again within 75 s', async () => {
  const fault = fc.constantFrom<Fault>('none', 'none', 'before', 'after');
  const step = fc.record({ a: fault, b: fault, ms: fc.integer({ min: 1, max: 60 }) });
  const steps = fc.array(step, { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(...foreign), steps, async (earlier, change, later) => {
      const leases = new FakeLeases();
      const clock = manualClock(1_000);
      const electors = { a: elector(leases, 'a', clock), b: elector(leases, 'b', clock) };
      const pass = async (ms: number): Promise<void> => {
        for (let passed = 0; passed < ms; passed += 500) {
          await clock.advance(500);
          assert.ok(!(electors.a.isLeading() && electors.b.isLeading()));
        }
      };
      const play = async (all: typeof earlier): Promise<void> => {
        for (const { a, b, ms } of all) {
          leases.faults.set('a', a);
          leases.faults.set('b', b);
          await pass(ms * 500);
        }
      };
      electors.a.start();
      await clock.advance(1);
      electors.b.start();
      await pass(3_000);
      await play(earlier);
      leases.write(change);
      await play(later);
      leases.faults.clear();
      await pass(75_000);
      assert.ok(electors.a.isLeading() || electors.b.isLeading());
      await Promise.all([electors.a.stop(), electors.b.stop()]);
    }),
    { numRuns: 60 },
  );
});

test('a foreign lease that asks for 68 years is told once, is no lease after a minute, and that is told too', async () => {
  const leases = new FakeLeases();
  leases.write({ holder: 'no pod: 7', durationSeconds: 2_147_483_647, renewedAt: 4e12 });
  const clock = manualClock();
  const log: string[] = [];
  const a = elector(leases, 'runner-controller-7c5d9f8b6-x2x2x', clock, log);
  a.start();
  await clock.advance(50_000);
  assert.equal(log.length, 3, log.join('\n'));
  assert.match(
    log[0] ?? '',
    /its holder "no pod: 7" is not the name of a pod.*kubectl get lease lease -n ns/,
  );
  assert.match(log[1] ?? '', /it gives a duration of 2147483647 s/);
  assert.match(log[2] ?? '', /it was renewed in the future/);
  assert.deepEqual(a.standing(), { state: 'unknown', because: log.join(' ') });
  await clock.advance(13_000);
  assert.deepEqual(log.slice(3), ['recovered', 'runner-controller-7c5d9f8b6-x2x2x leading']);
  assert.deepEqual(a.standing(), { state: 'leading', leader: 'runner-controller-7c5d9f8b6-x2x2x' });
  await a.stop();
});

test('a holder that is no pod of the same Deployment is told, a sibling is not', async () => {
  const log: string[] = [];
  const clock = manualClock();
  const leases = new FakeLeases();
  const a = elector(leases, 'runner-controller-7c5d9f8b6-x2x2x', clock, log);
  leases.write({ holder: 'runner-controller-66f9fd6c55-abcde' });
  a.start();
  await clock.advance(5_000);
  const sibling = 'runner-controller-66f9fd6c55-abcde';
  assert.deepEqual(log, [`runner-controller-7c5d9f8b6-x2x2x stands by for ${sibling}`]);
  assert.deepEqual(a.standing(), { state: 'standing-by', leader: sibling });
  leases.write({ holder: 'attacker' });
  await clock.advance(5_000);
  assert.equal(log.length, 2);
  assert.match(log[1] ?? '', /"attacker" is not a pod of runner-controller/);
  await a.stop();
});

test('a lease that cannot be read is told once for each cause, and again only after it could be read', async () => {
  const leases = new FakeLeases();
  const clock = manualClock();
  const log: string[] = [];
  const a = elector(leases, 'a', clock, log);
  leases.faults.set('a', 'before');
  a.start();
  await clock.advance(60_000);
  assert.deepEqual(log, ['the lease cannot be read or renewed: lost']);
  leases.faults.clear();
  await clock.advance(3_000);
  assert.deepEqual(log.slice(1), ['recovered', 'a leading']);
  leases.faults.set('a', 'before');
  await clock.advance(3_000);
  assert.deepEqual(log.slice(3), ['the lease cannot be read or renewed: lost']);
  await a.stop();
});

test('a replica that has not read the lease, or cannot, does not say that another one leads', async () => {
  const leases = new FakeLeases();
  leases.write({ holder: 'b' });
  const clock = manualClock();
  const a = elector(leases, 'a', clock);
  assert.deepEqual(a.standing(), { state: 'unknown', because: 'the lease was not read yet' });
  leases.faults.set('a', 'before');
  a.start();
  await clock.advance(1);
  assert.deepEqual(a.standing(), {
    state: 'unknown',
    because: 'the lease cannot be read or renewed: lost',
  });
  leases.faults.clear();
  await clock.advance(lookEveryMs);
  assert.deepEqual(a.standing(), { state: 'standing-by', leader: 'b' });
  await a.stop();
});

test('a replica whose reading of the lease hangs says so after 10 s', async () => {
  const leases = new FakeLeases();
  leases.write({ holder: 'b' });
  const clock = manualClock();
  let hangs = false;
  const never = new Promise<never>(() => undefined);
  const calls = leases.as('a');
  const a = new Elector({
    ...{ namespace: 'ns', name: 'lease', identity: 'a', steady: clock, clock },
    leases: { ...calls, getLease: (...args) => (hangs ? never : calls.getLease(...args)) },
    ...{ changed: () => undefined, trouble: () => undefined },
  });
  a.start();
  await clock.advance(1);
  hangs = true;
  await clock.advance(8_000);
  assert.equal(a.standing().state, 'standing-by');
  await clock.advance(8_000);
  assert.deepEqual(a.standing(), {
    state: 'unknown',
    because: 'the API server has not answered about the lease for 16 s',
  });
});

test('a leader that stops says that it leads no more, and not that another one does', async () => {
  const leases = new FakeLeases();
  const clock = manualClock();
  const log: string[] = [];
  const a = elector(leases, 'a', clock, log);
  a.start();
  await clock.advance(1);
  await a.stop();
  assert.deepEqual(log, ['a leading', 'a unknown']);
  assert.deepEqual(a.standing(), {
    state: 'unknown',
    because: 'this replica ends, and has given the lease up',
  });
});

test('a leader that cannot renew leads no more, and is told of its successor when it can read again', async () => {
  const leases = new FakeLeases();
  const clock = manualClock();
  const log: string[] = [];
  const [a, b] = [elector(leases, 'a', clock, log), elector(leases, 'b', clock)];
  a.start();
  await clock.advance(1);
  b.start();
  leases.faults.set('a', 'before');
  await clock.advance(20_000);
  assert.deepEqual(log, ['a leading', 'the lease cannot be read or renewed: lost', 'a unknown']);
  leases.faults.clear();
  await clock.advance(5_000);
  assert.deepEqual(log.slice(3), ['recovered', 'a stands by for b']);
  await Promise.all([a.stop(), b.stop()]);
});
