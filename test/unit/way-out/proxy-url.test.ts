// How the URL of a proxy is read: what a user and a password may hold, and what is refused without being quoted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createAgents } from '../../../core/clients/way-out/agents.ts';
import { proxyAuthorization } from '../../../core/clients/way-out/tunnel.ts';
import { ConfigError } from '../../../core/errors.ts';
import { describeProxy, honourProxy, readProxies } from '../../../core/process/proxy.ts';

const host = 'proxy.corp:3128';

function read(written: string): string {
  try {
    const proxy = readProxies({ HTTPS_PROXY: written }).proxyFor(new URL('https://example.com'));
    return proxy === undefined ? 'none' : describeProxy(proxy);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
}

test('a password that is not percent-encoded never becomes part of the host, nor of a message', () => {
  const password = fc.string({ unit: fc.constantFrom(...'a1%#/?:@\\[]&=;,~ '), maxLength: 8 });
  fc.assert(
    fc.property(password, (odd) => {
      const told = read(`http://me:12${odd}canary@${host}`);
      assert.ok(told === `${host} (HTTPS_PROXY)` || told.includes('is not a proxy that can be used'), told);
      assert.doesNotMatch(told, /canary|me:12/);
    }),
  );
  assert.match(read(`http://me:12#34@${host}`), /write characters such as @ # \/ \? as %40 %23 %2F %3F$/);
});

test('any user and password that are percent-encoded reach the proxy as they are, whatever path follows', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(text, text, (user, password) => {
      const written = `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}/a/path?b#c`;
      const proxy = readProxies({ HTTPS_PROXY: written }).proxyFor(new URL('https://example.com'));
      assert.ok(proxy !== undefined);
      const sent = Buffer.from(`${user}:${password}`).toString('base64');
      assert.equal(proxyAuthorization(proxy), `Basic ${sent}`);
    }),
  );
});

for (const written of [
  `http://${host}/path`,
  `${host}/?a#b`,
  `http://me:100%@${host}`,
  `http://me:%ff@${host}`,
]) {
  test(`the proxy ${written} serves requests of every kind`, () => {
    const env = { HTTPS_PROXY: written, HTTP_PROXY: written };
    honourProxy(env);
    const agents = createAgents({ proxies: readProxies(env), timeoutMs: 1 });
    for (const url of ['http://example.com', 'https://example.com']) {
      assert.ok(agents.for(new URL(url)));
      assert.equal(agents.proxyFor(new URL(url))?.url.host, host);
    }
  });
}
