// The cleaner as a process: its endpoints, its logs and metrics, an edited config, and its part of the plan.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { startCleaner, type RunningCleaner } from '../../../cleaner/main.ts';
import { planCleaning, type PlannedCleaning } from '../../../cleaner/plan.ts';
import { manualClock } from '../../fakes/clock.ts';
import { untilAsleep } from '../../fakes/until.ts';
import { configText, minute, startWorld, type TestWorld } from '../../fakes/world.ts';
import { makeRunner, pass } from './crew.ts';

const written = JSON.parse(configText({})) as Record<string, unknown>;

interface Running {
  readonly cleaner: RunningCleaner;
  readonly log: string[];
  edit(text: string): void;
  get(path: string): Promise<{ status: number; text: string }>;
  /** Lets time pass for the cleaner, in steps, each when everything that the one before set off has ended. */
  wait(ms: number): Promise<void>;
  /** Lets time pass in the world and for the cleaner, until one more sweep has ended. */
  sweep(): Promise<void>;
}

function config(cleaner: Record<string, unknown> = {}): string {
  return JSON.stringify({ ...written, cleaner });
}

/** The watching of the config, and the rounds: in their wait for the next sweep or in one in a sweep. */
const tasks = 2;
const stepMs = 5_000;

async function run(t: TestContext, world: TestWorld, text: string): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-test-'));
  const configPath = join(folder, 'runner_config.yaml');
  writeFileSync(configPath, text);
  const clock = manualClock(world.clock.now());
  const log: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      log.push(chunk.toString());
      done();
    },
  });
  const cleaner = await startCleaner({
    ...{ configPath, env: world.env, clock, random: () => 0, port: 0, host: '127.0.0.1', destination },
  });
  t.after(async () => {
    await cleaner.stop();
    rmSync(folder, { recursive: true });
  });
  const wait = async (ms: number): Promise<void> => {
    const end = clock.now() + ms;
    for (await untilAsleep(clock, () => tasks); clock.now() < end; await untilAsleep(clock, () => tasks))
      await clock.advance(Math.min(stepMs, end - clock.now()));
  };
  await wait(0);
  return {
    ...{ cleaner, log, wait },
    edit: (edited) => writeFileSync(configPath, edited),
    async get(path) {
      const response = await fetch(`${cleaner.url}${path}`);
      return { status: response.status, text: await response.text() };
    },
    async sweep() {
      const before = cleaner.status().sweptAt;
      while (cleaner.status().sweptAt === before) {
        pass(world, 1);
        await wait(minute);
      }
    },
  };
}

test('the cleaner sweeps, and tells what it did in its log, its metrics, its status and its page', async (t) => {
  const world = await startWorld(t);
  const id = makeRunner(world);
  world.world.service.stop(id);
  pass(world, 60);
  const running = await run(t, world, config());
  assert.equal((await running.get('/readyz')).status, 200);
  assert.match((await running.get('/metrics')).text, /cleaner_stale\{group="group-1",reason="offline"\} 1/);
  await running.sweep();
  assert.deepEqual(world.left(), { runners: [], jobs: [], secrets: [] });
  const removal = running.log.find((line) => line.includes('"msg":"removed"')) ?? '';
  assert.match(
    removal,
    new RegExp(`"runner":"${id}","reason":"offline","because":"offline without a step for`),
  );
  const { text: metrics } = await running.get('/metrics');
  for (const kind of ['runner', 'job', 'secret']) {
    assert.match(
      metrics,
      new RegExp(`cleaner_swept_total\\{group="group-1",reason="offline",kind="${kind}"\\} 1`),
    );
  }
  assert.match(metrics, /cleaner_last_sweep_timestamp_seconds \d/);
  const status = JSON.parse((await running.get('/status')).text) as {
    removals: { id: string; removed: string[] }[];
  };
  assert.deepEqual(
    status.removals.map(({ id: of, removed }) => [of, removed]),
    [[id, ['runner', 'job', 'secret']]],
  );
  const { text: page } = await running.get('/');
  assert.ok(page.includes(id));
  await running.sweep();
  assert.doesNotMatch((await running.get('/metrics')).text, /cleaner_stale\{/);
});

test('a cleaner that is switched off removes nothing, until an edit switches it on', async (t) => {
  const world = await startWorld(t);
  world.world.service.stop(makeRunner(world));
  pass(world, 60);
  const running = await run(t, world, config({ enabled: false }));
  await running.wait(10 * minute);
  assert.equal(world.left().runners.length, 1);
  assert.equal((await running.get('/readyz')).status, 200);
  running.edit(config({ offline_grace: 'soon' }));
  await running.wait(5_000);
  assert.ok(running.log.some((line) => line.includes('refused')));
  const refused = running.cleaner.status().settings.config;
  assert.equal(refused.state, 'refused');
  assert.match(refused.problems.join(), /runner_config\.yaml:1:\d+: cleaner\.offline_grace/);
  assert.match(
    (await running.get('/')).text,
    /The edited config is refused since 2026-.*cleaner\.offline_grace/s,
  );
  assert.match((await running.get('/metrics')).text, /config_last_reload_successful\{file="config"\} 0\n/);
  assert.equal(running.cleaner.status().enabled, false);
  running.edit(config());
  await running.wait(5_000);
  assert.equal(running.cleaner.status().enabled, true);
  assert.equal(running.cleaner.status().settings.config.state, 'in-force');
  assert.doesNotMatch((await running.get('/')).text, /refused/);
  assert.match((await running.get('/metrics')).text, /config_last_reload_successful\{file="config"\} 1\n/);
  const told = running.log.filter((line) => line.includes('the edited settings are in force'));
  assert.match(told.join(), /"changes":\["cleaner\.enabled: false → true"\]/);
  await running.sweep();
  await running.sweep();
  assert.equal(world.left().runners.length, 0);
});

test('one group that cannot be looked at is named, and does not make the cleaner unready', async (t) => {
  const world = await startWorld(t, { groups: [{}, { repository: 'broken' }] });
  const ofOne = (_method: string, path: string): boolean => path.includes('/repositories/');
  world.world.bitbucket.failNext({ match: ofOne, with: 404, times: 100_000 });
  const text = JSON.stringify(JSON.parse(configText({ groups: [{}, { repository: 'broken' }] })));
  const running = await run(t, world, text);
  await running.wait(30 * minute);
  const { status, text: said } = await running.get('/readyz');
  assert.equal(status, 200, said);
  assert.match(said, /group group-2 was last looked at: never/);
});

test('a brake is told once, with its numbers, and shows in the metrics', async (t) => {
  const world = await startWorld(t);
  const ids = Array.from({ length: 6 }, () => makeRunner(world));
  pass(world, 1);
  for (const id of ids) world.world.service.disconnect(id);
  pass(world, 20);
  const running = await run(t, world, config());
  await running.sweep();
  const told = running.log.filter((line) => line.includes('"reason":"brake"'));
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /6 of 6 runners/);
  assert.match((await running.get('/metrics')).text, /cleaner_brake\{group="group-1"\} 1/);
  assert.match(running.cleaner.status().groups[0]?.hold ?? '', /taken for an outage/);
});

