// A list of runners is complete or an error.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  html,
  inTurn,
  json,
  page,
  runnerObject,
  scope,
  stage,
  workspaceUuid,
  type Reply,
} from './service.ts';

const uuid = (n: number): string => `{0ccccccc-0000-4000-8000-${String(n).padStart(12, '0')}}`;
const runners = (from: number, to: number): Record<string, unknown>[] =>
  Array.from({ length: to - from }, (_, index) => runnerObject({ uuid: uuid(from + index) }));
const path = `/internal/workspaces/%7B${workspaceUuid}%7D/pipelines-config/runners`;

/** Pages whose `next` leads to this server. */
function pages(...contents: readonly Record<string, unknown>[][]): Reply {
  return (response, received) => {
    const url = new URL(received.url, `http://${response.req.headers.host ?? ''}`);
    const number = Number(url.searchParams.get('page') ?? 1);
    url.searchParams.set('page', String(number + 1));
    const next = number < contents.length ? { next: url.href } : {};
    page(contents[number - 1] ?? [], { page: number, ...next })(response, received);
  };
}

test('a list asks for a hundred a page and follows next to the end', async (t) => {
  const { client, received } = await stage(t, pages(runners(0, 100), runners(100, 200), runners(200, 210)));
  const found = await client.listRunners(scope);
  assert.equal(found.length, 210);
  assert.deepEqual(
    received.map(({ url }) => url),
    [`${path}?pagelen=100`, `${path}?pagelen=100&page=2`, `${path}?pagelen=100&page=3`],
  );
  assert.ok(received.every(({ authorization }) => authorization?.startsWith('Basic ')));
});

test('a list of no runners is empty', async (t) => {
  const { client } = await stage(t, page([], { size: 0, next: null }));
  assert.deepEqual(await client.listRunners(scope), []);
});

test('a scope of a repository has its own path, and the public flavour another prefix', async (t) => {
  const { client, received } = await stage(t, page([]), { flavour: 'public' });
  await client.listRunners({ ...scope, repository: '{r-1}' });
  await client.listRunners(scope);
  assert.deepEqual(
    received.map(({ url }) => url),
    [
      `/2.0/repositories/%7B${workspaceUuid}%7D/%7Br-1%7D/pipelines-config/runners?pagelen=100`,
      `/2.0/workspaces/%7B${workspaceUuid}%7D/pipelines-config/runners?pagelen=100`,
    ],
  );
});

test('credentials do not follow next to another origin', async (t) => {
  const other = await stage(t, page([]));
  const { client } = await stage(t, page(runners(0, 1), { next: `${other.url}/more` }));
  await assert.rejects(client.listRunners(scope), { failure: 'malformed', message: /sent nowhere else/ });
  assert.equal(other.received.length, 0);
});

for (const [name, next] of [
  ['another scheme', 'https://127.0.0.1/more'],
  ['no URL', 'page two'],
  ['an empty text', ''],
  ['a number', 2],
] as const) {
  test(`a next that is ${name} is malformed`, async (t) => {
    const { client } = await stage(t, page(runners(0, 1), { next }));
    await assert.rejects(client.listRunners(scope), { failure: 'malformed' });
  });
}

test('a page that comes twice is malformed', async (t) => {
  const { client } = await stage(t, pages(runners(0, 2), runners(0, 2)));
  await assert.rejects(client.listRunners(scope), { failure: 'malformed', message: /listed already/ });
});

test('a next that leads to itself is malformed', async (t) => {
  const round: Reply = (response, received) =>
    page([], { next: `http://${response.req.headers.host ?? ''}/again` })(response, received);
  const { client, received } = await stage(t, round);
  await assert.rejects(client.listRunners(scope), { failure: 'malformed', message: /read already/ });
  assert.equal(received.length, 2);
});

test('a next without end is malformed after fifty pages', async (t) => {
  const { client, received } = await stage(t, pages(...Array.from({ length: 60 }, () => [])));
  await assert.rejects(client.listRunners(scope), { failure: 'malformed', message: /after 50/ });
  assert.equal(received.length, 50);
});

test('fewer runners than the list says there are is malformed', async (t) => {
  const { client } = await stage(t, page(runners(0, 3), { size: 150 }));
  await assert.rejects(client.listRunners(scope), {
    failure: 'malformed',
    message: /150 runners, but only 3/,
  });
});

test('a failing second page fails the whole list', async (t) => {
  const first: Reply = (response, received) =>
    page(runners(0, 2), { next: `http://${response.req.headers.host ?? ''}/second` })(response, received);
  for (const second of [html(), json('{"values": [{'), json({ values: 'none' })]) {
    const { client } = await stage(t, inTurn(first, second));
    await assert.rejects(client.listRunners(scope), { failure: 'malformed' });
  }
});
