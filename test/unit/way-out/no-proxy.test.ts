// Which hosts NO_PROXY excepts, as Go's net/http has it; the cases with a dot, a port or a block are those of its own tests.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../../../core/errors.ts';
import { readProxies } from '../../../core/process/proxy.ts';

const isDirect = (noProxy: string, url: string): boolean =>
  readProxies({ HTTPS_PROXY: 'proxy:3128', HTTP_PROXY: 'proxy:3128', NO_PROXY: noProxy }).proxyFor(
    new URL(url),
  ) === undefined;

for (const [noProxy, direct, proxied] of [
  [
    'example.com',
    ['https://example.com', 'https://a.b.example.com', 'https://EXAMPLE.com:8443'],
    ['https://anexample.com', 'https://example.com.org'],
  ],
  ['.example.com', ['https://a.example.com'], ['https://example.com', 'https://anexample.com']],
  ['*.example.com', ['https://a.example.com'], ['https://example.com']],
  ['example.com:8443', ['https://example.com:8443', 'https://a.example.com:8443'], ['https://example.com']],
  ['example.com:443', ['https://example.com'], ['http://example.com']],
  ['*', ['https://example.com', 'http://10.0.0.1'], []],
  [
    ' foo.com , BAR.com  baz.com,,',
    ['https://foo.com', 'https://bar.com', 'https://baz.com'],
    ['https://qux.com'],
  ],
  ['10.0.0.1', ['https://10.0.0.1'], ['https://10.0.0.2', 'https://10.0.0.11']],
  ['10.0.0.1:6443', ['https://10.0.0.1:6443'], ['https://10.0.0.1']],
  ['10.1.2.3/8', ['https://10.200.0.1:6443'], ['https://11.0.0.1', 'https://ten.example.com']],
  ['10.96.0.0/12', ['https://10.96.0.1', 'https://10.111.255.255'], ['https://10.112.0.0']],
  ['0.0.0.0/0', ['https://8.8.8.8'], ['https://example.com']],
  ['2001:db8::1', ['https://[2001:db8::1]', 'https://[2001:db8:0::1]:6443'], ['https://[2001:db8::2]']],
  ['[2001:db8::1]:6443', ['https://[2001:db8::1]:6443'], ['https://[2001:db8::1]']],
  ['[2001:db8::1]', ['https://[2001:db8::1]'], ['https://[2001:db8::2]']],
  ['fd00:10::/32', ['https://[fd00:10:1::1]'], ['https://[fd00:11::1]']],
  ['10.0.0.0/33,10.0.0.0/x', [], ['https://10.0.0.1']],
  ['', [], ['https://example.com', 'http://10.0.0.1']],
] as const) {
  test(`NO_PROXY "${noProxy}" excepts what Go excepts`, () => {
    for (const url of direct) assert.equal(isDirect(noProxy, url), true, url);
    for (const url of proxied) assert.equal(isDirect(noProxy, url), false, url);
  });
}

test('this machine and the metadata services of the clouds are never asked through a proxy', () => {
  const urls = ['http://localhost:8080', 'https://127.0.0.1', 'http://127.3.2.1', 'https://[::1]:6443'];
  const metadata = [
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '[fd00:ec2::254]',
    '[fd00:ec2::23]',
  ];
  for (const url of [...urls, ...metadata.map((host) => `http://${host}/latest`)])
    assert.equal(isDirect('', url), true, url);
});

test('https goes by HTTPS_PROXY and http by HTTP_PROXY, in either case, the upper one first', () => {
  const of = (env: Record<string, string>, url: string): string | undefined =>
    readProxies(env).proxyFor(new URL(url))?.url.host;
  const both = { HTTPS_PROXY: 'http://secure:1', http_proxy: 'plain:2' };
  assert.equal(of(both, 'https://example.com'), 'secure:1');
  assert.equal(of(both, 'http://example.com'), 'plain:2');
  assert.equal(of({ http_proxy: 'plain:2' }, 'https://example.com'), undefined);
  assert.equal(of({ HTTPS_PROXY: ' ', https_proxy: 'https://lower' }, 'https://example.com'), 'lower');
  assert.equal(of({ HTTPS_PROXY: 'upper:1', https_proxy: 'lower:1' }, 'https://example.com'), 'upper:1');
  assert.equal(of({ https_proxy: 'lower:1', no_proxy: 'example.com' }, 'https://example.com'), undefined);
});

for (const written of ['socks5://me:canary@proxy:1080', 'http://me:canary@proxy:port', 'http://']) {
  test(`a proxy that cannot be used (${written.slice(0, 7)}…) ends the start, and is not quoted`, () => {
    assert.throws(
      () => readProxies({ https_proxy: written }),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(
          error.message,
          /https_proxy is not a proxy that can be used: write it as http:\/\/HOST:PORT/,
        );
        assert.doesNotMatch(error.message, /canary/);
        return true;
      },
    );
  });
}
