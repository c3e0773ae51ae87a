// What one credential may spend, and what a 429 means to all callers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRetryAfter } from '../../../core/clients/http/retry-after.ts';
import { createThrottle } from '../../../core/clients/http/throttle.ts';
import { manualClock } from '../../fakes/clock.ts';
import * as s from './service.ts';

test('calls beyond the budget are refused until the hour has passed, but for a reserve', async (t) => {
  const good: s.Reply = (response, received) =>
    (received.method === 'GET' ? s.page([]) : s.empty(204))(response, received);
  const { client, clock, received } = await s.stage(t, good, { callsPerHour: 20 });
  assert.equal(client.budget.left(), 20);
  for (let call = 0; call < 19; call += 1) {
    await client.listRunners(s.scope);
    clock.pass(60_000);
  }
  assert.equal(client.budget.left(), 1);
  await assert.rejects(client.listRunners(s.scope), {
    failure: 'refused-locally',
    // A call counts until its whole minute is an hour old.
    retryAfterMs: 42 * 60_000,
  });
  await client.deleteRunner(s.scope, s.runnerId);
  await assert.rejects(client.deleteRunner(s.scope, s.runnerId), { failure: 'refused-locally' });
  assert.equal(received.length, 20);
  clock.pass(43 * 60_000);
  await client.listRunners(s.scope);
});

test('retries and token requests are paid for as well', async (t) => {
  const token = s.json({ access_token: 'canary', expires_in: 7200 });
  const { client } = await s.stage(t, s.withTokens(token, s.inTurn(s.reset, s.page([]))), {
    credentials: s.oauth,
    callsPerHour: 100,
  });
  await client.listRunners(s.scope);
  assert.equal(client.budget.left(), 97);
});

test('at most eight requests are on the wire at once', async (t) => {
  const held: (() => void)[] = [];
  const { client, url } = await s.stage(t, (response, received) => {
    const answer = (): void => s.page([])(response, received);
    if (received.url === '/now') return answer();
    held.push(answer);
  });
  const lists = Array.from({ length: 20 }, () => client.listRunners(s.scope));
  const answered: number[] = [];
  while (answered.reduce((sum, each) => sum + each, 0) < 20) {
    // Round trips beside the client give whatever else it would send the time to arrive.
    for (let trip = 0; trip < 10 || held.length === 0; trip += 1) await (await fetch(`${url}/now`)).text();
    answered.push(held.length);
    for (const answer of held.splice(0)) answer();
  }
  await Promise.all(lists);
  assert.ok(Math.max(...answered) <= 8, answered.join());
});

test('a short Retry-After is waited for, in seconds or as a date', async (t) => {
  for (const value of ['30', new Date('2026-11-23T10:00:30Z').toUTCString()]) {
    const { client, clock } = await s.stage(
      t,
      s.inTurn(s.refusal(429, 'Slow down.', { 'retry-after': value }), s.page([])),
    );
    assert.deepEqual(await client.listRunners(s.scope), []);
    assert.deepEqual(clock.sleeps, [30_500]);
  }
});

test('after a 429 without a short wait every caller is refused without a call until the time has passed', async (t) => {
  const { client, clock, received } = await s.stage(t, s.inTurn(s.refusal(429), s.empty(204)));
  await assert.rejects(client.createRunner(s.scope, { name: 'Linux', labels: [] }), {
    failure: 'status',
    status: 429,
    retryAfterMs: 60_000,
  });
  clock.pass(20_000);
  await assert.rejects(client.deleteRunner(s.scope, s.runnerId), {
    failure: 'refused-locally',
    retryAfterMs: 40_000,
  });
  assert.equal(received.length, 1);
  clock.pass(40_000);
  await client.deleteRunner(s.scope, s.runnerId);
  assert.equal(received.length, 2);
});

test('a good answer ends a row of refusals', async (t) => {
  const { client, clock } = await s.stage(t, s.inTurn(s.refusal(429), s.page([]), s.refusal(429)));
  await assert.rejects(client.listRunners(s.scope), { retryAfterMs: 60_000 });
  clock.pass(60_000);
  await client.listRunners(s.scope);
  await assert.rejects(client.listRunners(s.scope), { retryAfterMs: 60_000 });
});

test('a registration is not sent again after a 429 with a short wait', async (t) => {
  const { client, received } = await s.stage(t, s.refusal(429, 'Slow.', { 'retry-after': '5' }));
  await assert.rejects(client.createRunner(s.scope, { name: 'Linux', labels: [] }), { retryAfterMs: 5000 });
  assert.equal(received.length, 1);
});

test('the guessed wait doubles up to a quarter of an hour, and starts anew after a good answer', async () => {
  const clock = manualClock();
  const throttle = createThrottle(clock);
  const waits: number[] = [];
  for (let row = 0; row < 6; row += 1) {
    const wait = throttle.tooMany(undefined);
    waits.push(wait / 60_000);
    await clock.advance(wait);
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 15, 15]);
  throttle.calm();
  assert.equal(throttle.tooMany(undefined), 60_000);
  assert.equal(throttle.tooMany(undefined), 60_000, 'calls that were refused together are one refusal');
});

test('an endless Retry-After is taken as an hour', () => {
  assert.equal(createThrottle(manualClock()).tooMany(1e15), 3_600_000);
});

test('a Retry-After that is neither seconds nor a date says nothing', () => {
  const now = Date.parse('2026-11-23T10:00:00Z');
  assert.equal(parseRetryAfter('120', now), 120_000);
  assert.equal(parseRetryAfter('Mon, 23 Nov 2026 10:02:00 GMT', now), 120_000);
  assert.equal(parseRetryAfter('Mon, 23 Nov 2026 09:00:00 GMT', now), 0);
  for (const value of [null, '', 'soon', '-5', '1.5', '12 parsecs', 'Abc, def GMT']) {
    assert.equal(parseRetryAfter(value, now), undefined, String(value));
  }
});
