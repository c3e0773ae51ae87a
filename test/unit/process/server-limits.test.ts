// What clients that hold, hurry or deceive the server can take from it, and what they leave to the others.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { startServer, type RunningServer, type ServerOptions } from '../../../core/process/server.ts';
import { exchange, get, send, type Client } from './client.ts';

/** Longer than any test may take: what it bounds never happens by itself. */
const never = 600_000;

async function start(t: TestContext, options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({
    ...{ port: 0, probePort: 0, host: '127.0.0.1', registry: new Registry() },
    readiness: () => ({ ready: true, reasons: [] }),
    status: () => ({ leader: true }),
    page: () => '<p>page</p>',
    ...options,
  });
  t.after(() => server.close());
  return server;
}

/** More than the kernel takes off our hands for one connection. */
const large = { groups: [{ text: 'x'.repeat(16_000_000) }] };

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turnOfTheLoop();
}

describe('half-open requests', () => {
  it('never keep a new connection out: the oldest of them goes', async (t) => {
    const server = await start(t, { limits: { connections: 5, headMs: never } });
    const held: Client[] = [];
    for (let index = 0; index < 5; index += 1) held.push(await send(server.url, 'GET /healthz HT'));
    assert.match(await exchange(server.url, get('/healthz')), /^HTTP\/1\.1 200 /);
    assert.equal(await held[0]?.closed, '');
    for (const { socket } of held.slice(2)) assert.equal(socket.readyState, 'open');
  });

  it('do not cost a client its answer that is under way', async (t) => {
    const limits = { connections: 3, headMs: never, hurriedMs: never, readMs: never };
    const server = await start(t, { status: () => large, limits });
    const reader = await send(server.url, get('/status'), { deaf: true });
    await once(reader.socket, 'readable');
    for (let index = 0; index < 10; index += 1) await send(server.url, 'GET /');
    assert.equal(reader.socket.readyState, 'open');
    let bytes = 0;
    reader.socket.on('data', (data: Buffer) => (bytes += data.length)).resume();
    await reader.closed;
    assert.ok(bytes > 16_000_000);
  });

  it('are given up after a while', async (t) => {
    const server = await start(t, { limits: { headMs: 50, checkMs: 10 } });
    assert.equal(await exchange(server.url, 'GET /healthz HTTP/1.1\r\nX: '), '');
    assert.equal(await exchange(server.url, ''), '');
  });

  it('are limited in size', async (t) => {
    const { url } = await start(t);
    const answer = await exchange(url, `GET /healthz HTTP/1.1\r\nX-Pad: ${'a'.repeat(14_000)}`);
    assert.match(answer, /^HTTP\/1\.1 431 /);
    assert.match(answer, /x-content-type-options: nosniff/);
  });
});

describe('readers that never read', () => {
  it('hold no more answers at a time than there are places, and lose theirs when others wait', async (t) => {
    let asked = 0;
    const status = (): object => ({ ...large, asked: (asked += 1) });
    const limits = { atOnce: 2, hurriedMs: 50, readMs: never, waitMs: never };
    const server = await start(t, { status, limits });
    for (let index = 0; index < 4; index += 1) await send(server.url, get('/status'), { deaf: true });
    await until(() => asked >= 2);
    assert.match(await exchange(server.url, get('/healthz')), /^HTTP\/1\.1 200 /);
    // Whoever reads gets it in the end, after two of the four were cut off.
    assert.match(await exchange(server.url, get('/status')), /"asked":5,"groups":/);
  });

  for (const [what, characters] of [
    ['more than the kernel takes', 16_000_000],
    ['what the kernel takes at once, and would keep', 1_000_000],
  ] as const) {
    it(`are reset after a while: an answer of ${what}`, async (t) => {
      const status = (): object => ({ text: 'x'.repeat(characters) });
      const server = await start(t, { status, limits: { atOnce: 1, hurriedMs: never, readMs: 50 } });
      const { socket } = await send(server.url, get('/status'), { deaf: true });
      await once(socket, 'readable');
      // That there is a place for another one shows that the first has lost it.
      assert.match(await exchange(server.url, get('/')), /^HTTP\/1\.1 200 /);
      const failed = once(socket, 'error') as Promise<[NodeJS.ErrnoException]>;
      socket.on('data', () => undefined).resume();
      assert.equal((await failed)[0].code, 'ECONNRESET');
    });
  }

  it('may be as slow as they like to close after a probe', async (t) => {
    const server = await start(t, { limits: { connections: 2 } });
    for (let index = 0; index < 6; index += 1) await send(server.url, get('/healthz'), { deaf: true });
    assert.match(await exchange(server.url, get('/healthz')), /^HTTP\/1\.1 200 /);
  });
});

