// How often the pages are made, however many ask for them.

import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { Registry } from 'prom-client';
import { GroupRecord } from '../../../controller/record/status.ts';
import { paced } from '../../../core/process/paced.ts';
import { startServer, type RunningServer } from '../../../core/process/server.ts';

interface Served {
  readonly server: RunningServer;
  /** How often each group was made into JSON. */
  readonly made: Map<string, number>;
}

function group(name: string, made: Map<string, number>): object {
  return {
    name,
    toJSON: () => {
      made.set(name, (made.get(name) ?? 0) + 1);
      return { name };
    },
  };
}

async function serveGroups(t: TestContext, groups: object[], made: Map<string, number>): Promise<Served> {
  const server = await startServer({
    ...{ port: 0, host: '127.0.0.1', registry: new Registry() },
    readiness: () => ({ ready: true, reasons: [] }),
    status: () => ({ leader: true, groups }),
    page: () => '',
  });
  t.after(() => server.close());
  return { server, made };
}

it('a group is made into JSON once a change, not once a request', async (t) => {
  const made = new Map<string, number>();
  const groups = [group('a', made), group('b', made)];
  const { server } = await serveGroups(t, groups, made);
  const ask = async (): Promise<unknown> => (await fetch(`${server.url}/status`)).json();
  for (let index = 0; index < 5; index += 1)
    assert.deepEqual(await ask(), { leader: true, groups: [{ name: 'a' }, { name: 'b' }] });
  assert.deepEqual(
    [...made],
    [
      ['a', 1],
      ['b', 1],
    ],
  );
  groups[1] = group('c', made);
  assert.deepEqual(await ask(), { leader: true, groups: [{ name: 'a' }, { name: 'c' }] });
  assert.deepEqual(
    [...made],
    [
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ],
  );
});

it('a status without groups, or with none, is JSON too', async (t) => {
  const { server } = await serveGroups(t, [], new Map());
  const answer = await fetch(`${server.url}/status`);
  assert.equal(await answer.text(), '{"leader":true,"groups":[]}');
  assert.equal(answer.headers.get('content-length'), '27');
});

it('the status of a group is the same object until it changes, and another one then', () => {
  const identity = { name: 'a', source: 'bitbucket acme', target: 'Jobs', min: 0, max: 3 };
  const record = new GroupRecord(identity);
  const before = record.status();
  assert.equal(record.status(), before);
  record.identify({ ...identity, max: 4 });
  const edited = record.status();
  assert.deepEqual(edited.policy, { min: 0, max: 4 });
  assert.equal(record.status(), edited);
  record.decided(
    {
      ...{ at: 1, group: 'a', from: undefined, to: undefined, actions: [], limits: [] },
      ...{ reason: 'source-unavailable', because: 'it does not answer' },
    },
    { ok: false, failure: { reason: 'source-unavailable', message: 'it does not answer' } },
  );
  assert.equal(record.status().decision?.reason, 'source-unavailable');
});

it('what is costly is made once for all who ask meanwhile, and anew for who asks then', async () => {
  let made = 0;
  const make = paced(() => (made += 1), { burst: 2, everyMs: 20 });
  assert.equal(await make(), 1);
  assert.equal(await make(), 2);
  assert.deepEqual(await Promise.all([make(), make(), make()]), [3, 3, 3]);
  assert.equal(await make(), 4);
});

it('what is costly is tried again after it failed', async () => {
  let tries = 0;
  const make = paced(
    () => ((tries += 1) === 1 ? Promise.reject(new Error('not now')) : Promise.resolve('made')),
    { burst: 9, everyMs: 1 },
  );
  await assert.rejects(make(), /not now/);
  assert.equal(await make(), 'made');
});
