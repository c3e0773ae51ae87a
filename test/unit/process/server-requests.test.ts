// Odd requests, hostile host names, what browsers are told, and the addresses that are listened on.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { Registry } from 'prom-client';
import { cleanerPage } from '../../../cleaner/page.ts';
import { listen, urlOf } from '../../../core/process/listen.ts';
import { startServer, type RunningServer, type ServerOptions } from '../../../core/process/server.ts';
import { dashboardPage } from '../../../dashboard/page.ts';
import { exchange, get } from './client.ts';

const options: ServerOptions = {
  ...{ port: 0, probePort: 0, host: '127.0.0.1', registry: new Registry() },
  allowedHosts: ['Runners.Example.com'],
  readiness: () => ({ ready: true, reasons: [] }),
  status: () => ({ leader: true }),
  page: () => dashboardPage(),
};

async function statusOf(url: string, request: string): Promise<number> {
  return Number(/^HTTP\/1\.1 (\d+)/.exec(await exchange(url, request))?.[1]);
}

describe('the server', () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer(options);
  });
  after(() => server.close());

  for (const [target, expected] of [
    ['//', 404],
    ['//healthz', 404],
    ['/%', 404],
    ['/..//', 404],
    ['/../healthz', 404],
    ['/__proto__', 404],
    ['/toString', 404],
    ['/status/', 404],
    [`/${'a'.repeat(5_000)}`, 404],
    [`/${'a'.repeat(50_000)}`, 431],
    ['*', 400],
    ['http://x/', 400],
    ['http://localhost/healthz', 400],
    ['status', 400],
    ['?', 400],
    ['/status?a=//', 200],
    ['/healthz??', 200],
  ] as const) {
    it(`answers ${expected} to the target ${target.slice(0, 30)}`, async () => {
      assert.equal(await statusOf(server.url, get(target)), expected);
    });
  }

  it('answers OPTIONS, TRACE and unknown methods without an error of its own', async () => {
    assert.equal(await statusOf(server.url, 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n'), 400);
    assert.equal(await statusOf(server.url, 'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n'), 405);
    assert.equal(await statusOf(server.url, 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n'), 400);
    assert.equal(await statusOf(server.url, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), 400);
    assert.equal(await statusOf(server.url, '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'), 400);
    await exchange(server.url, 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n');
    const upgrade = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
    assert.equal(await statusOf(server.url, `GET / HTTP/1.1\r\n${upgrade}\r\n`), 200);
    assert.equal(await statusOf(server.url, get('/healthz')), 200);
  });

  for (const host of [
    ...['127.0.0.1', '127.0.0.1:8080', '10.1.2.3:8080', '[::1]', '[fd00::1]:8080', '127.1', '0x7f.1'],
    ...['localhost', 'LOCALHOST:8080', 'localhost.', hostname(), 'runner-controller:8080'],
    ...['metrics.ci.svc', 'metrics.ci.svc.cluster.local:8080', '10-0-0-1.ci.pod.cluster.local'],
    ...['runners.example.com', 'RUNNERS.example.COM.:80', ''],
  ]) {
    it(`answers under the host name "${host}"`, async () => {
      assert.equal(await statusOf(server.url, get('/status', host)), 200);
    });
  }

  for (const host of [
    ...['evil.example', 'evil.example:8080', '127.0.0.1.nip.io', 'localhost.evil.example', '[evil.example]'],
    ...['metrics.ci.svc.evil.example', 'cluster.local.evil.example', 'x.runners.example.com', 'a@127.0.0.1'],
    ...['evil.example/localhost', 'evil.example#localhost', 'local\x80host', '[127.0.0.1]', ':8080'],
  ]) {
    it(`sends a browser away that was brought here as "${host}"`, async () => {
      for (const path of ['/', '/status', '/metrics', '/nowhere'])
        assert.equal(await statusOf(server.url, get(path, host)), 421, path);
    });

    it(`answers probes under the host name "${host}" all the same`, async () => {
      for (const url of [server.url, server.probesUrl ?? ''])
        for (const path of ['/healthz', '/readyz']) assert.equal(await statusOf(url, get(path, host)), 200);
    });
  }

  it('says what to do to whom it sends away', async () => {
    const answer = await exchange(server.url, get('/status', 'ci.example.org'));
    assert.match(answer, /^HTTP\/1\.1 421 Misdirected Request\r\n/);
    assert.match(answer, /ci\.example\.org.*--allowed-host/);
  });

  it('answers HTTP/1.0 without a host name, and refuses HTTP/1.1 without', async () => {
    assert.equal(await statusOf(server.url, 'GET /status HTTP/1.0\r\n\r\n'), 200);
    assert.equal(await statusOf(server.url, 'GET /status HTTP/1.1\r\n\r\n'), 400);
  });

  it('tells browsers with every answer to run, frame, keep and share nothing of it', async () => {
    const requests = [
      ...['/', '/status', '/metrics', '/healthz', '/readyz', '/nowhere', '*'].map((path) => get(path)),
      ...[get('/status', 'evil.example'), 'POST / HTTP/1.1\r\nHost: x\r\n\r\n', 'no request\r\n\r\n'],
    ];
    for (const request of requests) {
      const head = (await exchange(server.url, request)).split('\r\n\r\n')[0] ?? '';
      for (const header of [
        /\r\ncontent-security-policy: default-src 'none';.*frame-ancestors 'none'/,
        /\r\ncontent-security-policy: .*base-uri 'none'.*form-action 'none'/,
        /\r\nx-content-type-options: nosniff/,
        /\r\nreferrer-policy: no-referrer/,
        /\r\ncache-control: no-store/,
        /\r\ncross-origin-opener-policy: same-origin/,
        /\r\ncross-origin-resource-policy: same-origin/,
      ])
        assert.match(head, header, request);
      assert.equal(/unsafe|\*/.test(/content-security-policy: .*/.exec(head)?.[0] ?? '*'), false, request);
    }
  });
});

const cleanerStatus = {
  leadership: { state: 'leading' },
  settings: { config: { state: 'refused', since: '', problems: ['<script>alert(1)</script>'] } },
  ...{ now: '', enabled: true, sweptAt: null, removals: [] },
  groups: [
    { name: '<script>alert(1)</script><meta http-equiv="x">', observedAt: null, stale: [], hold: 'x' },
  ],
} as const;

for (const [whose, page] of [
  ['the status page', dashboardPage()],
  ["the cleaner's page", cleanerPage(cleanerStatus)],
] as const) {
  it(`${whose} comes with a policy that allows exactly its own style and script`, async (t) => {
    const server = await startServer({ ...options, page: () => page });
    t.after(() => server.close());
    const policy = (await fetch(server.url)).headers.get('content-security-policy') ?? '';
    const hashes = await Promise.all(
      ['style', 'script'].map(async (tag) => {
        const text = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)?.[1];
        if (text === undefined) return [];
        const digest = await crypto.subtle.digest('SHA-256', Buffer.from(text));
        return [`${tag}-src 'sha256-${Buffer.from(digest).toString('base64')}'`];
      }),
    );
    const inline = policy.split('; ').filter((rule) => /^(?:style|script)-src/.test(rule));
    assert.deepEqual(inline.sort(), hashes.flat().sort());
  });
}

it('a page without a policy may run nothing', async (t) => {
  const server = await startServer({ ...options, page: () => '<script>alert(1)</script>' });
  t.after(() => server.close());
  const policy = (await fetch(server.url)).headers.get('content-security-policy');
  assert.equal(policy, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
});

describe('where a server listens', () => {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const hasIPv6 = addresses.some(({ address }) => address === '::1');

  it('both IP families reach it on all addresses', { skip: !hasIPv6 && 'no IPv6 here' }, async (t) => {
    const server = await startServer({ ...options, host: '::' });
    t.after(() => server.close());
    for (const url of [server.url, server.probesUrl ?? ''])
      for (const host of ['127.0.0.1', '::1'])
        assert.match(await exchange(url, get('/healthz'), { host }), /^HTTP\/1\.1 200 /);
    assert.match(server.url, /^http:\/\/localhost:\d+$/);
  });

  it('an IPv6 address stands in brackets in the URL', () => {
    assert.equal(urlOf('::1', 80), 'http://[::1]:80');
    assert.equal(urlOf('10.0.0.1', 80), 'http://10.0.0.1:80');
    assert.equal(urlOf('::', 80), 'http://localhost:80');
    assert.equal(urlOf('0.0.0.0', 80), 'http://localhost:80');
  });

  for (const code of ['EAFNOSUPPORT', 'EADDRNOTAVAIL']) {
    it(`without IPv6 (${code}) all addresses are those of IPv4`, async (t) => {
      const server = createServer();
      t.after(() => server.close());
      const realListen = server.listen.bind(server);
      // As on a machine without IPv6, which this one may not be.
      t.mock.method(server, 'listen', (place: { host: string }, done: () => void) =>
        place.host === '::'
          ? void process.nextTick(() => server.emit('error', Object.assign(new Error(code), { code })))
          : realListen(place, done),
      );
      const url = await listen(server, { host: '::', port: 0, flag: '--port' });
      assert.equal(await statusOf(url, 'no request\r\n\r\n'), 400);
      const asked = { host: '2001:db8::1', port: 0, flag: '--port' };
      await assert.rejects(listen(createServer(), asked), /no address 2001:db8::1.*--host/);
    });
  }
});