describe('many who ask for large answers at the same time', () => {
  it('wait for their turn, and beyond that are told when to come again', async (t) => {
    const limits = { atOnce: 1, waiting: 2, waitMs: never, hurriedMs: never, readMs: never };
    const server = await start(t, { status: () => large, limits });
    const first = await send(server.url, get('/status'), { deaf: true });
    await once(first.socket, 'readable');
    const waiting = [await send(server.url, get('/status')), await send(server.url, get('/'))];
    // Answered after the two have been read, as one loop reads all.
    await exchange(server.url, get('/healthz'));
    const refused = await exchange(server.url, get('/metrics'));
    assert.match(refused, /^HTTP\/1\.1 503 /);
    assert.match(refused, /retry-after: \d+/);
    first.socket.destroy();
    assert.match((await waiting[0]?.closed) ?? '', /^HTTP\/1\.1 200 /);
    assert.match((await waiting[1]?.closed) ?? '', /^HTTP\/1\.1 200 /);
  });

  it('are told to come again when their turn does not come', async (t) => {
    const limits = { atOnce: 1, waitMs: 50, hurriedMs: never, readMs: never };
    const server = await start(t, { status: () => large, limits });
    const first = await send(server.url, get('/status'), { deaf: true });
    await once(first.socket, 'readable');
    assert.match(await exchange(server.url, get('/status')), /^HTTP\/1\.1 503 /);
  });

  it('give their turn back when they leave', async (t) => {
    const limits = { atOnce: 1, waiting: 1, waitMs: never, hurriedMs: never, readMs: never };
    const server = await start(t, { status: () => large, limits });
    const first = await send(server.url, get('/status'), { deaf: true });
    await once(first.socket, 'readable');
    const second = await send(server.url, get('/status'));
    await exchange(server.url, get('/healthz'));
    second.socket.destroy();
    await second.closed;
    await exchange(server.url, get('/healthz'));
    const third = send(server.url, get('/'));
    await exchange(server.url, get('/healthz'));
    first.socket.destroy();
    assert.match(await (await third).closed, /^HTTP\/1\.1 200 /);
  });
});

describe('one connection', () => {
  it('carries one request: those that follow it unasked are not answered', async (t) => {
    const { url } = await start(t);
    const answers = (await exchange(url, get('/healthz').repeat(4))).match(/HTTP\/1\.1/g);
    assert.equal(answers?.length, 1);
  });

  it('is reset if it sends requests without end', async (t) => {
    let asked = 0;
    const { url } = await start(t, { status: () => ({ asked: (asked += 1) }) });
    await exchange(url, get('/status').repeat(1_000));
    assert.ok(asked <= 1);
    assert.match(await exchange(url, get('/healthz')), /^HTTP\/1\.1 200 /);
  });

  it('is closed after an answer to a request with a body, which is not read', async (t) => {
    const { url } = await start(t);
    const head = 'Host: localhost\r\nContent-Length: 1000000000\r\n';
    const post = await exchange(url, `POST /status HTTP/1.1\r\n${head}\r\nsome of it`);
    assert.match(post, /^HTTP\/1\.1 405 /);
    assert.match(post, /\r\nallow: GET, HEAD\r\n/);
    assert.match(await exchange(url, `GET /status HTTP/1.1\r\n${head}\r\nsome`), /^HTTP\/1\.1 200 /);
    const waits = await exchange(url, `POST /status HTTP/1.1\r\n${head}Expect: 100-continue\r\n\r\n`);
    assert.match(waits, /^HTTP\/1\.1 405 /);
  });

  it('may end at any time and in any way', async (t) => {
    const server = await start(t, { status: () => large });
    for (const bytes of [
      '',
      'GET',
      get('/status'),
      get('/healthz'),
      get('/status').repeat(3),
      '\0\r\n\r\n',
    ]) {
      (await send(server.url, bytes)).socket.resetAndDestroy();
      (await send(server.url, bytes)).socket.destroy();
      (await send(server.url, bytes)).socket.end();
    }
    assert.match(await exchange(server.url, get('/healthz')), /^HTTP\/1\.1 200 /);
  });
});

describe('a server that closes', () => {
  it('ends every connection at once, whatever it waits for', async (t) => {
    const server = await start(t, { status: () => large, limits: { headMs: never, readMs: never } });
    const held = [
      await send(server.url, 'GET /'),
      await send(server.url, get('/status'), { deaf: true }),
      await send(server.probesUrl ?? '', ''),
    ];
    await once(held[1]!.socket, 'readable');
    await server.close();
    await Promise.all([held[0]?.closed, held[2]?.closed]);
    await assert.rejects(fetch(`${server.url}/healthz`));
  });
});

describe('the port of the probes', () => {
  it('serves the probes and nothing else', async (t) => {
    const { probesUrl = '' } = await start(t, { readiness: () => ({ ready: false, reasons: ['not yet'] }) });
    assert.match(await exchange(probesUrl, get('/healthz')), /^HTTP\/1\.1 200 /);
    assert.match(await exchange(probesUrl, get('/readyz')), /^HTTP\/1\.1 503 [^]*"reasons":\["not yet"\]/);
    for (const path of ['/', '/status', '/metrics'])
      assert.match(await exchange(probesUrl, get(path)), /^HTTP\/1\.1 404 /);
  });

  it('answers while every connection and every turn of the other one is held', async (t) => {
    const limits = { connections: 4, atOnce: 1, waiting: 1, headMs: never, hurriedMs: never, readMs: never };
    const { url, probesUrl = '' } = await start(t, { status: () => large, limits });
    for (let index = 0; index < 4; index += 1) await send(url, get('/status'), { deaf: true });
    assert.match(await exchange(probesUrl, get('/healthz')), /^HTTP\/1\.1 200 /);
  });

  it('that is taken is an error which names its flag, and leaves the other port free', async (t) => {
    const { url, probesUrl = '' } = await start(t);
    const taken = Number(new URL(probesUrl).port);
    await assert.rejects(start(t, { probePort: taken }), (error: NodeJS.ErrnoException) => {
      assert.equal(error.code, 'EADDRINUSE');
      assert.match(error.message, new RegExp(`uses port ${taken}: .*--probe-port`));
      return true;
    });
    const both = Number(new URL(url).port);
    await assert.rejects(start(t, { port: both }), /uses port \d+: .* --port/);
  });
});
