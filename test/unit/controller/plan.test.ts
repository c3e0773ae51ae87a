// What `plan` foretells, held against what a controller then does in the same world, over real HTTP; and that it changes nothing.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { printPlan } from '../../../cli/plan.ts';
import type { Action } from '../../../controller/decide/decision.ts';
import { Clients } from '../../../core/clients/clients.ts';
import { plan, type PlannedGroup } from '../../../controller/plan.ts';
import {
  configText,
  minute,
  startWorld,
  templateText,
  type GivenWorld,
  type TestWorld,
} from '../../fakes/world.ts';

const reads = new Set(['GET', 'HEAD']);

/** The calls that change something, of all that reach a double in the meantime. The token request changes nothing. */
async function changingCalls(act: () => Promise<unknown>): Promise<string[]> {
  const calls: string[] = [];
  const listen = (message: unknown): void => {
    const { method = '', url = '' } = (message as { request: IncomingMessage }).request;
    if (!reads.has(method) && !url.includes('access_token')) calls.push(`${method} ${url}`);
  };
  subscribe('http.server.request.start', listen);
  try {
    await act();
  } finally {
    unsubscribe('http.server.request.start', listen);
  }
  return calls;
}

function files(t: TestContext, given: GivenWorld): { configPath: string; jobTemplatePath: string } {
  const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const configPath = join(folder, 'runner_config.yaml');
  const jobTemplatePath = join(folder, 'job.yaml.template');
  writeFileSync(configPath, configText(given));
  writeFileSync(jobTemplatePath, templateText);
  return { configPath, jobTemplatePath };
}

async function planned(t: TestContext, world: TestWorld, given: GivenWorld): Promise<PlannedGroup> {
  const { env, clock } = world;
  let groups: readonly PlannedGroup[] = [];
  const changing = await changingCalls(async () => {
    ({ groups } = await plan({ ...files(t, given), env, clock, random: () => 0 }));
  });
  assert.deepEqual(changing, []);
  assert.equal(groups.length, 1);
  return groups[0] as PlannedGroup;
}

function ids(actions: readonly Action[], kind: Action['kind']): string[] {
  return actions
    .flatMap((action) => (action.kind === kind && action.kind !== 'order' ? [action.runnerId] : []))
    .sort();
}

/** What a controller that starts now decides while nothing else happens. */
async function lived(world: TestWorld, ms: number): Promise<{ actions: Action[]; enabled: number }> {
  const shift = world.begin();
  await shift.run(ms);
  const actions = shift.past().decisions.flatMap((decision) => decision.actions);
  const { starting, idle, busy } = shift.capacity();
  return { actions, enabled: starting + idle + busy };
}

/** Ten runners, all idle for two hours. */
async function idleForLong(t: TestContext, given: GivenWorld = {}): Promise<TestWorld> {
  const world = await startWorld(t, given);
  const shift = world.begin();
  await shift.run(3 * minute);
  world.builds(10, 10 * minute);
  await shift.run(9 * minute);
  assert.equal(shift.capacity().busy, 10);
  world.clock.pass(120 * minute);
  world.world.advance();
  return world;
}

test('of ten runners that have long been idle the plan retires those that a controller then retires, down to the same number', async (t) => {
  const world = await idleForLong(t);
  const { decision, steps, capacity } = await planned(t, world, {});
  assert.deepEqual([decision.from, decision.to, capacity?.idle], [10, 1, 10]);
  const then = await lived(world, 15 * minute);
  assert.equal(ids(decision.actions, 'retire').length, 9);
  assert.deepEqual(ids(decision.actions, 'retire'), ids(then.actions, 'retire'));
  assert.equal(decision.to, then.enabled);
  assert.deepEqual(
    steps.map(({ from, to }) => [from, to]),
    [
      [10, 5],
      [5, 2],
      [2, 1],
    ],
  );
  assert.match(decision.because, /2 more looks lead to 1$/);
});

test('a settled group has an empty plan, and a controller then does nothing', async (t) => {
  const world = await idleForLong(t);
  await lived(world, 20 * minute);
  const { decision } = await planned(t, world, {});
  assert.deepEqual([decision.from, decision.to, decision.actions], [1, 1, []]);
  assert.deepEqual((await lived(world, 20 * minute)).actions, []);
});

test('eight drained runners are shown as removals, and a controller then removes them', async (t) => {
  const world = await idleForLong(t);
  const all = world.world.service.list(world.scope()).map(({ id }) => id);
  for (const id of all.slice(0, 8)) world.world.service.setDisabled(world.scope(), id, true);
  world.clock.pass(10 * minute);
  world.world.advance();
  const { decision, capacity } = await planned(t, world, {});
  assert.equal(capacity?.draining, 8);
  const then = await lived(world, 15 * minute);
  assert.deepEqual(ids(decision.actions, 'remove'), all.slice(0, 8).sort());
  for (const id of all.slice(0, 8)) assert.ok(ids(then.actions, 'remove').includes(id));
  assert.deepEqual(ids(decision.actions, 'retire'), ids(then.actions, 'retire'));
  assert.equal(decision.to, then.enabled);
});