test('the plan shows what would go and why, and changes nothing', async (t) => {
  const world = await startWorld(t);
  const id = makeRunner(world);
  world.world.service.stop(id);
  pass(world, 60);
  const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const configPath = join(folder, 'runner_config.yaml');
  writeFileSync(configPath, config());
  const options = { configPath, env: world.env, clock: world.clock, random: () => 0 };
  for (const look of [1, 2, 3]) {
    const [planned] = await planCleaning(options);
    assert.deepEqual(
      planned?.stale?.map((verdict) => [verdict.id, verdict.reason]),
      [[id, 'offline']],
      `look ${look}`,
    );
  }
  assert.equal(world.left().runners.length, 1);
  writeFileSync(configPath, config({ enabled: false }));
  assert.deepEqual(await planCleaning(options), []);
});

async function plannedFor(t: TestContext, world: TestWorld): Promise<PlannedCleaning> {
  const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const configPath = join(folder, 'runner_config.yaml');
  writeFileSync(configPath, config());
  const [planned] = await planCleaning({ configPath, env: world.env, clock: world.clock, random: () => 0 });
  assert.ok(planned !== undefined);
  return planned;
}

test('the plan names those that a cleaner then removes, also where Bitbucket dates their state anew at each report', async (t) => {
  const world = await startWorld(t);
  const [offline, drained, well] = [makeRunner(world), makeRunner(world), makeRunner(world)];
  pass(world, 1);
  world.world.service.stop(offline);
  world.world.service.setDisabled(world.scope(), drained, true);
  pass(world, 30);
  const { remove, hold } = await plannedFor(t, world);
  assert.equal(hold, undefined);
  assert.deepEqual(
    new Map(remove.map(({ id, reason }) => [id, reason])),
    new Map([
      [offline, 'offline'],
      [drained, 'drained'],
    ]),
  );
  assert.match(remove.find(({ id }) => id === drained)?.because ?? '', /one look does not show how long/);
  const running = await run(t, world, config());
  for (let sweeps = 0; sweeps < 3; sweeps += 1) await running.sweep();
  assert.deepEqual(world.left().runners, [well]);
  const removed = running.log
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'removed');
  assert.deepEqual(
    removed.map(({ runner, reason }) => [runner, reason]).toSorted(),
    [
      [drained, 'drained'],
      [offline, 'offline'],
    ].toSorted(),
  );
  for (const { since } of removed) assert.match(String(since), /^2026-11-23T12:\d\d:/);
});

test('the plan removes nothing that a brake holds, and says what holds it', async (t) => {
  const world = await startWorld(t);
  const ids = Array.from({ length: 6 }, () => makeRunner(world));
  pass(world, 1);
  for (const id of ids) world.world.service.disconnect(id);
  pass(world, 20);
  const { stale, remove, hold } = await plannedFor(t, world);
  assert.equal(stale?.length, 6);
  assert.deepEqual(remove, []);
  assert.match(hold ?? '', /taken for an outage/);
});

test('a cleaner whose sweeps never succeed says so by a last sweep in 1970', async (t) => {
  const world = await startWorld(t);
  world.world.bitbucket.failNext({ match: () => true, with: 401, times: 100_000 });
  const running = await run(t, world, config());
  await running.wait(minute);
  assert.match(
    (await running.get('/metrics')).text,
    /^runner_autoscaler_cleaner_last_sweep_timestamp_seconds 0$/m,
  );
});

test('a cleaner that is switched off by an edit has no gauge of a group', async (t) => {
  const world = await startWorld(t);
  const id = makeRunner(world);
  for (let index = 0; index < 3; index += 1) makeRunner(world);
  pass(world, 1);
  world.world.service.disconnect(id);
  pass(world, 13);
  const running = await run(t, world, config());
  await running.sweep();
  const gauges = /^runner_autoscaler_cleaner_(?:stale|brake|last_sweep_timestamp_seconds)[ {].*$/gm;
  const told = async (): Promise<string[]> => (await running.get('/metrics')).text.match(gauges) ?? [];
  assert.ok((await told()).length >= 2);
  running.edit(config({ enabled: false }));
  await running.wait(10 * minute);
  assert.deepEqual(await told(), []);
  running.edit(config());
  await running.sweep();
  assert.ok((await told()).length >= 2);
});
