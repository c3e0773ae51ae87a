// The start-failure breaker (P7): when it opens, what it still lets through, and what closes it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allowedBy,
  breakerOf,
  noStarts,
  firstProbeAfterMs,
  probeEveryMs,
  rememberStarts,
  type StartRecord,
} from '../../../../controller/decide/breaker.ts';
import { decide } from '../../../../controller/decide/decide.ts';
import { memoryAfterEdit, remember, type Memory } from '../../../../controller/decide/memory.ts';
import type { Member, Snapshot } from '../../../../controller/decide/snapshot.ts';
import { policyOf } from '../../../../controller/decide/policy.ts';
import { parseConfig } from '../../../../core/config/parse.ts';
import { member, startTimeoutMs } from './given.ts';

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
  assert.equal(Object.keys(record.failed).length, 2);
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

const start = 60 * minute;
const starting = ['a', 'b', 'c'].map((id) => member(id, 'starting', { createdAt: start }));
const threeFailed = ['a', 'b', 'c'].map((id) => failed(id, start));

/** Three that were made together and failed ten minutes later, as a process sees it that was there. */
function opened(): StartRecord {
  return rememberStarts(rememberStarts(noStarts, starting, start), threeFailed, start + 10 * minute);
}

/** When the probe after each of these probes may be ordered; each fails and is cleaned away. */
function dueAfter(before: StartRecord, probes: readonly number[]): number {
  const record = probes.reduce((known, at, index) => {
    const probe = rememberStarts(known, [member(`p${index}`, 'starting', { createdAt: at })], at);
    return rememberStarts(probe, [failed(`p${index}`, at)], at + 10 * minute);
  }, before);
  return breakerOf(record).probeDueAt;
}

test('once it is open, the first probe comes after 5 minutes, and then one each half hour', () => {
  const at = start + 10 * minute;
  const breaker = breakerOf(opened());
  assert.equal(allowedBy(breaker, at + firstProbeAfterMs - 1), 0);
  assert.equal(allowedBy(breaker, at + firstProbeAfterMs), 1);
  const probes = [at + 5 * minute, at + 35 * minute, at + 65 * minute, at + 95 * minute];
  for (let sent = 0; sent < probes.length; sent += 1)
    assert.equal(dueAfter(opened(), probes.slice(0, sent)), probes[sent]);
});

test('a probe that is on its way is not followed by another one before its time', () => {
  const at = start + 20 * minute;
  const probing = rememberStarts(opened(), [member('probe', 'starting', { createdAt: at })], at);
  assert.equal(allowedBy(breakerOf(probing), at + probeEveryMs - 1), 0);
});

test('a probe that comes online closes it at that look, and the next time it opens begins anew', () => {
  const at = start + 20 * minute;
  const closed = rememberStarts(opened(), [member('probe', 'idle', { createdAt: at })], at);
  assert.equal(breakerOf(closed).open, false);
  const again = ['d', 'e', 'f'].map((id) => failed(id, at + minute));
  const { open, probeDueAt } = breakerOf(rememberStarts(closed, again, at + 20 * minute));
  assert.deepEqual([open, probeDueAt], [true, at + 20 * minute + firstProbeAfterMs]);
});

test('a process that finds it open at its first look waits the longest: another one may have sent a probe just before', () => {
  const { open, probeDueAt } = breakerOf(rememberStarts(noStarts, threeFailed, start));
  assert.deepEqual([open, probeDueAt], [true, start + probeEveryMs]);
});

test('a vendor whose clock is behind ours does not hasten the probes', () => {
  const made = (at: number): Member[] =>
    ['a', 'b', 'c'].map((id) => member(id, 'starting', { createdAt: at }));
  const hourBehind = ['a', 'b', 'c'].map((id) => failed(id, start - 50 * minute));
  const seen = rememberStarts(noStarts, made(start - 50 * minute), start);
  const breaker = breakerOf(rememberStarts(seen, hourBehind, start + 10 * minute));
  assert.equal(allowedBy(breaker, start + 10 * minute + firstProbeAfterMs - 1), 0);
  assert.equal(allowedBy(breaker, start + 10 * minute + firstProbeAfterMs), 1);
});

