// Every service is reached through a real CONNECT proxy on loopback; the names end in .test, which resolve nowhere else.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { Clients } from '../../../core/clients/clients.ts';
import { honourProxy } from '../../../core/process/proxy.ts';
import { autoAdvanceClock } from '../../fakes/clock.ts';
import { createAuthority } from './certificates.ts';
import { startProxy, startSecure, type ProxyServer } from './proxy-server.ts';

const publicAuthority = createAuthority('public');
const clusterAuthority = createAuthority('cluster');
setDefaultCACertificates([publicAuthority.cert]);

const hosts = [
  'api.bitbucket.test',
  'bitbucket.test',
  'circleci.test',
  'autoscaling.test',
  'sts.test',
  'sso.test',
  'oidc.test',
];
const constants = { bitbucketApi: 'internal', apiCallsPerHour: 1000, cleanerCallsPerHour: 0 } as Parameters<
  Clients['bitbucket']
>[0];
const scope = { workspace: '{0aaaaaaa-0000-4000-8000-000000000001}' };
const longAgo = '2099-01-01T00:00:00Z';

const answers: Record<string, string> = {
  'api.bitbucket.test': '{"page":1,"pagelen":0,"values":[]}',
  'bitbucket.test': '{"access_token":"issued","expires_in":7200}',
  'circleci.test': '{"unclaimed_task_count":3}',
  'autoscaling.test':
    '<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups/></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>',
  'sts.test': `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>AKIAFROMSTS</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${longAgo}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
  'sso.test': `{"roleCredentials":{"accessKeyId":"AKIAFROMSSO","secretAccessKey":"s","sessionToken":"t","expiration":${Date.parse(longAgo)}}}`,
  'oidc.test': '{"issuer":"https://oidc.test"}',
};

interface Scene {
  readonly proxy: ProxyServer;
  readonly clients: Clients;
  readonly env: Record<string, string>;
  readonly folder: string;
  /** What the servers behind the proxy saw of AWS. */
  readonly authorizations: string[];
  readonly targets: () => string[];
}

interface SceneOptions {
  readonly refusal?: number;
  readonly env?: (proxyPort: number) => Record<string, string>;
}

function kubeconfig(folder: string, cluster: object, user: object): string {
  const path = join(folder, 'kubeconfig');
  const document = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: 'https://cluster.test:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  };
  writeFileSync(path, JSON.stringify(document));
  return path;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

async function stage(t: TestContext, { refusal, env: more = () => ({}) }: SceneOptions = {}): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'way-out-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const authorizations: string[] = [];
  const secure = await startSecure(t, publicAuthority.sign('vendors', hosts), ({ headers }, response) => {
    const host = headers.host ?? '';
    if (host === 'autoscaling.test') authorizations.push(headers.authorization ?? '');
    response.end(answers[host] ?? '{}');
  });
  const cluster = await startSecure(
    t,
    {
      ...clusterAuthority.sign('inside', ['inside.test']),
      ...{ ca: clusterAuthority.cert, requestCert: true },
    },
    (request: IncomingMessage, response: ServerResponse) => {
      const client = (request.socket as TLSSocket).getPeerCertificate().subject?.CN;
      const items = [{ metadata: { name: String(client) } }];
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ kind: 'PodList', metadata: {}, items }));
    },
  );
  const ports = Object.fromEntries([
    ...hosts.map((host) => [host, secure]),
    ['cluster.test', cluster],
  ]) as Record<string, number>;
  const proxy = await startProxy(t, ports, refusal);
  const client = clusterAuthority.sign('the-client');
  const env = {
    BITBUCKET_API_URL: 'https://api.bitbucket.test',
    BITBUCKET_OAUTH_URL: 'https://bitbucket.test/token',
    BITBUCKET_OAUTH_CLIENT_ID: 'id',
    BITBUCKET_OAUTH_CLIENT_SECRET: 'canary-consumer',
    CIRCLECI_RUNNER_API_URL: 'https://circleci.test/api/v3',
    CIRCLE_TOKEN: 'canary-circle',
    AWS_ENDPOINT_URL_AUTO_SCALING: 'https://autoscaling.test',
    KUBECONFIG: kubeconfig(
      folder,
      { 'certificate-authority-data': base64(clusterAuthority.cert), 'tls-server-name': 'inside.test' },
      { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(client.key) },
    ),
    HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
    ...more(proxy.port),
  };
  const clock = autoAdvanceClock(Date.parse('2026-12-01T00:00:00Z'));
  const readFile = (): string => '';
  const clients = new Clients({ env, readFile, clock, random: () => 0, onCall: () => undefined });
  return {
    proxy,
    clients,
    env,
    folder,
    authorizations,
    targets: () => proxy.asked.map(({ target }) => target),
  };
}

/** The AWS SDK reads the environment of the process itself. */
function inProcessEnv(t: TestContext, env: Record<string, string>): void {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, env);
  t.after(() => {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, before);
  });
}

const keys = { AWS_ACCESS_KEY_ID: 'AKIAKEYS', AWS_SECRET_ACCESS_KEY: 's' };

const calls: Record<string, (clients: Clients) => Promise<unknown>> = {
  bitbucket: (clients) => clients.bitbucket(constants).listRunners(scope),
  circleci: (clients) => clients.circleCi().countUnclaimed('acme/large'),
  aws: (clients) => clients.autoScaling('eu-west-1').findTagged('resource-class'),
  kubernetes: (clients) => clients.kubernetes().listPods('runners', ''),
};

test('Bitbucket, its OAuth server and CircleCI are reached through HTTPS_PROXY', async (t) => {
  const { clients, targets } = await stage(t);
  assert.deepEqual(await clients.bitbucket(constants).listRunners(scope), []);
  assert.equal(await clients.circleCi().countUnclaimed('acme/large'), 3);
  assert.deepEqual(targets(), ['bitbucket.test:443', 'api.bitbucket.test:443', 'circleci.test:443']);
});

test('the API server is reached through HTTPS_PROXY by its own authority, server name and client certificate', async (t) => {
  const { clients, targets } = await stage(t);
  for (let look = 0; look < 3; look += 1) {
    const [pod] = await clients.kubernetes().listPods('runners', '');
    assert.equal(pod?.metadata?.name, 'the-client');
  }
  // One tunnel, which is kept.
  assert.deepEqual(targets(), ['cluster.test:6443']);
});

const untrusted = (where: string): RegExp =>
  new RegExp(`not signed by an authority that is trusted here, so nothing was sent:.* in ${where}\\.$`);

test('the API server is not believed through a proxy if another authority signed for it', async (t) => {
  const { clients, env, folder } = await stage(t);
  env['KUBECONFIG'] = kubeconfig(folder, { 'tls-server-name': 'inside.test' }, { token: 'canary' });
  await assert.rejects(clients.kubernetes().listPods('runners', ''), (error: Error) => {
    assert.match(error.message, /no answer from the API server cluster\.test:6443 \(/);
    assert.match(error.message, untrusted('certificate-authority of the kubeconfig'));
    return true;
  });
});

for (const [service, call] of Object.entries(calls).filter(([name]) => name !== 'kubernetes')) {
  test(`${service}: a proxy that breaks TLS open is not believed, and the setting that would trust it is named`, async (t) => {
    let requests = 0;
    const foreign = createAuthority('of the proxy').sign('vendors', hosts);
    const between = await startSecure(t, foreign, (_request, response) => {
      requests += 1;
      response.end('{}');
    });
    const proxy = await startProxy(t, Object.fromEntries(hosts.map((host) => [host, between])));
    const env = () => ({ ...keys, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    const { clients } = await stage(t, { env });
    await assert.rejects(call(clients), (error: Error) => {
      assert.match(error.message, untrusted('NODE_EXTRA_CA_CERTS'));
      return true;
    });
    assert.ok(proxy.asked.length > 0);
    assert.equal(requests, 0);
  });

  test(`${service}: a tunnel that breaks off is told as that`, async (t) => {
    const breaking = await startSecure(t, publicAuthority.sign('vendors', hosts), (request, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('{');
      setImmediate(() => request.socket.destroy());
    });
    const proxy = await startProxy(t, Object.fromEntries(hosts.map((host) => [host, breaking])));
    const env = () => ({ ...keys, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    const { clients } = await stage(t, { env });
    await assert.rejects(call(clients), (error: Error & { failure?: string }) => {
      assert.equal(error.failure, 'network');
      assert.match(error.message, /ECONNRESET/);
      assert.doesNotMatch(error.message, /hidden field/);
      return true;
    });
  });
}

test('Auto Scaling is reached through HTTPS_PROXY', async (t) => {
  const { clients, targets, authorizations } = await stage(t, { env: () => keys });
  assert.deepEqual(await calls['aws']?.(clients), []);
  assert.deepEqual(targets(), ['autoscaling.test:443']);
  assert.match(authorizations.join(), /AKIAKEYS/);
});

test('a role for a service account is assumed at STS through HTTPS_PROXY', async (t) => {
  const { clients, targets, authorizations, folder } = await stage(t);
  writeFileSync(join(folder, 'token'), 'web-identity');
  inProcessEnv(t, {
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/runners',
    AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'),
    AWS_ENDPOINT_URL_STS: 'https://sts.test',
    AWS_CONFIG_FILE: join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
  });
  assert.deepEqual(await calls['aws']?.(clients), []);
  assert.deepEqual(targets(), ['sts.test:443', 'autoscaling.test:443']);
  assert.match(authorizations.join(), /AKIAFROMSTS/);
});

for (const [what, noProxy, expected] of [
  ['goes by HTTP_PROXY', '', ['http://sts.test/']],
  ['goes directly where NO_PROXY says so', 'sts.test', []],
] as const) {
  test(`STS by plain http ${what}, wherever Auto Scaling is`, async (t) => {
    const { clients, env, folder, proxy } = await stage(t, {
      env: (port) => ({
        HTTPS_PROXY: `http://127.0.0.1:${port}`,
        HTTP_PROXY: `http://me:p%40ss@127.0.0.1:${port}`,
        NO_PROXY: noProxy,
      }),
    });
    writeFileSync(join(folder, 'token'), 'of the service account');
    inProcessEnv(t, {
      ...env,
      AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'),
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/runners',
      AWS_ENDPOINT_URL_STS: 'http://sts.test',
    });
    // The proxy answers what no STS would, and sts.test is no name: both fail, each in its own way.
    await assert.rejects(clients.autoScaling('eu-west-1').findTagged('resource-class'));
    const asked = proxy.asked.map(({ target }) => target);
    assert.deepEqual([...new Set(asked)], expected);
    for (const { authorization } of proxy.asked) assert.equal(authorization, `Basic ${base64('me:p@ss')}`);
  });
}

