// What `explain` says of a controller's status, of a replica that stands by, and of what is no controller.

import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { explainCommand } from '../../../cli/explain.ts';

interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function serving(t: TestContext, body: unknown, code = 200): Promise<string> {
  const server: Server = createServer((_, response) => {
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function explain(
  name: string | undefined,
  url: string,
  output: 'text' | 'json' = 'text',
): Promise<Told> {
  let [out, err] = ['', ''];
  const code = await explainCommand(
    name,
    { url, output },
    { stdout: (text) => void (out += text), stderr: (text) => void (err += text) },
  );
  return { code, out, err };
}

const removal = (id: number): object => ({ kind: 'remove', runnerId: `runner-${id}` });

function decision(at: string, actions: readonly object[]): object {
  return { at, group: 'a', from: 3, to: 2, actions, reason: 'above-max', because: 'too many', limits: [] };
}

function group(name: string): object {
  const now = decision('2026-12-01T10:00:00.000Z', [1, 2, 3, 4, 5].map(removal));
  const before = decision('2026-12-01T09:00:00.000Z', [{ kind: 'order', count: 2 }, removal(9)]);
  return {
    ...{ name, source: 'bitbucket', target: 'kubernetes', policy: { min: 1, max: 2 } },
    ...{ observedAt: null, decision: now, decisions: [now, before] },
  };
}

const leading = {
  leader: true,
  leadership: { state: 'leading' },
  now: '2026-12-01T10:00:00.000Z',
  groups: [group('a'), group('b')],
};

test('without a name, every group is explained', async (t) => {
  const { code, out } = await explain(undefined, await serving(t, leading));
  assert.equal(code, 0);
  assert.match(out, /^a: bitbucket/m);
  assert.match(out, /^b: bitbucket/m);
});

test('a decision is told once, and actions of one kind take one line', async (t) => {
  const { out } = await explain('a', await serving(t, leading));
  assert.equal(out.split('2026-12-01T10:00:00.000Z').length, 2);
  assert.match(out, /^ {2}action {4}remove 5 runners: runner-1, runner-2, runner-3 and 2 more$/m);
  assert.match(out, /^before\n2026-12-01T09:00/m);
  assert.match(out, /^ {2}action {4}order 2\n {2}action {4}remove runner-9$/m);
});

test('as JSON it is the status, with the group that was asked for', async (t) => {
  const { out } = await explain('b', await serving(t, leading), 'json');
  const { groups } = JSON.parse(out) as { groups: { name: string }[] };
  assert.deepEqual(
    groups.map(({ name }) => name),
    ['b'],
  );
});

test('an unknown group is bad usage, and the groups are named', async (t) => {
  const { code, err } = await explain('c', await serving(t, leading));
  assert.equal(code, 2);
  assert.match(err, /no group "c"\. The groups are: "a", "b"/);
});

const stands = { leader: false, now: '', groups: [] };
for (const [title, leadership, sentence] of [
  [
    'says who leads and how to ask it',
    { state: 'standing-by', leader: 'runner-controller-7d9-x2x_0af1' },
    /stands by; runner-controller-7d9-x2x leads.* port-forward .*pod\/runner-controller-7d9-x2x 8080/,
  ],
  [
    'that can not read the lease says why',
    { state: 'unknown', because: 'this account may not get leases' },
    /does not know who leads: this account may not get leases\./,
  ],
] as const) {
  test(`a replica that does not lead ${title}`, async (t) => {
    const url = await serving(t, { ...stands, leadership });
    for (const name of ['a', undefined]) {
      const { code, err, out } = await explain(name, url);
      assert.equal(code, 1);
      assert.match(err, sentence);
      assert.equal(out, '');
    }
  });
}

test('what is no controller is told with its host, its status and its own words', async (t) => {
  const url = await serving(t, { error: 'unknown host name' }, 421);
  assert.match(
    (await explain('a', url)).err,
    /^127\.0\.0\.1:\d+ is no controller: it answers 421: unknown host/,
  );
  assert.match((await explain('a', await serving(t, '<html>'))).err, /is no controller: it answers 200\./);
});

test('where nothing answers, host, port and code are named', async () => {
  const { code, err } = await explain('a', 'http://127.0.0.1:1');
  assert.equal(code, 1);
  assert.match(err, /^127\.0\.0\.1:1: no answer \(.+\)\. Forward its port/);
});
