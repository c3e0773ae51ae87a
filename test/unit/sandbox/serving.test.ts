// The sandbox's port: it takes a free one, and lets nobody but people at this machine break things.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { jobTemplatePathFrom, projectFile } from '../../../cli/files.ts';
import { serve } from '../../../core/process/serve.ts';
import { startSandbox, type RunningSandbox, type SandboxOptions } from '../../../sandbox/main.ts';
import { exchange } from '../process/client.ts';

async function sandbox(t: TestContext, options: Partial<SandboxOptions> = {}): Promise<RunningSandbox> {
  const started = await startSandbox({
    configPath: projectFile('sandbox/runner_config.yaml'),
    jobTemplatePath: jobTemplatePathFrom(undefined),
    ...{ speed: 20, port: 0, scenario: 'quiet', bootMs: 1_000, room: 10, controller: true },
    ...options,
  });
  t.after(() => started.stop());
  return started;
}

test('without a port it takes one that no other program has', async (t) => {
  const blocker = createServer().listen(8080, '127.0.0.1');
  // Where another program has it already, that one does as well.
  blocker.on('error', () => undefined);
  await Promise.race([once(blocker, 'listening'), once(blocker, 'error')]);
  t.after(() => blocker.close());
  const { pageUrl } = await sandbox(t, { port: undefined });
  const port = Number(new URL(pageUrl).port);
  assert.ok(port > 8080 && port < 8180, pageUrl);
  assert.equal((await fetch(`${pageUrl}/status`)).status, 200);
});

test('with a port that is taken it says which flag helps', async (t) => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  t.after(() => blocker.close());
  const { port } = blocker.address() as { port: number };
  await assert.rejects(sandbox(t, { port }), {
    message: `another program uses port ${port}: stop it, or choose another port with --port (--port 0 takes a free one)`,
  });
});

function post(path: string, ...headers: readonly string[]): string {
  const lines = [`POST ${path} HTTP/1.1`, 'content-length: 0', ...headers];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

describe('a POST', () => {
  test('breaks and heals, changes the speed and pauses, and says what is so', async (t) => {
    const { pageUrl, status } = await sandbox(t).then((started) => ({
      pageUrl: started.pageUrl,
      status: () => started.status().world,
    }));
    const ask = async (path: string): Promise<unknown> =>
      (await fetch(`${pageUrl}/${path}`, { method: 'POST' })).json();
    assert.deepEqual(await ask('vendor-down'), { broken: ['vendor-down'], speed: 20, paused: false });
    assert.deepEqual(await ask('faster'), { broken: ['vendor-down'], speed: 50, paused: false });
    assert.deepEqual(await ask('pause'), { broken: ['vendor-down'], speed: 50, paused: true });
    assert.match(status().note, /paused; broken on purpose: vendors down/);
    const { now } = (await (await fetch(`${pageUrl}/status`)).json()) as { now: string };
    const later = (await (await fetch(`${pageUrl}/status`)).json()) as { now: string };
    assert.equal(later.now, now, 'its time stands still');
    assert.deepEqual(await ask('heal'), { broken: [], speed: 50, paused: true });
  });

  test('of a page of another site is refused, under any name and with any relation', async (t) => {
    const started = await sandbox(t);
    const { host } = new URL(started.pageUrl);
    const own = `host: ${host}`;
    for (const [headers, code] of [
      [[own, 'origin: http://evil.example'], 403],
      [[own, 'origin: null'], 403],
      [[own, `origin: https://${host}`], 403],
      [[own, 'origin: http://127.0.0.1:1'], 403],
      [[own, 'sec-fetch-site: cross-site'], 403],
      [[own, 'sec-fetch-site: same-site', `origin: http://${host}`], 403],
      [['host: evil.example', 'origin: http://evil.example'], 421],
    ] as const) {
      const answer = await exchange(started.pageUrl, post('/vendor-down', ...headers));
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${code} `), headers.join(', '));
    }
    assert.deepEqual(started.status().world.broken, []);
    const sameOrigin = post('/vendor-down', own, `origin: http://${host}`, 'sec-fetch-site: same-origin');
    assert.match(await exchange(started.pageUrl, sameOrigin), /^HTTP\/1\.1 200 /);
    assert.deepEqual(started.status().world.broken, ['vendor-down']);
  });

  test('is the only method that changes anything, and changes nothing elsewhere', async (t) => {
    const { pageUrl } = await sandbox(t);
    assert.equal((await fetch(`${pageUrl}/vendor-down`)).status, 405);
    assert.equal((await fetch(`${pageUrl}/status`, { method: 'POST' })).status, 405);
    assert.equal((await fetch(`${pageUrl}/no-such-thing`, { method: 'POST' })).status, 404);
  });

  test('is refused by a site that names no changes, as those of controller and cleaner', async (t) => {
    const pages = { '/status': () => ({ status: 200, type: 'text/plain', body: 'ok' }) };
    const served = await serve({ probes: {}, pages }, { host: '127.0.0.1', port: 0, flag: '--port' });
    t.after(() => served.close());
    assert.equal((await fetch(`${served.url}/status`, { method: 'POST' })).status, 405);
    assert.equal((await fetch(`${served.url}/vendor-down`, { method: 'POST' })).status, 404);
  });
});