test('credentials of IAM Identity Center (SSO) are fetched through HTTPS_PROXY', async (t) => {
  const { clients, targets, authorizations, folder } = await stage(t);
  const startUrl = 'https://acme.awsapps.test/start';
  const cache = join(folder, '.aws', 'sso', 'cache');
  mkdirSync(cache, { recursive: true });
  const id = createHash('sha1').update(startUrl).digest('hex');
  writeFileSync(join(cache, `${id}.json`), JSON.stringify({ accessToken: 'a', expiresAt: longAgo }));
  writeFileSync(
    join(folder, 'config'),
    `[default]\nsso_start_url = ${startUrl}\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = dev\n`,
  );
  inProcessEnv(t, {
    HOME: folder,
    AWS_ENDPOINT_URL_SSO: 'https://sso.test',
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
  });
  assert.deepEqual(await calls['aws']?.(clients), []);
  assert.deepEqual(targets(), ['sso.test:443', 'autoscaling.test:443']);
  assert.match(authorizations.join(), /AKIAFROMSSO/);
});

for (const [service, call] of Object.entries(calls)) {
  test(`${service}: what NO_PROXY names is not asked of the proxy`, async (t) => {
    const { clients, targets } = await stage(t, {
      env: () => ({ ...keys, NO_PROXY: '.test,bitbucket.test' }),
    });
    await assert.rejects(call(clients), /ENOTFOUND|EAI_AGAIN/);
    assert.deepEqual(targets(), []);
  });

  test(`${service}: user and password in the proxy's URL are given to the proxy, decoded`, async (t) => {
    const env = (port: number) => ({ ...keys, HTTPS_PROXY: `http://me:p%40ss%3Aword@127.0.0.1:${port}` });
    const { clients, proxy } = await stage(t, { env });
    await call(clients);
    assert.equal(proxy.asked[0]?.authorization, `Basic ${base64('me:p@ss:word')}`);
  });

  for (const [status, advice] of [
    [407, /HTTP 407 Proxy Authentication Required\. Give user and password in HTTPS_PROXY/],
    [403, /HTTP 403 Forbidden\. Let the proxy allow \S+\.test:\d+, or add the host to NO_PROXY/],
  ] as const) {
    test(`${service}: a proxy that answers ${status} is named, with the variable and without its password`, async (t) => {
      const env = (port: number) => ({ ...keys, HTTPS_PROXY: `http://me:canary-proxy@127.0.0.1:${port}` });
      const { clients, proxy } = await stage(t, { refusal: status, env });
      await assert.rejects(call(clients), (error: Error) => {
        const named = `the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) refused to connect to`;
        assert.ok(error.message.includes(named), error.message);
        assert.match(error.message, advice);
        assert.doesNotMatch(error.message + String(error.stack), /canary/);
        return true;
      });
    });
  }

  test(`${service}: a proxy that is down is named, with the variable`, async (t) => {
    const env = () => ({ ...keys, HTTPS_PROXY: '', https_proxy: 'http://me:canary-proxy@127.0.0.1:1' });
    const { clients } = await stage(t, { env });
    await assert.rejects(call(clients), (error: Error) => {
      assert.match(
        error.message,
        /the proxy 127\.0\.0\.1:1 \(https_proxy\) was not reached: ECONNREFUSED\. Check https_proxy/,
      );
      assert.doesNotMatch(error.message, /canary/);
      return true;
    });
  });
}

