// The list and the places that the groups of one workspace share, with a list that a test answers when it likes.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BitbucketScope } from '../../../controller/sources/bitbucket-scope.ts';
import type { Runner } from '../../../core/runner.ts';
import { autoAdvanceClock } from '../../fakes/clock.ts';

function runner(id: string): Runner {
  return {
    ...{ id, name: 'Linux', labels: [], status: 'online', cordoned: false, busyness: 'idle' },
    ...{ createdAt: 0, updatedAt: 0 },
  };
}

function given(runnerLimit = 10) {
  const clock = autoAdvanceClock(1_000_000);
  const answers: ((runners: readonly Runner[] | Error) => void)[] = [];
  const scope = new BitbucketScope({
    ...{ scope: { workspace: 'acme' }, runnerLimit, clock },
    list: () =>
      new Promise((resolve, reject) =>
        answers.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer))),
      ),
  });
  const answer = (index: number, ...ids: readonly string[]): void => answers[index]?.(ids.map(runner));
  return { clock, scope, answer, answers };
}

describe('the list', () => {
  test('is asked for once by all who ask while it is under way', async () => {
    const { scope, answer, answers } = given();
    const both = [scope.runners(1000), scope.runners(1000)];
    answer(0, 'a');
    const [first, second] = await Promise.all(both);
    assert.equal(answers.length, 1);
    assert.equal(first, second);
  });

  test('that is under way is no answer for who has changed something since it was asked for', async () => {
    const { clock, scope, answer } = given();
    const before = scope.runners(1000);
    clock.pass(500);
    const after = scope.runners(100);
    answer(1, 'a', 'b');
    assert.equal((await after).runners.length, 2);
    answer(0, 'a');
    assert.equal((await before).runners.length, 1);
  });

  test('stays the newest that was asked for, though an older one comes later', async () => {
    const { clock, scope, answer } = given();
    const older = scope.runners(1000);
    clock.pass(500);
    const newer = scope.runners(100);
    answer(1, 'new');
    await newer;
    answer(0, 'old');
    await older;
    assert.deepEqual(
      (await scope.runners(1000)).runners.map(({ id }) => id),
      ['new'],
    );
  });

  test('is kept as long as it is young enough', async () => {
    const { clock, scope, answer, answers } = given();
    const first = scope.runners(0);
    answer(0);
    await first;
    clock.pass(1000);
    await scope.runners(1000);
    assert.equal(answers.length, 1);
    const second = scope.runners(999);
    answer(1);
    await second;
    assert.equal(answers.length, 2);
  });

  test('that failed is asked for anew', async () => {
    const { scope, answer, answers } = given();
    const failing = scope.runners(0);
    answers[0]?.(new Error('no'));
    await assert.rejects(failing, /no/);
    const next = scope.runners(0);
    answer(1, 'a');
    assert.equal((await next).runners.length, 1);
  });
});

describe('the room', () => {
  async function listed(...ids: readonly string[]) {
    const all = given();
    const list = all.scope.runners(0);
    all.answer(0, ...ids);
    await list;
    return all;
  }

  test('is what the limit leaves of registrations, new ones and places set aside', async () => {
    const { scope } = await listed('a', 'b');
    assert.equal(scope.room(), 8);
    scope.reserve(3);
    assert.equal(scope.room(), 5);
    scope.registered('c');
    assert.equal(scope.room(), 5, 'a place has become a registration');
    scope.release(2);
    assert.equal(scope.room(), 7);
    scope.deregistered('c');
    assert.equal(scope.room(), 8);
  });

  test('is never less than nothing', async () => {
    const { scope } = await listed('a');
    scope.reserve(50);
    assert.equal(scope.room(), 0);
  });

  test('counts a registration once it is listed no longer twice', async () => {
    const { clock, scope, answer } = await listed('a');
    scope.reserve(1);
    scope.registered('b');
    clock.pass(1000);
    const next = scope.runners(0);
    answer(1, 'a', 'b');
    await next;
    assert.equal(scope.room(), 8);
  });

  test('is counted by the newest list, also for a group that holds an older one', async () => {
    const { clock, scope, answer } = await listed('a');
    const held = await scope.runners(60_000);
    scope.reserve(1);
    scope.registered('b');
    clock.pass(1000);
    const next = scope.runners(0);
    answer(1, 'a', 'b');
    await next;
    assert.equal(held.runners.length, 1);
    assert.equal(scope.room(), 8, 'b counts, though the older list lacks it');
  });

  test('still counts a registration that one list showed and the next, an older answer, does not', async () => {
    const { clock, scope, answer } = await listed('a');
    scope.reserve(1);
    scope.registered('b');
    for (const [index, seen] of [['a', 'b'], ['a']].entries()) {
      clock.pass(1000);
      const next = scope.runners(0);
      answer(index + 1, ...seen);
      await next;
    }
    assert.equal(scope.room(), 8);
  });

  test('is none before the first list', () => {
    assert.equal(given().scope.room(), 0);
  });

  test('forgets a registration that no list shows after two minutes', async () => {
    const { clock, scope, answer } = await listed();
    scope.reserve(1);
    scope.registered('gone');
    clock.pass(120_001);
    const next = scope.runners(0);
    answer(1);
    await next;
    assert.equal(scope.room(), 10);
  });
});
