// The start-failure breaker (P7): when it opens, what it still lets through, and what closes it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allowedBy,
  breakerOf,
  noStarts,
  probeEveryMs,
  rememberStarts,
  type StartRecord,
} from '../../../../controller/decide/breaker.ts';
import { decide } from '../../../../controller/decide/decide.ts';
import { remember, type Memory } from '../../../../controller/decide/memory.ts';
import type { Member, Snapshot } from '../../../../controller/decide/snapshot.ts';
import { policyOf } from '../../../../controller/decide/policy.ts';
import { parseConfig } from '../../../../core/config/parse.ts';
import { member } from './given.ts';

const minute = 60_000;

function failed(id: string, createdAt: number): Member {
  return member(id, 'unhealthy', { createdAt, neverOnline: true });
}

/** Each look at the time when its newest was made. */
function after(...looks: Member[][]): StartRecord {
  const look = (before: StartRecord, members: Member[]): StartRecord =>
    rememberStarts(before, members, Math.max(0, ...members.map(({ createdAt }) => createdAt)));
  return looks.reduce(look, noStarts);
}

test('two failed starts are bad luck, three open it', () => {
  assert.equal(breakerOf(after([failed('a', 1), failed('b', 2)])).open, false);
  assert.equal(breakerOf(after([failed('a', 1), failed('b', 2), failed('c', 3)])).open, true);
});

test('failures that were cleaned away still count', () => {
  assert.equal(breakerOf(after([failed('a', 1), failed('b', 2)], [], [failed('c', 3)])).open, true);
});

test('failures of Jobs that had the same name one after the other are told apart', () => {
  const again = (uid: string, createdAt: number): Member => ({ ...failed('linux-0', createdAt), uid });
  const record = after([again('u1', 1)], [], [again('u2', 2)], [again('u2', 2)]);
  assert.equal(breakerOf(record).failures, 2);
  assert.equal(breakerOf(rememberStarts(record, [again('u3', 3)], 3)).open, true);
});

test('one that was made after them and came online closes it', () => {
  const open = after([failed('a', 1), failed('b', 2), failed('c', 3)]);
  assert.equal(breakerOf(rememberStarts(open, [member('d', 'busy', { createdAt: 4 })], 4)).open, false);
});

test('one that was online before they failed does not close it', () => {
  const record = after([
    member('old', 'idle', { createdAt: 1 }),
    failed('a', 2),
    failed('b', 3),
    failed('c', 4),
  ]);
  assert.equal(breakerOf(record).open, true);
});

test('while it is open one probe is let through each half hour, counted from the newest that was made', () => {
  const breaker = breakerOf(after([failed('a', 1), failed('b', 2), failed('c', 3)]));
  assert.equal(allowedBy(breaker, 3 + probeEveryMs - 1), 0);
  assert.equal(allowedBy(breaker, 3 + probeEveryMs), 1);
  const probing = breakerOf(
    after(
      [failed('a', 1), failed('b', 2), failed('c', 3)],
      [member('probe', 'starting', { createdAt: probeEveryMs })],
    ),
  );
  assert.equal(allowedBy(probing, 2 * probeEveryMs - 1), 0);
});

test('a vendor whose clock is behind ours does not hasten the probes', () => {
  const hourBehind = [failed('a', 1), failed('b', 2), failed('c', 3)];
  const now = 60 * minute;
  const breaker = breakerOf(rememberStarts(noStarts, hourBehind, now));
  assert.equal(allowedBy(breaker, now + probeEveryMs - 1), 0);
  assert.equal(allowedBy(breaker, now + probeEveryMs), 1);
});

function policy() {
  const parameters =
    'min: 2, max: 10, scale_up_threshold: 0.5, scale_down_threshold: 0.2, scale_up_multiplier: 2, scale_down_multiplier: 0.5';
  const text = `groups: [{name: g, workspace: w, labels: [a], namespace: n, strategy: percentageRunnersIdle, parameters: {${parameters}}}]`;
  const { config } = parseConfig(text, 'test');
  const [group] = config?.groups ?? [];
  if (config === undefined || group === undefined) throw new Error('the test has no valid config');
  return policyOf(group, config);
}

function snapshotOf(members: readonly Member[], observedAt: number): Snapshot {
  return { observedAt, demand: { kind: 'ratio' }, members, vendorRoom: undefined, apiRoom: undefined };
}

test('with an image that can not be pulled, at most two runners an hour are made, and the limit says why', () => {
  const rules = policy();
  let memory: Memory | undefined;
  let made = 0;
  let members: Member[] = [];
  const limits = new Set<string>();
  const hours = 12;
  for (let now = minute; now < hours * 60 * minute; now += 0.5 * minute) {
    // Given up after ten minutes, and cleaned away five minutes later.
    members = members
      .map((one) => (now - one.createdAt > 10 * minute ? failed(one.id, one.createdAt) : one))
      .filter((one) => now - one.createdAt < 15 * minute);
    const snapshot = snapshotOf(members, now);
    memory = remember(memory, snapshot);
    const decision = decide(rules, { ok: true, snapshot }, memory, now);
    for (const { limit } of decision.limits) limits.add(limit);
    for (const action of decision.actions) {
      if (action.kind !== 'order') continue;
      for (let index = 0; index < action.count; index += 1)
        members.push(member(`r${++made}`, 'starting', { createdAt: now }));
    }
  }
  assert.ok(limits.has('start-failures'));
  assert.ok(made <= 4 + 2 * hours, `${made} were made`);
  assert.ok(made > 4, 'probes went on');
});