test('plain http goes by HTTP_PROXY, with the whole URL, and its refusal is told', async (t) => {
  const env = (port: number) => ({
    CIRCLECI_RUNNER_API_URL: 'http://circleci.test/api/v3',
    HTTP_PROXY: `me:canary-proxy@127.0.0.1:${port}`,
  });
  const { clients, proxy } = await stage(t, { env });
  assert.equal(await calls['circleci']?.(clients), 7);
  const target = 'http://circleci.test/api/v3/runner/tasks?resource-class=acme%2Flarge';
  const authorization = `Basic ${base64('me:canary-proxy')}`;
  assert.deepEqual(proxy.asked, [{ method: 'GET', target, authorization }]);
  const refusing = await stage(t, { refusal: 407, env });
  await assert.rejects(
    calls['circleci']?.(refusing.clients) ?? Promise.resolve(),
    /the proxy 127\.0\.0\.1:\d+ \(HTTP_PROXY\) refused to connect to circleci\.test: HTTP 407/,
  );
});

test('proxy-url of a kubeconfig goes before HTTPS_PROXY and NO_PROXY', async (t) => {
  const { clients, targets, env, folder, proxy } = await stage(t, {
    env: () => ({ HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '*' }),
  });
  const client = clusterAuthority.sign('another');
  env['KUBECONFIG'] = kubeconfig(
    folder,
    {
      'proxy-url': `http://127.0.0.1:${proxy.port}`,
      ...{ 'certificate-authority-data': base64(clusterAuthority.cert), 'tls-server-name': 'inside.test' },
    },
    { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(client.key) },
  );
  const [pod] = await clients.kubernetes().listPods('runners', '');
  assert.equal(pod?.metadata?.name, 'another');
  assert.deepEqual(targets(), ['cluster.test:6443']);
});

test('what libraries fetch goes through the proxy too, and the agent that asks metadata services stays direct', async (t) => {
  const { env, targets } = await stage(t);
  const shared = http.globalAgent;
  honourProxy({ ...env, HTTP_PROXY: 'http://127.0.0.1:1' });
  assert.equal(http.globalAgent, shared);
  assert.deepEqual(await (await fetch('https://oidc.test/')).json(), { issuer: 'https://oidc.test' });
  assert.deepEqual(targets(), ['oidc.test:443']);
});
