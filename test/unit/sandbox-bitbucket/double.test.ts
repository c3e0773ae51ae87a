// The Bitbucket double over HTTP, asked as any client would. It does not test the modelled world itself.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Clock } from '../../../core/process/clock.ts';
import {
  createBitbucketDouble,
  type BitbucketDouble,
  type BitbucketDoubleOptions,
} from '../../../sandbox/bitbucket/double.ts';
import { identify, worldScope } from '../../../sandbox/bitbucket/identity.ts';
import { CiService } from '../../../simulate/ci-service.ts';
import { Timeline } from '../../../simulate/timeline.ts';

/** Whatever an answer may hold; a test reads what its answer should have. */
interface Body {
  type: string;
  uuid: string;
  labels: string[];
  state: { status: string; cordoned: boolean; step?: { uuid: string }; version?: { version: string } };
  created_on: string;
  oauth_client: { id: string; secret: string };
  error: { message: string };
  size: number;
  pagelen: number;
  values: Body[];
  next?: string;
  access_token: string;
  expires_in: number;
  token_type: string;
}

interface Reply {
  status: number;
  headers: Headers;
  body: Body;
}

const labels = ['self.hosted', 'linux', 'my.group', 'autoscaler.created'];
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const someone = basic('ann@example.com', 'token');
const acme = '/internal/workspaces/acme/pipelines-config/runners';
const publicAcme = '/2.0/workspaces/acme/pipelines-config/runners';

let time: number;
let clock: Clock;
let timeline: Timeline;
let service: CiService;
let double: BitbucketDouble | undefined;
let base: string;

async function open(options: Partial<BitbucketDoubleOptions> = {}): Promise<void> {
  double = createBitbucketDouble({ service, timeline, clock, ...options });
  base = await double.listen();
}

function bitbucket(): BitbucketDouble {
  assert.ok(double);
  return double;
}

async function ask(method: string, path: string, body?: unknown, authorization = someone): Promise<Reply> {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const url = path.startsWith('http') ? path : base + path;
  const response = await fetch(url, {
    method,
    headers: { authorization },
    ...(text === undefined ? {} : { body: text }),
  });
  const answered = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (answered === '' ? undefined : JSON.parse(answered)) as Body,
  };
}

async function register(path = acme): Promise<string> {
  const { status, body } = await ask('POST', path, { name: 'Linux', labels });
  assert.equal(status, 200);
  return body.uuid;
}

const at = (list: string, uuid: string): string => `${list}/${encodeURIComponent(uuid)}`;
const bare = (uuid: string): string => uuid.slice(1, -1);

async function grant(authorization: string): Promise<Reply> {
  return ask('POST', '/site/oauth2/access_token', 'grant_type=client_credentials', authorization);
}

beforeEach(() => {
  time = Date.parse('2026-11-24T10:00:00Z');
  clock = { now: () => time, sleep: () => Promise.resolve() };
  timeline = new Timeline(time);
  service = new CiService(timeline, {
    runnerLimit: 5,
    failsWithoutRunner: true,
    newId: randomUUID,
    reportEveryMs: 30_000,
    offlineAfterMs: 90_000,
  });
});

afterEach(async () => {
  await double?.close();
  double = undefined;
});

