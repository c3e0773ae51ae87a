// How the calls of an hour are divided: by the same config both programs come to parts that never exceed it together.

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { CleanerMetrics } from '../../../cleaner/record/metrics.ts';
import { ControllerMetrics } from '../../../controller/record/metrics.ts';
import { Clients } from '../../../core/clients/clients.ts';
import type { Clock } from '../../../core/process/clock.ts';
import { createBudget } from '../../../core/clients/http/budget.ts';
import { CallRecord } from '../../../core/clients/http/call-record.ts';
import { pollingPlan } from '../../../core/config/polling.ts';
import type { Config } from '../../../core/config/config.ts';
import { manualClock } from '../../fakes/clock.ts';
import { minute, startWorld, type TestWorld } from '../../fakes/world.ts';

function clientsOf({ env, clock }: TestWorld, program: 'controller' | 'cleaner'): Clients {
  return new Clients({ env, clock, program, random: () => 0, readFile: () => '', onCall: () => undefined });
}

/** Deletes a runner that is not there until none is sent any more. */
async function spendAll(clients: Clients, { constants }: Config, world: TestWorld): Promise<number> {
  const bitbucket = clients.bitbucket(constants);
  for (let sent = 0; ; sent += 1) {
    const refused = await bitbucket.deleteRunner(world.group().scope, 'none').then(
      () => false,
      () => true,
    );
    if (refused) return sent;
  }
}

const few = {
  constants: { api_calls_per_hour: 60, runner_api_polling_interval: 600, fast_polling_interval: 600 },
};

function refusals({ world }: TestWorld): number {
  return world.bitbucket.calls.filter(({ status }) => status === 429).length;
}

test('the parts of the two programs never exceed api_calls_per_hour together', () => {
  const sweeps = fc.constantFrom('by-interval' as const, 'by-schedule' as const, 'never' as const);
  const wish = fc.record({ scopes: fc.nat(60), callsPerHour: fc.integer({ min: 1, max: 5000 }), sweeps });
  fc.assert(
    fc.property(wish, (wishes) => {
      const { shares, budget } = pollingPlan(wishes);
      assert.equal(shares.controller + shares.cleaner, budget);
      assert.ok(shares.cleaner >= 0 && shares.controller >= budget / 2);
      if (wishes.sweeps === 'never') assert.equal(shares.cleaner, 0);
    }),
  );
});

test('both programs, each spending all that it may, are never answered with 429', async (t) => {
  const world = await startWorld(t, few);
  const spent = [
    await spendAll(clientsOf(world, 'controller'), world.config, world),
    await spendAll(clientsOf(world, 'cleaner'), world.config, world),
  ];
  assert.ok(Math.min(...spent) > 0, spent.join());
  assert.ok((spent[0] ?? 0) + (spent[1] ?? 0) <= 60);
  assert.equal(refusals(world), 0);
});

test('an edit of api_calls_per_hour does not begin the hour anew', async (t) => {
  const world = await startWorld(t, few);
  const clients = clientsOf(world, 'controller');
  const before = await spendAll(clients, world.config, world);
  const { constants } = world.config;
  const edited = {
    ...world.config,
    constants: { ...constants, apiCallsPerHour: constants.apiCallsPerHour - 5 },
  };
  assert.equal(await spendAll(clients, edited, world), 0);
  assert.ok(before > 0);
});