test('runners that were made within the cool-down stay, and the limit says so', async (t) => {
  const world = await startWorld(t);
  const shift = world.begin();
  await shift.run(minute);
  world.builds(4, 45_000);
  await shift.run(2 * minute);
  const { decision } = await planned(t, world, {});
  assert.ok((decision.from ?? 0) > 1);
  assert.deepEqual([decision.to, decision.actions], [decision.from, []]);
  assert.deepEqual(
    decision.limits.map(({ limit }) => limit),
    ['cool-down'],
  );
});

test('what would be ordered is shown, and no more than a controller orders at its first look', async (t) => {
  const given = { groups: [{ parameters: { min: 4, max: 10 } }] };
  const world = await startWorld(t, given);
  const { decision } = await planned(t, world, given);
  assert.deepEqual([decision.from, decision.to, decision.actions], [0, 4, [{ kind: 'order', count: 4 }]]);
  const shift = world.begin();
  await shift.tick();
  assert.deepEqual(shift.past().decisions[0]?.actions, decision.actions);
});

test('text and JSON tell the same: the numbers, each runner, and what the plan takes for granted', async (t) => {
  const world = await idleForLong(t);
  for (const { id } of world.world.service.list(world.scope()).slice(0, 2)) {
    world.world.service.setDisabled(world.scope(), id, true);
  }
  const group = await planned(t, world, {});
  const text = printPlan({ groups: [group], notes: [] }, [], 'text');
  const json = JSON.parse(printPlan({ groups: [group], notes: [] }, [], 'json')) as {
    groups: PlannedGroup[];
    assumption: string;
  };
  const at = new Date(group.decision.at).toISOString();
  assert.deepEqual(json.groups[0]?.decision, { ...group.decision, at });
  assert.deepEqual(json.groups[0]?.steps[0], { ...group.steps[0], at });
  assert.match(text, /8 → 1 enabled/);
  const { actions } = group.decision;
  assert.deepEqual([ids(actions, 'retire').length, ids(actions, 'remove').length], [7, 2]);
  for (const id of ids(actions, 'retire')) {
    assert.ok(text.includes(`retire ${id}: takes no new build; deleted once it has been seen idle for 60 s`));
  }
  for (const id of ids(actions, 'remove')) {
    assert.ok(text.includes(`remove ${id}: disabled and idle; deleted once it has been seen idle for 60 s`));
  }
  assert.ok(text.includes(json.assumption));
});

test('a namespace that does not exist is a problem, and the plan names it', async (t) => {
  const given = { groups: [{ namespace: 'nowhere' }] };
  const { env, clock } = await startWorld(t, {});
  const { notes } = await plan({ ...files(t, given), env, clock, random: () => 0 });
  const [note, ...more] = notes.filter(({ level }) => level === 'problem');
  assert.match(note?.message ?? '', /^Namespace nowhere does not exist/);
  assert.deepEqual(more, []);
});

test('a discovery that finds nothing says where it has looked for what, and where it has not', async (t) => {
  const world = await startWorld(t, {});
  const { jobTemplatePath } = files(t, {});
  const app = {
    APP_CIRCLE_TOKEN: 'token',
    APP_CIRCLE_RESOURCE_NAMESPACE: 'acme',
    APP_KUBERNETES_NAMESPACE: 'nowhere',
  };
  const env = { ...world.env, ...app };
  const found = await plan({
    configPath: undefined,
    jobTemplatePath,
    env,
    clock: world.clock,
    random: () => 0,
  });
  const text = printPlan(found, [], 'text');
  assert.match(
    text,
    /No CronJob in namespace nowhere has the labels resource-class-org=acme and resource-class-name=/,
  );
  assert.match(text, /AWS_REGION: Auto Scaling groups are not looked for, as no region is set/);
  assert.match(text, /problem: Namespace nowhere does not exist/);
});

test('without a token, the variable that is named is that of the variables in use', async (t) => {
  const world = await startWorld(t, {});
  for (const [app, name] of [
    [{}, 'CIRCLE_TOKEN'],
    [{ APP_CIRCLE_RESOURCE_NAMESPACE: 'acme' }, 'APP_CIRCLE_TOKEN'],
  ] as const) {
    const { clock } = world;
    const clients = new Clients({
      env: app,
      clock,
      random: () => 0,
      readFile: String,
      onCall: () => undefined,
    });
    assert.throws(() => clients.circleCi(), new RegExp(`no token: set ${name} `));
  }
});

test('a plan without a group says so', () => {
  assert.match(printPlan({ groups: [], notes: [] }, [], 'text'), /^There is no group/);
});