describe('a registration', () => {
  it('answers 200 with braces, nanoseconds and a secret that no later answer has', async () => {
    await open();
    const { status, body } = await ask('POST', acme, { name: 'Linux', labels });
    assert.equal(status, 200);
    assert.match(body.uuid, /^\{[0-9a-f-]{36}\}$/);
    assert.deepEqual(body.labels, labels);
    assert.equal(body.state.status, 'UNREGISTERED');
    assert.equal(body.state.cordoned, false);
    assert.equal('version' in body.state, false);
    assert.match(body.created_on, /^2026-11-24T10:00:00\.\d{9}Z$/);
    assert.ok(body.oauth_client.secret.length > 20);
    const read = await ask('GET', at(acme, body.uuid));
    assert.equal(read.body.oauth_client.id, body.oauth_client.id);
    assert.equal('secret' in read.body.oauth_client, false);
  });

  it('over the limit of the scope is a 400 and registers nothing', async () => {
    await open();
    for (let count = 0; count < 5; count++) await register();
    const { status, body } = await ask('POST', acme, { name: 'Linux', labels });
    assert.equal(status, 400);
    assert.equal(body.type, 'error');
    assert.match(body.error.message, /limit/);
    assert.equal(service.registeredEver, 5);
  });

  for (const [what, body] of [
    ['text that is not JSON', 'name=Linux'],
    ['no name', { labels }],
    ['no labels', { name: 'Linux' }],
    ['an empty list of labels', { name: 'Linux', labels: [] }],
    ['an upper-case label', { name: 'Linux', labels: ['Linux'] }],
    ['a label that is no text', { name: 'Linux', labels: [1] }],
    [
      'eleven custom labels',
      { name: 'Linux', labels: Array.from({ length: 11 }, (_, index) => `l${index}`) },
    ],
  ] as const)
    it(`with ${what} is a 400`, async () => {
      await open();
      assert.equal((await ask('POST', acme, body)).status, 400);
      assert.equal(service.registeredEver, 0);
    });
});

