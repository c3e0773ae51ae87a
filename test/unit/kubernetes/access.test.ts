// What a kubeconfig's user and cluster become on the wire: headers, TLS options and connections.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createKubernetesClient } from '../../../core/clients/kubernetes/client.ts';
import { loadKubeconfig } from '../../../core/clients/kubernetes/kubeconfig.ts';
import type { ClusterAccess } from '../../../core/clients/kubernetes/access.ts';
import { autoAdvanceClock } from '../../fakes/clock.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('access to a cluster', () => {
  const clock = autoAdvanceClock(0);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'access-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function accessWith(user: object, cluster: object = {}): ClusterAccess {
    const path = join(folder, 'kubeconfig');
    const document = {
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server: 'https://cluster.invalid', ...cluster } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    };
    writeFileSync(path, JSON.stringify(document));
    return loadKubeconfig({ path }, clock);
  }
  const headersOf = async (access: ClusterAccess): Promise<RequestOptions['headers']> =>
    (await access.options()).headers;

  it('sends a token, a password, or nothing', async () => {
    assert.deepEqual(await headersOf(accessWith({ token: 't' })), { authorization: 'Bearer t' });
    const basic = accessWith({ username: 'me', password: 'p:w' });
    assert.deepEqual(await headersOf(basic), { authorization: `Basic ${base64('me:p:w')}` });
    assert.deepEqual(await headersOf(accessWith({})), {});
  });

  it('says on whose behalf it asks', async () => {
    assert.deepEqual(await headersOf(accessWith({ as: 'somebody' })), { 'impersonate-user': 'somebody' });
  });

  it('reads a token file, beside the kubeconfig, anew when it is a minute old', async () => {
    writeFileSync(join(folder, 'token'), 'one\n');
    const access = accessWith({ tokenFile: 'token', token: 'written down' });
    assert.deepEqual(await headersOf(access), { authorization: 'Bearer one' });
    writeFileSync(join(folder, 'token'), 'two\n');
    clock.pass(60_000);
    assert.deepEqual(await headersOf(access), { authorization: 'Bearer one' });
    clock.pass(1);
    assert.deepEqual(await headersOf(access), { authorization: 'Bearer two' });
  });

  it('rejects while its token file cannot be read', async () => {
    await assert.rejects(accessWith({ tokenFile: 'absent' }).options(), { code: 'ENOENT' });
  });

  it('presents certificates, written down or in files', async () => {
    writeFileSync(join(folder, 'key.pem'), 'the key');
    const user = { 'client-certificate-data': base64('the certificate'), 'client-key': 'key.pem' };
    const cluster = { 'certificate-authority-data': base64('the authority') };
    const { ca, cert, key } = await accessWith(user, cluster).options();
    assert.deepEqual([ca, cert, key].map(String), ['the authority', 'the certificate', 'the key']);
  });

  it('verifies TLS unless told not to, by the name that is given', async () => {
    const usual = await accessWith({}).options();
    assert.deepEqual([usual.rejectUnauthorized, usual.servername], [undefined, undefined]);
    const cluster = { 'insecure-skip-tls-verify': true, 'tls-server-name': 'inside' };
    const told = await accessWith({}, cluster).options();
    assert.deepEqual([told.rejectUnauthorized, told.servername], [false, 'inside']);
  });

  it('asks the program that a kubeconfig names for a token', async () => {
    const credential = {
      ...{ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential' },
      status: { token: 'issued' },
    };
    const args = ['-e', `console.log(${JSON.stringify(JSON.stringify(credential))})`];
    const exec = { apiVersion: credential.apiVersion, command: process.execPath, args };
    const options = await accessWith({ exec }).options();
    assert.deepEqual(options.headers, { authorization: 'Bearer issued' });
    assert.equal(options.agent, undefined);
  });

  it('leaves a SOCKS proxy that a kubeconfig names to client-node', async () => {
    const { agent } = await accessWith({}, { 'proxy-url': 'socks5://proxy.invalid:1080' }).options();
    assert.equal(agent?.constructor.name, 'SocksProxyAgent');
  });

  it('keeps its connection between calls', async () => {
    let connections = 0;
    const server = createServer((_request, response) =>
      response.end('{"kind":"JobList","metadata":{},"items":[]}'),
    );
    server.on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = createKubernetesClient({ kubeconfig: { server: `http://127.0.0.1:${port}` }, clock });
    for (let calls = 0; calls < 3; calls += 1) {
      await client.listJobs('default', '');
      await nextTurn();
    }
    server.closeAllConnections();
    server.close();
    assert.equal(connections, 1);
  });
});
