// The endpoints of a program, asked over HTTP.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Gauge, Registry } from 'prom-client';
import { startServer, type Readiness, type RunningServer } from '../../../core/process/server.ts';

describe('the endpoints of a program', () => {
  const registry = new Registry();
  new Gauge({ name: 'answer', help: 'of everything', registers: [registry] }).set(42);
  let readiness: Readiness = { ready: true, reasons: [] };
  let status: () => object = () => ({ leader: true });
  let server: RunningServer;
  before(async () => {
    server = await startServer({
      ...{ port: 0, host: '127.0.0.1', registry },
      readiness: () => readiness,
      status: () => status(),
      page: () => '<!doctype html><title>é</title>',
    });
  });
  after(() => server.close());

  async function get(path: string, method = 'GET'): Promise<[status: number, type: string, body: string]> {
    const response = await fetch(`${server.url}${path}`, { method });
    return [response.status, response.headers.get('content-type') ?? '', await response.text()];
  }

  it('answer health, status and page, whatever the query', async () => {
    assert.deepEqual(await get('/healthz'), [200, 'application/json; charset=utf-8', '{"status":"ok"}']);
    assert.deepEqual((await get('/status?pretty'))[2], '{"leader":true}');
    assert.deepEqual(await get('/'), [200, 'text/html; charset=utf-8', '<!doctype html><title>é</title>']);
  });

  it('answer readiness by status and reasons', async () => {
    assert.equal((await get('/readyz'))[0], 200);
    readiness = { ready: false, reasons: ['group a was never observed'] };
    const [code, , body] = await get('/readyz');
    assert.deepEqual([code, JSON.parse(body)], [503, readiness]);
  });

  it('answer metrics in the form that Prometheus reads', async () => {
    const [code, type, body] = await get('/metrics');
    assert.equal(code, 200);
    assert.match(type, /^text\/plain; version=0\.0\.4/);
    assert.match(body, /^answer 42$/m);
  });

  it('refuse other paths and methods, and send no body to HEAD', async () => {
    assert.equal((await get('/constructor'))[0], 404);
    assert.equal((await get('/status', 'POST'))[0], 405);
    assert.deepEqual(await get('/healthz', 'HEAD').then(([code, , body]) => [code, body]), [200, '']);
  });

  it('stay up when an answer fails, and say nothing of why', async () => {
    status = () => {
      throw new Error('something private');
    };
    const [code, , body] = await get('/status');
    assert.equal(code, 500);
    assert.doesNotMatch(body, /private/);
    assert.equal((await get('/healthz'))[0], 200);
  });

  it('say that their port is taken', async () => {
    const port = Number(new URL(server.url).port);
    const again = startServer({
      ...{ port, host: '127.0.0.1', registry },
      readiness: () => readiness,
      status,
      page: () => '',
    });
    await assert.rejects(again, { code: 'EADDRINUSE' });
  });
});