describe('a process that leads after another', () => {
  async function replicas(t: TestContext) {
    const world = await startWorld(t, few);
    world.world.kubernetes.create({ kind: 'Namespace', metadata: { name: 'runners' } });
    const name = ['runners', 'runner-controller'] as const;
    const lease = {
      ...{ namespace: name[0], name: name[1], holder: 'first', durationSeconds: 10 },
      ...{ acquiredAt: 0, renewedAt: 0, transitions: 0 },
    };
    return {
      world,
      name,
      lease,
      first: clientsOf(world, 'controller'),
      second: clientsOf(world, 'controller'),
    };
  }

  test('goes on counting where the lease says that the other was', async (t) => {
    const { world, name, lease, first, second } = await replicas(t);
    const spent = await spendAll(first, world.config, world);
    await first.leases().createLease(lease);
    await second.leases().getLease(...name);
    assert.ok(spent > 0);
    assert.equal(await spendAll(second, world.config, world), 0);
    assert.deepEqual(second.bitbucketCallsLeft(world.config), first.bitbucketCallsLeft(world.config));
    world.clock.pass(62 * minute);
    assert.equal(await spendAll(second, world.config, world), spent);
  });

  test('counts nothing twice, however often it reads the lease', async (t) => {
    const { world, name, lease, first, second } = await replicas(t);
    await first.bitbucket(world.config.constants).listRunners(world.group().scope);
    let written = await first.leases().createLease(lease);
    for (let reads = 0; reads < 3; reads += 1) {
      await second.leases().getLease(...name);
      written = await second.leases().replaceLease(written);
      await first.leases().getLease(...name);
    }
    assert.deepEqual(second.bitbucketCallsLeft(world.config), first.bitbucketCallsLeft(world.config));
    assert.equal(first.bitbucketCalls.spent().looks, second.bitbucketCalls.spent().looks);
  });
});

test('both programs export what is left of their part, and nothing where no group needs it', async () => {
  for (const Metrics of [ControllerMetrics, CleanerMetrics]) {
    let calls: { left: number; perHour: number } | undefined = { left: 799, perHour: 840 };
    const { registry } = new Metrics(() => calls);
    const text = await registry.metrics();
    assert.match(text, /^runner_autoscaler_api_calls_left\{service="bitbucket"\} 799$/m);
    assert.match(text, /^runner_autoscaler_api_calls_per_hour\{service="bitbucket"\} 840$/m);
    calls = undefined;
    assert.doesNotMatch(await registry.metrics(), /^runner_autoscaler_api_calls/m);
  }
});

describe('the record of calls', () => {
  test('says when calls come back, and forgets them then', async () => {
    const clock = manualClock(10 * minute);
    const record = new CallRecord(clock);
    const budget = createBudget(100, clock, record);
    for (let call = 0; call < 95; call += 1) budget.take({ essential: false, change: true });
    assert.equal(budget.take({ essential: false, change: true }), 61 * minute);
    assert.equal(budget.take({ essential: true, change: true }), 0);
    assert.equal(budget.left(), 4);
    await clock.advance(61 * minute);
    assert.equal(budget.left(), 100);
    assert.equal(record.text(), '');
  });

  test('keeps calls for looking apart from those for changes', () => {
    const clock = manualClock(10 * minute);
    const budget = createBudget(100, clock);
    for (let call = 0; call < 10; call += 1) budget.take({ essential: false, change: false });
    assert.equal(budget.leftForChanges(40), 55, 'looks within what is kept for them cost changes nothing');
    assert.equal(budget.leftForChanges(5), 85, 'looks beyond it do');
    budget.take({ essential: true, change: true });
    assert.equal(budget.leftForChanges(40), 54);
  });

  for (const text of ['', 'x', '1:2', '9:-1/2', '9:1/2/3', '99999999:5/5', '9:1e9/1', 'NaN:1/1', '{"a":1}']) {
    test(`takes nothing from a lease that says ${JSON.stringify(text)}`, () => {
      const record = new CallRecord(manualClock(10 * minute));
      record.take(text);
      assert.deepEqual(record.spent(), { looks: 0, changes: 0 });
    });
  }
});

test('a clock that is set back forgets nothing that was spent, and keeps it for an hour, not longer', () => {
  let now = 1_000 * minute;
  const record = new CallRecord({ now: () => now } as Clock);
  for (let call = 0; call < 800; call += 1) record.add('looks');
  now -= 3 * minute;
  assert.equal(record.spent().looks, 800);
  assert.match(record.text(), /:800\/0$/);
  now += 62 * minute;
  assert.equal(record.spent().looks, 0);
});