describe('a list', () => {
  it('comes in pages that lead to each other, each saying how many it holds', async () => {
    await open({ pageSize: 2 });
    const made = [];
    for (let count = 0; count < 5; count++) made.push(await register());
    const seen: string[] = [];
    const counts: number[] = [];
    for (let next: string | undefined = `${acme}?pagelen=100`; next !== undefined;) {
      const { body }: Reply = await ask('GET', next);
      assert.equal(body.size, 5);
      counts.push(body.pagelen);
      seen.push(...body.values.map(({ uuid }) => uuid));
      next = body.next;
    }
    assert.deepEqual(seen, made);
    assert.deepEqual(counts, [2, 2, 1]);
  });

  it('refuses a page length above 100 and a page that is no number', async () => {
    await open();
    assert.equal((await ask('GET', `${acme}?pagelen=101`)).status, 400);
    assert.equal((await ask('GET', `${acme}?page=zero`)).status, 400);
  });

  it('is the same under the slug and under the uuid that the slug stands for', async () => {
    await open();
    const uuid = await register();
    const workspace = (await ask('GET', '/2.0/workspaces/acme')).body.uuid;
    assert.match(workspace, /^\{/);
    const list = `/internal/workspaces/${encodeURIComponent(workspace)}/pipelines-config/runners`;
    assert.equal((await ask('GET', list)).body.values[0]?.uuid, uuid);
  });

  it('of a repository is apart from that of its workspace', async () => {
    await open();
    await register('/internal/repositories/acme/site/pipelines-config/runners');
    assert.equal((await ask('GET', acme)).body.size, 0);
    const repository = (await ask('GET', '/2.0/repositories/acme/site')).body;
    assert.equal(repository.uuid, identify({ workspace: 'acme', repository: 'site' }).repository);
    assert.equal(service.registered(worldScope({ workspace: 'acme', repository: repository.uuid })), 1);
  });
});

describe('the state of a runner', () => {
  async function busyRunner(): Promise<string> {
    const uuid = await register();
    service.connect(bare(uuid));
    service.arrive({ scope: worldScope({ workspace: 'acme' }), labels: ['linux'], runMs: 600_000 });
    time += 31_000;
    return uuid;
  }

  it('shows the step of a busy runner in the internal flavour only', async () => {
    await open();
    const uuid = await busyRunner();
    const { state } = (await ask('GET', at(acme, uuid))).body;
    assert.equal(state.status, 'ONLINE');
    assert.match(state.step?.uuid ?? '', /^\{/);
    assert.ok(state.version?.version);
    assert.equal('step' in (await ask('GET', at(publicAcme, uuid))).body.state, false);
    assert.equal('step' in ((await ask('GET', publicAcme)).body.values[0]?.state ?? { step: 'none' }), false);
  });

  it('shows the step in the public flavour too where it is told to', async () => {
    await open({ publicShowsStep: true });
    const uuid = await busyRunner();
    assert.ok((await ask('GET', at(publicAcme, uuid))).body.state.step);
  });

  it('moves on with the clock: the step is gone after the build', async () => {
    await open();
    const uuid = await busyRunner();
    time += 700_000;
    assert.equal('step' in (await ask('GET', at(acme, uuid))).body.state, false);
    assert.equal(service.builds.count('done'), 1);
  });

  it('is disabled and enabled by the internal PUT of the state', async () => {
    await open();
    const uuid = await register();
    service.connect(bare(uuid));
    const put = await ask('PUT', `${at(acme, uuid)}/state`, { status: 'DISABLED' });
    assert.deepEqual([put.status, put.body.state.status], [200, 'DISABLED']);
    await ask('PUT', `${at(acme, uuid)}/state`, { status: 'ENABLED' });
    assert.equal((await ask('GET', at(acme, uuid))).body.state.status, 'ONLINE');
    assert.equal((await ask('PUT', `${at(acme, uuid)}/state`, { status: 'OFFLINE' })).status, 400);
  });

  it('is disabled by the public PUT of the runner, which the internal flavour does not have', async () => {
    await open();
    const uuid = await register();
    const put = await ask('PUT', at(publicAcme, uuid), { disabled: true, name: 'Linux', labels });
    assert.deepEqual([put.status, put.body.state.status], [200, 'DISABLED']);
    assert.equal((await ask('PUT', at(publicAcme, uuid), {})).status, 400);
    assert.equal((await ask('PUT', at(acme, uuid), { disabled: true })).status, 405);
    assert.equal((await ask('PUT', `${at(publicAcme, uuid)}/state`, { status: 'DISABLED' })).status, 404);
  });

  it('ends with a 204, after which the runner is a 404', async () => {
    await open();
    const uuid = await register();
    const gone = await ask('DELETE', at(acme, uuid));
    assert.deepEqual([gone.status, gone.body], [204, undefined]);
    for (const method of ['GET', 'DELETE']) {
      const { status, body } = await ask(method, at(acme, uuid));
      assert.deepEqual([status, body.type], [404, 'error']);
    }
  });
});

describe('who may call', () => {
  it('is whoever has a token of a consumer, until it expires', async () => {
    await open({ tokenLifetimeMs: 600_000 });
    const { status, body } = await grant(basic('consumer', 'secret'));
    assert.deepEqual([status, body.expires_in, body.token_type], [200, 600, 'bearer']);
    const bearer = `Bearer ${body.access_token}`;
    assert.equal((await ask('GET', acme, undefined, bearer)).status, 200);
    time += 600_000;
    const late = await ask('GET', acme, undefined, bearer);
    assert.equal(late.status, 401);
    assert.match(late.body.error.message, /^Access token expired\./);
  });

  it('is nobody without credentials, with a made-up token, or after all tokens were expired', async () => {
    await open();
    const { body } = await grant(basic('consumer', 'secret'));
    bitbucket().expireTokens();
    for (const authorization of ['', 'Bearer made-up', 'Basic !', `Bearer ${body.access_token}`])
      assert.equal((await ask('GET', acme, undefined, authorization)).status, 401, authorization);
  });

  it('is only whom the double was told of, if it was', async () => {
    await open({
      credentials: {
        consumers: [{ user: 'consumer', password: 'secret' }],
        basic: [{ user: 'ann', password: 'right' }],
        accessTokens: ['long-lived'],
      },
    });
    assert.equal((await grant(basic('consumer', 'secret'))).status, 200);
    const refused = await grant(basic('consumer', 'wrong'));
    assert.deepEqual([refused.status, refused.body.error], [400, 'unauthorized_client']);
    assert.equal((await ask('GET', acme, undefined, basic('ann', 'right'))).status, 200);
    assert.equal((await ask('GET', acme, undefined, basic('ann', 'wrong'))).status, 401);
    assert.equal((await ask('GET', acme, undefined, 'Bearer long-lived')).status, 200);
  });
});

describe('the rate limit', () => {
  it('answers 429 to one credential until its hour has rolled on, and not to another', async () => {
    await open({ ratePerHour: 2, saysRetryAfter: true });
    await ask('GET', acme);
    time += 1_800_000;
    await ask('GET', acme);
    const refused = await ask('GET', acme);
    assert.equal(refused.status, 429);
    assert.match(refused.body.error.message, /Rate limit/);
    assert.equal(refused.headers.get('retry-after'), '1800');
    assert.equal((await ask('GET', acme, undefined, basic('bob', 'token'))).status, 200);
    time += 1_800_000;
    assert.equal((await ask('GET', acme)).status, 200);
    assert.equal((await ask('GET', acme)).status, 429);
  });

  it('does not say Retry-After unless it was told to', async () => {
    await open({ ratePerHour: 0 });
    assert.equal((await ask('GET', acme)).headers.get('retry-after'), null);
  });
});

describe('a fault', () => {
  const isPost = (method: string): boolean => method === 'POST';

  it('of a status hits as many matching calls as planned, which then do nothing', async () => {
    await open();
    bitbucket().failNext({ match: isPost, times: 2, with: 503 });
    assert.equal((await ask('GET', acme)).status, 200);
    for (let count = 0; count < 2; count++)
      assert.equal((await ask('POST', acme, { name: 'Linux', labels })).status, 503);
    assert.equal(service.registeredEver, 0);
    await register();
  });

  for (const [kind, registered] of [
    ['reset-before', 0],
    ['html', 0],
    ['reset-after', 1],
    ['half', 1],
  ] as const)
    it(`of the kind ${kind} gives no usable answer, with ${registered} registered`, async () => {
      await open();
      bitbucket().failNext({ match: isPost, with: kind });
      await assert.rejects(ask('POST', acme, { name: 'Linux', labels }));
      assert.equal(service.registeredEver, registered);
      await register();
    });

  it('of the kind empty does it and says nothing', async () => {
    await open();
    bitbucket().failNext({ with: 'empty' });
    const { status, body } = await ask('POST', acme, { name: 'Linux', labels });
    assert.deepEqual([status, body, service.registeredEver], [200, undefined, 1]);
  });

  for (const [kind, registered] of [
    ['hang', 0],
    ['hang-after', 1],
  ] as const)
    it(`of the kind ${kind} never answers, with ${registered} registered, until the double closes`, async () => {
      await open();
      bitbucket().failNext({ with: kind });
      const asked = assert.rejects(ask('POST', acme, { name: 'Linux', labels }));
      while (bitbucket().calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
      await bitbucket().close();
      await asked;
      assert.equal(service.registeredEver, registered);
    });
});

describe('what came in', () => {
  it('is recorded with the path as sent and the status, or none for a broken connection', async () => {
    await open();
    const uuid = await register();
    bitbucket().failNext({ with: 'reset-before' });
    await assert.rejects(ask('GET', `${at(acme, uuid)}?x=1`));
    await ask('GET', '/2.0/somewhere/else');
    assert.deepEqual(
      bitbucket().calls.map(({ method, path, status }) => [method, path, status]),
      [
        ['POST', acme, 200],
        ['GET', `${acme}/%7B${bare(uuid)}%7D`, undefined],
        ['GET', '/2.0/somewhere/else', 404],
      ],
    );
  });

  it('may be a path that cannot be decoded, which is a 400', async () => {
    await open();
    assert.equal((await ask('GET', '/2.0/workspaces/%zz')).status, 400);
  });
});