function policyWritten(edit = '', template = 'template of today') {
  const parameters =
    'min: 2, max: 10, scale_up_threshold: 0.5, scale_down_threshold: 0.2, scale_up_multiplier: 2, scale_down_multiplier: 0.5';
  const text = `groups: [{name: g, workspace: w, labels: [a], namespace: n, strategy: percentageRunnersIdle, parameters: {${parameters}}${edit}}]`;
  const { config } = parseConfig(text, 'test');
  const [group] = config?.groups ?? [];
  if (config === undefined || group === undefined) throw new Error('the test has no valid config');
  return policyOf(group, config, template);
}

function snapshotOf(members: readonly Member[], observedAt: number): Snapshot {
  return { observedAt, demand: { kind: 'ratio' }, members, vendorRoom: undefined, apiBudget: undefined };
}

test('with an image that can not be pulled, no hour has more than two probes, and the limit says why', () => {
  const rules = policyWritten();
  let memory: Memory | undefined;
  const made: number[] = [];
  let members: Member[] = [];
  const limits = new Set<string>();
  const hours = 12;
  for (let now = minute; now < hours * 60 * minute; now += 0.5 * minute) {
    // Given up after ten minutes, and cleaned away five minutes later.
    members = members
      .map((one) => (now - one.createdAt > 10 * minute ? failed(one.id, one.createdAt) : one))
      .filter((one) => now - one.createdAt < 15 * minute);
    const snapshot = snapshotOf(members, now);
    memory = remember(memory, snapshot, startTimeoutMs);
    const decision = decide(rules, { ok: true, snapshot }, memory, now);
    for (const { limit } of decision.limits) limits.add(limit);
    for (const action of decision.actions) {
      if (action.kind !== 'order') continue;
      for (let index = 0; index < action.count; index += 1) {
        made.push(now);
        members.push(member(`r${made.length}`, 'starting', { createdAt: now }));
      }
    }
  }
  assert.ok(limits.has('start-failures'));
  const probes = made.slice(4);
  const within = (from: number): number =>
    probes.filter((at) => at >= from && at < from + 60 * minute).length;
  assert.ok(
    probes.every((at) => within(at) <= 2),
    `probes at minutes ${probes.map((at) => at / minute).join(', ')}`,
  );
  assert.ok(probes.length > hours, 'probes went on');
});

const edits: readonly (readonly [string, string, string?])[] = [
  ['the job template', '', 'template of tomorrow'],
  ['node_selector', ', node_selector: {pool: builds}'],
  ['architecture', ', architecture: arm64'],
  ['resources', ', resources: {requests: {memory: 1Gi, cpu: 500m}, limits: {memory: 1Gi, cpu: 500m}}'],
];

/** The memory of a group of which three runners failed. */
function stoppedMemory(): Memory {
  const seen = remember(undefined, snapshotOf(starting, start), startTimeoutMs);
  return remember(seen, snapshotOf(threeFailed, start + 10 * minute), startTimeoutMs);
}

for (const [what, edit, template] of edits) {
  test(`an edit of ${what} closes it, though those that failed are still there`, () => {
    const [before, after] = [policyWritten(), policyWritten(edit, template)];
    const memory = memoryAfterEdit(stoppedMemory(), before, after);
    const look = snapshotOf(threeFailed, start + 11 * minute);
    const decision = decide(
      after,
      { ok: true, snapshot: look },
      remember(memory, look, startTimeoutMs),
      look.observedAt,
    );
    assert.deepEqual(decision.actions, [{ kind: 'order', count: 2 }]);
    assert.equal(decision.starts, undefined);
  });
}

test('an edit of how many there may be leaves it open', () => {
  const [before, after] = [
    policyWritten(),
    { ...policyWritten(), rule: { ...policyWritten().rule, max: 20 } },
  ];
  const { starts } = memoryAfterEdit(stoppedMemory(), before, after);
  assert.equal(breakerOf(starts).open, true);
});

test('after an edit that mended nothing it opens again at three failures', () => {
  const [before, after] = [policyWritten(), policyWritten('', 'another')];
  const { starts } = memoryAfterEdit(stoppedMemory(), before, after);
  const again = ['d', 'e', 'f'].map((id) => failed(id, start + 12 * minute));
  assert.equal(
    breakerOf(rememberStarts(starts, [...threeFailed, ...again.slice(1)], start + 22 * minute)).open,
    false,
  );
  assert.equal(breakerOf(rememberStarts(starts, [...threeFailed, ...again], start + 22 * minute)).open, true);
});
