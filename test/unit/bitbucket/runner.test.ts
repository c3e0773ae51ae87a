// What Bitbucket's runner objects mean to us.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTurn, json, page, refusal, html, runnerId, runnerObject, scope, stage } from './service.ts';

const state = (changes: Record<string, unknown>): Record<string, unknown> =>
  runnerObject({ state: { status: 'ONLINE', ...changes } });

test('a runner has its uuid without braces, sorted labels and times in milliseconds', async (t) => {
  const { client } = await stage(t, page([runnerObject()]));
  assert.deepEqual(await client.listRunners(scope), [
    {
      id: runnerId,
      name: 'Linux',
      labels: ['autoscaler.created', 'linux', 'self.hosted'],
      status: 'online',
      cordoned: false,
      busyness: 'idle',
      createdAt: Date.parse('2026-11-23T09:50:00.123Z'),
      updatedAt: Date.parse('2026-11-23T09:55:35.926Z'),
    },
  ]);
});

test('a state that this version does not know is other', async (t) => {
  const { client } = await stage(t, page([state({ status: 'HIBERNATING', cordoned: true })]));
  const [runner] = await client.listRunners(scope);
  assert.equal(runner?.status, 'other');
  assert.equal(runner.cordoned, true);
});

test('on the internal flavour only a step makes busy', async (t) => {
  const { client } = await stage(
    t,
    inTurn(json(state({ step: { uuid: '{s}' } })), json(state({ step: null })), json(state({}))),
  );
  const seen = [];
  for (let look = 0; look < 3; look += 1) seen.push((await client.getRunner(scope, runnerId))?.busyness);
  assert.deepEqual(seen, ['busy', 'idle', 'idle']);
});

test('on the public flavour a missing step is unknown until that scope has shown one', async (t) => {
  const replies = [state({}), state({ step: null }), state({ step: { uuid: '{s}' } }), state({}), state({})];
  const [first, ...rest] = replies.map((each) => json(each));
  const { client } = await stage(t, inTurn(first ?? json({}), ...rest), { flavour: 'public' });
  const look = async (where = scope): Promise<unknown> => (await client.getRunner(where, runnerId))?.busyness;
  assert.equal(await look(), 'unknown');
  assert.equal(await look(), 'idle');
  assert.equal(await look(), 'busy');
  assert.equal(await look(), 'idle');
  assert.equal(await look({ workspace: '{another}' }), 'unknown');
});

test('on the public flavour one list that shows a step tells idle from busy', async (t) => {
  const busy = { ...state({ step: {} }), uuid: '{0ddddddd-0000-4000-8000-000000000004}' };
  const { client } = await stage(t, page([state({}), busy]), { flavour: 'public' });
  const found = await client.listRunners(scope);
  assert.deepEqual(
    found.map(({ busyness }) => busyness),
    ['idle', 'busy'],
  );
});

for (const [name, broken] of Object.entries({
  'no uuid': runnerObject({ uuid: undefined }),
  'a uuid that is a path': runnerObject({ uuid: '../../x' }),
  'a number for a uuid': runnerObject({ uuid: 7 }),
  'no state': runnerObject({ state: undefined }),
  'a text for a state': runnerObject({ state: 'ONLINE' }),
  'no status': state({ status: undefined }),
  'no labels': runnerObject({ labels: undefined }),
  'a text for labels': runnerObject({ labels: 'linux' }),
  'a number for a label': runnerObject({ labels: ['linux', 1] }),
  'no created_on': runnerObject({ created_on: undefined }),
  'a created_on without zone': runnerObject({ created_on: '2026-11-23T09:50:00' }),
  'a created_on of no day': runnerObject({ created_on: '2026-13-45T09:50:00Z' }),
  'a text for cordoned': state({ cordoned: 'yes' }),
  'a number for updated_on': state({ updated_on: 5 }),
})) {
  test(`a runner with ${name} makes the whole list malformed`, async (t) => {
    const { client } = await stage(t, page([runnerObject({ uuid: '{good-1}' }), broken]));
    await assert.rejects(client.listRunners(scope), { failure: 'malformed', message: /values\[1\]/ });
  });
}

test('a runner that Bitbucket does not know is undefined', async (t) => {
  const { client } = await stage(t, refusal(404, 'Runner not found'));
  assert.equal(await client.getRunner(scope, runnerId), undefined);
});

test('a 404 that is not from Bitbucket does not mean that a runner is gone', async (t) => {
  for (const reply of [html(404), json({}, 404), json('', 404), json({ message: 'no Route matched' }, 404)]) {
    const { client } = await stage(t, reply);
    await assert.rejects(client.getRunner(scope, runnerId), { failure: 'malformed', status: 404 });
  }
});
