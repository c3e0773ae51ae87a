// Looks at several runners in one turn share one list of one page; else each is looked at by itself (P2).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { page, runnerObject, scope, stage, type Reply } from './service.ts';

const uuid = (number: number): string => `0ccccccc-0000-4000-8000-${String(number).padStart(12, '0')}`;
const shown = (number: number): Record<string, unknown> => runnerObject({ uuid: `{${uuid(number)}}` });

/** Pages of `length` runners each, and single ones. */
function service(count: number, length: number): Reply {
  return (response, received) => {
    const url = new URL(received.url, `http://${response.req.headers.host ?? ''}`);
    const single = /%7B([0-9a-f-]+)%7D$/.exec(url.pathname)?.[1];
    if (single !== undefined && single.startsWith('0ccccccc'))
      return void response.end(JSON.stringify(runnerObject({ uuid: `{${single}}` })));
    const number = Number(url.searchParams.get('page') ?? 1);
    url.searchParams.set('page', String(number + 1));
    const numbers = Array.from({ length: count }, (_, index) => index).slice(
      (number - 1) * length,
      number * length,
    );
    const next = number * length < count ? { next: url.href } : {};
    return page(numbers.map(shown), { page: number, ...next })(response, received);
  };
}

for (const [name, count, length, lists] of [
  ['of one page are shared', 60, 100, 1],
  ['of more pages, though short ones, are not: a later page may be long in coming', 60, 10, 0],
] as const) {
  test(`looks at lists ${name}`, async (t) => {
    const { client, received } = await stage(t, service(count, length));
    await client.listRunners(scope);
    received.length = 0;
    const found = await Promise.all([1, 2, 3].map((number) => client.getRunner(scope, uuid(number))));
    assert.deepEqual(
      found.map((runner) => runner?.id),
      [1, 2, 3].map(uuid),
    );
    assert.equal(received.filter(({ url }) => url.includes('pagelen')).length, lists);
  });
}

test('a list that has become longer than a page meanwhile is not used', async (t) => {
  let count = 60;
  const { client, received } = await stage(t, (response, request) => service(count, 100)(response, request));
  await client.listRunners(scope);
  count = 101;
  received.length = 0;
  await Promise.all([1, 2, 3].map((number) => client.getRunner(scope, uuid(number))));
  assert.equal(received.filter(({ url }) => !url.includes('pagelen')).length, 3);
});
