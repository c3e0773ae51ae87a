// A hold is one line: when it begins, when its cause changes, and when it is over, however its sentence counts.

import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { Journal as CleanerJournal } from '../../../cleaner/record/journal.ts';
import { Finder } from '../../../core/discovery/finder.ts';
import { ServiceError } from '../../../core/errors.ts';
import { createLogger } from '../../../core/process/logger.ts';
import { manualClock } from '../../fakes/clock.ts';
import { startTestController } from '../../fakes/controller.ts';
import { minute } from '../../fakes/world.ts';

const hour = 60 * minute;

test('an hour of 429 without Retry-After is one line for each of three groups, and one when it is over', async (t) => {
  const given = await startTestController(t, { groups: [{}, {}, {}] });
  await given.run(minute);
  given.world.bitbucket.failNext({ with: 429, times: 100_000 });
  await given.run(hour);
  const holds = given.logs.filter(({ level, msg }) => level === 'warn' && msg.startsWith('hold'));
  assert.deepEqual(holds.map(({ group }) => group).sort(), ['group-1', 'group-2', 'group-3']);
  assert.ok(holds.every(({ link }) => link === 'rate-limited'));
  given.world.bitbucket.clearFaults();
  await given.run(hour);
  const over = given.logs.filter(({ msg }) => msg.includes('can be observed again'));
  assert.equal(over.length, 3);
});

test('another cause of a hold is another line', async (t) => {
  const given = await startTestController(t, { groups: [{}] });
  await given.run(minute);
  given.world.bitbucket.failNext({ with: 500, times: 100_000 });
  await given.run(10 * minute);
  given.world.bitbucket.clearFaults();
  given.world.bitbucket.failNext({ with: 403, times: 100_000 });
  await given.run(10 * minute);
  const holds = given.logs.filter(({ level, msg }) => level === 'warn' && msg.startsWith('hold'));
  assert.deepEqual(
    holds.map(({ link }) => link),
    ['failing', 'forbidden'],
  );
});

test('causes of a hold that alternate are one line each until it is over', async (t) => {
  const given = await startTestController(t, { groups: [{}] });
  await given.run(minute);
  for (let round = 0; round < 10; round += 1) {
    given.world.bitbucket.failNext({ with: round % 2 === 0 ? 500 : 403, times: 100_000 });
    await given.run(5 * minute);
    given.world.bitbucket.clearFaults();
  }
  const holds = given.logs.filter(({ level, msg }) => level === 'warn' && msg.startsWith('hold'));
  const recoveries = given.logs.filter(({ msg }) => msg.includes('can be observed again'));
  assert.equal(recoveries.length, 0);
  assert.deepEqual(
    holds.map(({ link }) => link),
    ['failing', 'forbidden'],
  );
});

test('causes that keep the cleaner and alternate are one line each until it is over', () => {
  const { lines, logger } = linesOf();
  const journal = new CleanerJournal(logger);
  for (let look = 0; look < 50; look += 1) journal.held('g', 'numbers', look % 2 === 0 ? 'one' : 'another');
  assert.equal(lines.length, 2);
  journal.judged('g', { stale: [], due: [], brake: undefined });
  journal.held('g', 'numbers', 'one');
  assert.deepEqual(
    lines.slice(2).map(({ msg }) => msg.slice(0, 4)),
    ['the ', 'hold'],
  );
});

function linesOf(): { lines: { level: string; msg: string }[]; logger: ReturnType<typeof createLogger> } {
  const lines: { level: string; msg: string }[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()) as { level: string; msg: string });
      done();
    },
  });
  return { lines, logger: createLogger({ name: 'test', clock: manualClock(), destination }) };
}

test('the cleaner tells a hold once for each cause, and when it is over', () => {
  const { lines, logger } = linesOf();
  const journal = new CleanerJournal(logger);
  const calm = { stale: [], due: [], brake: undefined };
  for (let left = 60; left > 0; left -= 1) {
    journal.held('g', `asked to wait for another ${left} s`, 'bitbucket rate-limited');
  }
  for (let left = 60; left > 0; left -= 1) {
    journal.held('g', `no answer within ${left} s`, 'bitbucket unreachable');
  }
  journal.judged('g', calm);
  journal.judged('g', calm);
  assert.deepEqual(
    lines.map(({ level }) => level),
    ['warn', 'warn', 'info'],
  );
});

test('a place that can not be searched is told once for each cause', async () => {
  const told: string[] = [];
  let failure: ServiceError | undefined;
  const fail = (text: string, status: number): void => {
    const details = { service: 'aws', operation: 'describe-groups', failure: 'status', status } as const;
    failure = new ServiceError(text, details);
  };
  const find = () => (failure === undefined ? Promise.resolve([]) : Promise.reject(failure));
  const finder = new Finder({
    places: [{ description: 'a place', nothing: '', find }],
    warn: (text) => told.push(text),
  });
  for (let left = 60; left > 0; left -= 1) {
    fail(`wait for another ${left} s`, 429);
    await finder.look();
  }
  assert.equal(told.length, 1);
  fail('no rights', 403);
  await finder.look();
  assert.equal(told.length, 2);
  failure = undefined;
  await finder.look();
  fail('no rights', 403);
  await finder.look();
  assert.equal(told.length, 3, 'said again after it was well in between');
});
