// The promises that hold for everything that may be seen and remembered, not only for the rows of a table.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../../../controller/decide/decide.ts';
import type { Decision } from '../../../../controller/decide/decision.ts';
import { remember } from '../../../../controller/decide/memory.ts';
import { capacityOf, type Member } from '../../../../controller/decide/snapshot.ts';
import { deepFreeze } from '../../../../core/config/freeze.ts';
import { ratioPolicy, sighting, situation, type Situation } from './arbitrary.ts';
import { members, memory, minute, now, policy, snapshot, startTimeoutMs } from './given.ts';
import { assemble } from '../../../../controller/decide/assemble.ts';

function decided({ policy: chosen, snapshot: seen, memory: remembered }: Situation): Decision {
  return decide(chosen, { ok: true, snapshot: seen }, remembered, now);
}

function ordered({ actions }: Decision): number {
  return actions.reduce((sum, action) => sum + (action.kind === 'order' ? action.count : 0), 0);
}

function always(check: (situation: Situation) => void, runs = 1000): void {
  fc.assert(fc.property(situation, check), { numRuns: runs });
}

describe('whatever is seen', () => {
  test('P1: what is there and what is ordered never exceeds max, and the order no room there is', () => {
    always((given) => {
      const { members: seen, vendorRoom = Infinity, apiBudget } = given.snapshot;
      const order = ordered(decided(given));
      assert.ok(order === 0 || seen.length + order <= given.policy.rule.max);
      assert.ok(order <= vendorRoom && order <= (apiBudget?.room ?? Infinity));
    });
  });

  test('P2: whoever is or may be busy is neither retired nor removed, and only dead registrations are discarded', () => {
    always((given) => {
      const runners = new Map(given.sighting.runners.map((runner) => [runner.id, runner]));
      for (const action of decided(given).actions) {
        if (action.kind === 'order' || action.kind === 'take-back') continue;
        const runner = runners.get(action.runnerId);
        assert.ok(runner !== undefined, `${action.kind} of something that is not registered`);
        const neverRan = action.kind === 'discard' && runner.status === 'unregistered';
        assert.ok(neverRan || runner.busyness === 'idle', `${action.kind} of a ${runner.busyness} runner`);
      }
    });
  });

  test('P3: a failed look decides nothing, whatever is remembered', () => {
    always((given) => {
      const failure = { reason: 'source-unavailable', message: 'no' } as const;
      const decision = decide(given.policy, { ok: false, failure }, given.memory, now);
      assert.deepEqual([decision.actions, decision.from, decision.to], [[], undefined, undefined]);
    });
  });

  test('the same input gives the same decision, and is not changed', () => {
    always((given) => {
      const before = structuredClone(given);
      assert.deepEqual(decided(deepFreeze(given)), decided(before));
      assert.deepEqual(structuredClone(given), before);
    });
  });

  test('a decision counts itself: `to` is `from` with its actions', () => {
    always((given) => {
      const decision = decided(given);
      const count = (kind: string): number =>
        decision.actions.filter((action) => action.kind === kind).length;
      const change = ordered(decision) + count('take-back') - count('retire');
      assert.equal(decision.to, (decision.from ?? 0) + change);
      assert.ok(
        ordered(decision) + count('take-back') === 0 || count('retire') === 0,
        'grows and shrinks at once',
      );
    });
  });

  test('nobody is named twice', () => {
    always((given) => {
      const named = decided(given).actions.flatMap((action) =>
        'runnerId' in action ? [action.runnerId] : [],
      );
      assert.equal(new Set(named).size, named.length);
    });
  });

  test('retiring never leaves fewer online than min', () => {
    always((given) => {
      const { busy, idle } = capacityOf(given.snapshot.members);
      const retired = decided(given).actions.filter(({ kind }) => kind === 'retire').length;
      assert.ok(retired === 0 || busy + idle - retired >= given.policy.rule.min);
    });
  });

  test('more demand never leads to fewer runners', () => {
    always((given) => {
      const index = given.snapshot.members.findIndex(({ state }) => state === 'idle');
      const busier = given.snapshot.members.map((member, at): Member =>
        at === index ? { ...member, state: 'busy', busyness: 'busy' } : member,
      );
      const more = decided({ ...given, snapshot: { ...given.snapshot, members: busier } });
      assert.ok((more.to ?? 0) >= (decided(given).to ?? 0));
    });
  });

  test('every registration, running machine and young order is counted once', () => {
    fc.assert(
      fc.property(sighting, (seen) => {
        const found = assemble(seen, now, 10 * minute).map(({ id }) => id);
        assert.equal(new Set(found).size, found.length);
        for (const { id } of seen.runners) assert.ok(found.includes(id));
        for (const { runnerId, phase } of seen.machines) {
          if (phase === 'running' || phase === 'pending') assert.ok(found.includes(runnerId ?? ''));
        }
      }),
    );
  });
});

const stepMs = 10 * minute;

/** As many builds as there are run on the oldest enabled runners. */
function withBuilds(online: readonly Member[], builds: number): Member[] {
  return online.map((member, index) => {
    const works = index < builds;
    return { ...member, state: works ? 'busy' : 'idle', busyness: works ? 'busy' : 'idle' };
  });
}

/** Runners start, stop and go at once; each step is long enough for every wait to be over. */
function carryOut(seen: readonly Member[], { actions, at }: Decision): Member[] {
  const named = (kind: string): Set<string> =>
    new Set(
      actions.flatMap((action) => (action.kind === kind && 'runnerId' in action ? [action.runnerId] : [])),
    );
  const [gone, retired] = [named('remove'), named('retire')];
  const left = seen
    .filter(({ id }) => !gone.has(id))
    .map((member): Member => {
      return retired.has(member.id) ? { ...member, state: 'draining', canTakeBack: true } : member;
    });
  const made = actions.flatMap((action) => (action.kind === 'order' ? members({ idle: action.count }) : []));
  return [...left, ...made.map((member) => ({ ...member, id: `${at}-${member.id}`, createdAt: at }))];
}

/** Runner counts of each step, until the plan was empty for ten steps in a row. */
function settle(chosen: ReturnType<typeof policy>, builds: number, online: number): readonly number[] {
  let seen: readonly Member[] = members({ idle: online });
  let remembered = memory(snapshot(seen));
  const counts: number[] = [];
  for (let step = 0, calm = 0; calm < 10; step += 1) {
    assert.ok(step < 400, `still changing: ${counts.slice(-6).join(', ')}`);
    const at = now + step * stepMs;
    const draining = seen.filter(({ state }) => state === 'draining');
    const takingWork = withBuilds(
      seen.filter(({ state }) => state !== 'draining'),
      builds,
    );
    seen = [...takingWork, ...draining];
    counts.push(takingWork.length);
    const look = { ...snapshot(seen), observedAt: at };
    remembered = remember(remembered, look, startTimeoutMs);
    const decision = decide(chosen, { ok: true, snapshot: look }, remembered, at);
    calm = decision.actions.length === 0 ? calm + 1 : 0;
    const back = new Set(
      decision.actions.flatMap((action) => (action.kind === 'take-back' ? [action.runnerId] : [])),
    );
    seen = carryOut(seen, decision).map((member) =>
      back.has(member.id) ? { ...member, state: 'idle', canTakeBack: false } : member,
    );
  }
  return counts;
}

describe('P6: with constant demand', () => {
  const start = fc.record({ chosen: ratioPolicy, builds: fc.nat(40), online: fc.nat(40) });

  test('every legal policy comes to rest, and stays', () => {
    fc.assert(
      fc.property(start, ({ chosen, builds, online }) => void settle(chosen, builds, online)),
      { numRuns: 500 },
    );
  });

  test('at rest there are no fewer than min and no more than max', () => {
    fc.assert(
      fc.property(start, ({ chosen, builds, online }) => {
        const last = settle(chosen, builds, online).at(-1) ?? 0;
        // Busy runners are never retired, not even above max.
        const most = Math.max(chosen.rule.max, Math.min(builds, online));
        assert.ok(last >= chosen.rule.min && last <= most, `${last} runners`);
      }),
      { numRuns: 300 },
    );
  });

  test('settings that chase each other without a floor come to rest too', () => {
    const chasing = { min: 1, max: 20, scaleUpThreshold: 0.5, scaleDownThreshold: 0.45 };
    const chosen = policy({ ...chasing, scaleUpMultiplier: 3, scaleDownMultiplier: 0.1 });
    assert.ok(settle(chosen, 3, 20).length < 30);
  });
});
