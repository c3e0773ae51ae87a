// The controller's process: what it serves, what it logs, how it takes edits, and that it stops when told to.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ControllerStatus } from '../../../controller/main.ts';
import { sandboxCredentials } from '../../../sandbox/credentials.ts';
import { startTestController, TestController } from '../../fakes/controller.ts';
import { until } from '../../fakes/until.ts';
import { configText, minute, templateText } from '../../fakes/world.ts';

const isToken = (_method: string, path: string): boolean => path === '/site/oauth2/access_token';

async function metric(given: TestController, line: string): Promise<number | undefined> {
  const found = (await given.text('/metrics')).split('\n').find((each) => each.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
}

function jobs(given: TestController): number {
  given.world.advance();
  return given.world.kubernetes.objects('Job').length;
}

describe('what it serves', () => {
  test('/status has the shape that the page and others rely on', async (t) => {
    const given = await startTestController(t);
    await given.run(2 * minute);
    const status = (await (await given.get('/status')).json()) as ControllerStatus;
    assert.deepEqual([status.leader, status.leadership], [true, { state: 'leading' }]);
    const [group] = status.groups;
    assert.ok(group);
    const { name, source, target, observedAt, demand, capacity, decision } = group;
    assert.deepEqual([name, typeof source, typeof target], ['group-1', 'string', 'string']);
    assert.match(String(observedAt), /^2026-11-23T12:0\d:\d\d/);
    assert.deepEqual(demand, { kind: 'ratio', busy: 0, online: 1 });
    assert.deepEqual(capacity, { starting: 0, idle: 1, busy: 0, draining: 0, unhealthy: 0 });
    assert.deepEqual(Object.keys(decision ?? {}).sort(), [
      ...['actions', 'at', 'because', 'from', 'group', 'limits', 'reason', 'to'],
    ]);
    assert.deepEqual([decision?.reason, decision?.from, decision?.to], ['below-threshold', 1, 1]);
  });

  test('/metrics has every name that the design promises, and the numbers of the last look', async (t) => {
    const given = await startTestController(t, { groups: [{ parameters: { min: 3 } }] });
    await given.run(2 * minute);
    const value = (line: string): Promise<number | undefined> => metric(given, `runner_autoscaler_${line}`);
    assert.equal(await value('runners{group="group-1",state="idle"}'), 3);
    assert.equal(await value('runners{group="group-1",state="busy"}'), 0);
    assert.equal(await value('wanted_runners{group="group-1"}'), 3);
    assert.equal(await value('decisions_total{group="group-1",reason="below-min"}'), 1);
    assert.equal(
      await value('api_requests_total{service="bitbucket",operation="create-runner",status="200"}'),
      3,
    );
    assert.equal(await value('config_reloads_total{result="refused"}'), 0);
    assert.equal(await value('config_reloads_total{result="accepted"}'), 0);
    assert.equal(typeof (await value('leader')), 'number');
    const observedAt = await value('last_observed_timestamp_seconds{group="group-1"}');
    assert.ok(Math.abs((observedAt ?? 0) - given.clock.now() / 1000) <= 30);
  });

  test('a group that was never observed has its age in /metrics, and an edit does not make an observed one new', async (t) => {
    const given = await startTestController(t);
    const series = 'runner_autoscaler_last_observed_timestamp_seconds{group="group-1"}';
    given.world.bitbucket.failNext({ match: isToken, with: 401, times: 100_000 });
    await given.run(minute);
    assert.equal(await metric(given, series), 0);
    given.world.bitbucket.clearFaults();
    await given.run(2 * minute);
    const observedAt = (await metric(given, series)) ?? 0;
    assert.ok(observedAt > 0);
    given.world.bitbucket.failNext({ match: isToken, with: 401, times: 100_000 });
    given.world.bitbucket.failNext({ match: () => true, with: 503, times: 100_000 });
    given.edit([{ parameters: { min: 2 } }]);
    await given.run(minute);
    assert.equal(await metric(given, series), observedAt);
  });

  test('/healthz is fine at once, /readyz when every group was looked at, and no longer when that is long ago', async (t) => {
    const given = await startTestController(t);
    const isList = (method: string, path: string): boolean => method === 'GET' && path.endsWith('/runners');
    given.world.bitbucket.failNext({ match: isList, with: 500, times: 3 });
    assert.equal((await given.get('/healthz')).status, 200);
    const before = await given.get('/readyz');
    assert.equal(before.status, 503);
    assert.match(await before.text(), /group-1 was never observed/);
    await given.run(2 * minute);
    assert.equal((await given.get('/readyz')).status, 200);
    given.world.bitbucket.failNext({ match: isList, with: 500, times: 100_000 });
    await given.run(3 * minute);
    const stale = await given.get('/readyz');
    assert.equal(stale.status, 503);
    assert.match(await stale.text(), /was last observed \d+ s ago/);
  });
});

describe('readiness (docs/decisions/0026)', () => {
  test('one group that cannot be observed is named, and does not make the pod unready', async (t) => {
    const given = await startTestController(t, { groups: [{}, { repository: 'broken' }] });
    const ofOne = (_method: string, path: string): boolean => path.includes('/repositories/');
    given.world.bitbucket.failNext({ match: ofOne, with: 404, times: 100_000 });
    await given.run(2 * minute);
    const ready = await given.get('/readyz');
    assert.equal(ready.status, 200);
    assert.deepEqual(await ready.json(), { ready: true, reasons: ['group group-2 was never observed'] });
  });

  test('a replica that may not read the lease is not ready, and no page says that another one leads', async (t) => {
    const env = { POD_NAME: 'runner-controller-1', POD_NAMESPACE: 'control' };
    const made = new TestController({ env });
    t.after(() => made.end());
    const isLease = { method: 'GET', path: /\/leases\// };
    const forbidden = { status: 403, reason: 'Forbidden', message: 'leases is forbidden' };
    made.world.kubernetes.failNext({ match: isLease, with: forbidden, times: 100_000 });
    await made.start();
    await until(
      'that it has tried',
      () => made.controller.status().leadership.because?.includes('cannot') === true,
    );
    const ready = await made.get('/readyz');
    assert.equal(ready.status, 503);
    assert.match(
      await ready.text(),
      /it is not known who leads: the lease cannot be read or renewed: .*leases/,
    );
    const { leader, leadership } = made.controller.status();
    assert.deepEqual([leader, leadership.state], [false, 'unknown']);
    assert.equal(await metric(made, 'runner_autoscaler_leader'), 0);
    assert.equal(await metric(made, 'runner_autoscaler_leader_election_trouble'), 1);
    await made.stop();
    assert.ok(made.rawLogs.every((line) => !line.includes('another replica leads')));
  });
});

const file = (state: 'in-force' | 'refused', more: object) => ({ state, ...more });
const start = '2026-11-23T12:00:00.000Z';
const inForce = file('in-force', { since: start, problems: [] });
const reload = 'runner_autoscaler_config_last_reload_successful';

describe('a refused edit', () => {
  test('of the config shows in /status and as a gauge as long as it lasts, and is gone when it is reverted', async (t) => {
    const given = await startTestController(t);
    const good = configText({});
    await given.run(2 * minute);
    assert.deepEqual(given.controller.status().settings, { config: inForce, jobTemplate: inForce });
    given.write(configText({ groups: [{ parameters: { min: 20, max: 10 } }] }));
    await given.run(20 * minute);
    const { config, jobTemplate } = given.controller.status().settings;
    assert.deepEqual(
      [config.state, config.since, config.inForceSince],
      ['refused', '2026-11-23T12:02:05.000Z', start],
    );
    assert.match(
      config.problems.join(),
      /runner_config\.yaml:\d+:\d+: groups\[0\]\.parameters\.min: min is 20/,
    );
    assert.deepEqual(jobTemplate, inForce);
    assert.equal(await metric(given, `${reload}{file="config"}`), 0);
    assert.equal(await metric(given, `${reload}{file="job-template"}`), 1);
    given.write(good);
    await given.run(minute);
    assert.deepEqual(given.controller.status().settings, { config: inForce, jobTemplate: inForce });
    assert.equal(await metric(given, `${reload}{file="config"}`), 1);
    const accepted = given.logs.filter(({ msg }) => msg === 'the edited settings are in force');
    assert.deepEqual(
      accepted.map(({ changes }) => changes),
      [['nothing differs from what was in force']],
    );
  });

  test('of the job template holds back a good edit of the config, and both say so', async (t) => {
    const given = await startTestController(t);
    await given.run(minute);
    given.writeTemplate('kind: Pod');
    given.edit([{ parameters: { min: 2 } }]);
    await given.run(minute);
    const { config, jobTemplate } = given.controller.status().settings;
    assert.match(jobTemplate.problems.join(), /job\.yaml\.template:1:1/);
    assert.deepEqual([config.state, jobTemplate.state], ['refused', 'refused']);
    assert.match(config.problems.join(), /not in force before the other file is mended/);
    given.writeTemplate(templateText);
    await given.run(minute);
    const mended = given.controller.status().settings;
    assert.deepEqual([mended.config.state, mended.config.problems], ['in-force', []]);
    assert.equal(mended.jobTemplate.since, start, 'it never left force');
  });

  test('that is followed by another refused one is refused since the first', async (t) => {
    const given = await startTestController(t);
    await given.run(minute);
    given.write('groups: 1');
    await given.run(minute);
    const { since } = given.controller.status().settings.config;
    given.write('groups: 2');
    await given.run(minute);
    const { config } = given.controller.status().settings;
    assert.deepEqual([config.state, config.since], ['refused', since]);
  });
});

describe('an accepted edit', () => {
  test('is one log line that says what changed', async (t) => {
    const given = await startTestController(t);
    await given.run(minute);
    given.edit([{ parameters: { max: 12 } }, { name: 'other', labels: ['b'] }]);
    given.writeTemplate(templateText.replace('image: runner', 'image: runner-of-today'));
    await given.run(minute);
    const [line, ...more] = given.logs.filter(({ msg }) => msg === 'the edited settings are in force');
    assert.deepEqual(more, []);
    assert.deepEqual(line?.['changes'], [
      'job template changed',
      'groups.group-1.parameters.max: 10 → 12',
      'group other added',
    ]);
  });
});

describe('ordering that is stopped as starts fail', () => {
  const image = { kind: 'stuck', reason: 'ImagePullBackOff', message: 'no such image' } as const;

  test('goes on at once when the job template is edited, though the failed ones are still there', async (t) => {
    const given = await startTestController(t, { groups: [{ parameters: { min: 3 } }] });
    given.world.podMishap = image;
    await given.run(12 * minute);
    assert.equal(given.controller.status().groups[0]?.decision?.starts?.stopped, true);
    const before = jobs(given);
    given.world.podMishap = undefined;
    given.writeTemplate(templateText.replace('image: runner', 'image: runner-that-exists'));
    await given.run(minute);
    assert.ok(jobs(given) >= before + 3 || given.controller.status().groups[0]?.capacity?.idle === 3);
    assert.equal(given.controller.status().groups[0]?.decision?.starts, undefined);
    assert.ok(given.logs.some(({ msg }) => msg.startsWith('starts are tried anew')));
    assert.ok(given.logs.every(({ msg }) => msg !== 'runners come online again'));
  });

  test('goes on within minutes of a repair in the cluster', async (t) => {
    const given = await startTestController(t, { groups: [{ parameters: { min: 3 } }] });
    given.world.podMishap = image;
    await given.run(11 * minute);
    given.world.podMishap = undefined;
    await given.run(7 * minute);
    assert.equal(given.controller.status().groups[0]?.capacity?.idle, 3);
  });
});

describe('an edit', () => {
  test('of the config changes the next decision, and nothing restarts', async (t) => {
    const given = await startTestController(t);
    await given.run(2 * minute);
    assert.equal(jobs(given), 1);
    given.edit([{ parameters: { min: 4 } }]);
    await given.run(minute);
    assert.equal(jobs(given), 4);
    assert.equal(await metric(given, 'runner_autoscaler_config_reloads_total{result="accepted"}'), 1);
    assert.equal(given.logs.filter(({ msg }) => msg === 'started').length, 1);
  });

  test('that breaks the config changes nothing, is counted, and its problems are told with their places', async (t) => {
    const given = await startTestController(t, { groups: [{ parameters: { min: 2 } }] });
    await given.run(2 * minute);
    given.write(configText({ groups: [{ parameters: { min: 20, max: 10 } }] }));
    await given.run(2 * minute);
    assert.equal(jobs(given), 2);
    assert.equal(await metric(given, 'runner_autoscaler_config_reloads_total{result="refused"}'), 1);
    const refused = given.logs.filter(({ msg }) => msg.includes('refused'));
    assert.equal(refused.length, 1, 'said once, not at every look');
    assert.match(
      String(refused[0]?.['problems']),
      /runner_config\.yaml:\d+:\d+: groups\[0\]\.parameters\.min: min is 20/,
    );
    const [group] = given.controller.status().groups;
    assert.deepEqual(group?.policy, { min: 2, max: 10 });
    given.edit([{ parameters: { min: 3 } }]);
    await given.run(minute);
    assert.equal(jobs(given), 3, 'the next good one is taken');
  });

  test('that takes the file away changes nothing', async (t) => {
    const given = await startTestController(t);
    await given.run(2 * minute);
    given.write('');
    await given.run(2 * minute);
    given.builds(1, 20 * minute);
    await given.run(3 * minute);
    assert.equal(jobs(given), 2);
  });

  test('of the job template is in the next Job', async (t) => {
    const given = await startTestController(t);
    await given.run(minute);
    given.writeTemplate(templateText.replace('image: runner', 'image: runner-of-today'));
    await given.run(minute);
    given.edit([{ parameters: { min: 2 } }]);
    await given.run(minute);
    const images = JSON.stringify(given.world.kubernetes.objects('Job'));
    assert.equal(images.match(/"image":"runner-of-today"/g)?.length, 1);
  });

  test('that breaks the job template is refused', async (t) => {
    const given = await startTestController(t);
    await given.run(minute);
    given.writeTemplate('kind: Pod');
    await given.run(minute);
    given.edit([{ parameters: { min: 2 } }]);
    await given.run(minute);
    assert.equal(jobs(given), 1, 'both files are judged together');
    given.writeTemplate(templateText);
    await given.run(minute);
    assert.equal(jobs(given), 2);
  });

  test('adds a group, and ends another with its figures, leaving its runners', async (t) => {
    const given = await startTestController(t, { groups: [{ name: 'a', labels: ['a'] }] });
    await given.run(minute);
    given.edit([{ name: 'b', labels: ['b'] }]);
    await given.run(2 * minute);
    assert.deepEqual(
      given.controller.status().groups.map(({ name }) => name),
      ['b'],
    );
    assert.equal(jobs(given), 2);
    assert.doesNotMatch(await given.text('/metrics'), /runner_autoscaler_runners\{group="a"/);
  });

  test('of one group does not disturb the history of it or of the others', async (t) => {
    const given = await startTestController(t, { groups: [{}, {}] });
    await given.run(2 * minute);
    const before = given.controller.status().groups.map(({ history }) => history.length);
    given.edit([{ parameters: { max: 12 } }, {}]);
    await given.run(minute);
    const after = given.controller.status().groups.map(({ history }) => history.length);
    assert.ok(after.every((length, index) => length > (before[index] ?? 0)));
  });
});

describe('credentials', () => {
  const canary = 'canary-consumer-secret';
  const consumer = { user: 'consumer', password: canary };

  test('that are wrong: the process stays up, holds, says what to check, and works when they do', async (t) => {
    const given = await startTestController(t);
    given.world.bitbucket.failNext({ match: isToken, with: 401, times: 100_000 });
    await given.run(5 * minute);
    const trouble = given.logs.filter(({ level, msg }) => level === 'warn' && msg.startsWith('hold'));
    assert.equal(trouble.length, 1, 'said once');
    assert.match(String(trouble[0]?.['because']), /401/);
    assert.match(String(trouble[0]?.['because']), /BITBUCKET_OAUTH_CLIENT_ID|consumer/i);
    assert.equal((await given.get('/healthz')).status, 200);
    assert.equal(jobs(given), 0);
    given.world.bitbucket.clearFaults();
    await given.run(2 * minute);
    assert.equal(jobs(given), 1);
    assert.ok(given.logs.some(({ msg }) => msg.includes('can be observed again')));
  });

  test('P8: no secret is in any log line, status, metric or Job, whatever goes wrong', async (t) => {
    const given = await startTestController(t, {
      credentials: { ...sandboxCredentials, consumer },
      groups: [{ parameters: { min: 2 } }],
    });
    const { bitbucket, kubernetes } = given.world;
    bitbucket.failNext({ with: 'half', times: 2 });
    bitbucket.failNext({ match: isToken, with: 401 });
    kubernetes.failNext({ match: { method: 'POST', path: /secrets$/ }, with: 'truncated', times: 2 });
    kubernetes.failNext({
      match: { method: 'POST', path: /secrets$/ },
      with: { status: 422, message: 'no' },
    });
    await given.run(10 * minute);
    const secrets = kubernetes
      .objects('Secret')
      .flatMap(({ data }) => Object.values(data as Record<string, string>));
    assert.equal(secrets.length, 4);
    const said = [
      ...given.rawLogs,
      ...[await given.text('/status'), await given.text('/metrics')],
      JSON.stringify(kubernetes.objects('Job')),
    ].join('\n');
    const clientIds = /^[0-9a-z-]{1,24}$/i;
    const forbidden = [
      ...secrets.flatMap((encoded) => [encoded, Buffer.from(encoded, 'base64').toString()]),
      canary,
      Buffer.from(canary).toString('base64'),
    ].filter((value) => !clientIds.test(value));
    assert.ok(forbidden.length >= 4);
    for (const value of forbidden) assert.ok(!said.includes(value), `${value.slice(0, 3)}… was said`);
    assert.doesNotMatch(said, /Bearer [A-Za-z0-9]/);
  });
});

describe('stopping', () => {
  test('ends the ticks, the server and every call', async (t) => {
    const given = await startTestController(t, { groups: [{}, {}] });
    await given.run(minute);
    const { url } = given.controller;
    await given.stop();
    const calls = given.world.bitbucket.calls.length;
    await given.clock.advance(10 * minute);
    assert.equal(given.world.bitbucket.calls.length, calls);
    await assert.rejects(fetch(`${url}/healthz`));
    assert.equal(given.logs.at(-1)?.msg, 'stopped');
    assert.ok(given.rawLogs.every((line) => !line.includes('another replica leads')));
  });

  test('in the middle of an order begins no other runner, and each that is registered has its Job and its Secret', async (t) => {
    const given = await startTestController(t, { groups: [{ parameters: { min: 20, max: 20 } }] });
    const registrations = (): number =>
      given.world.bitbucket.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/runners'))
        .length;
    await until('the first registrations', () => registrations() > 0);
    await given.stop();
    const made = registrations();
    assert.ok(made < 20, `${made} of 20`);
    assert.equal(jobs(given), made);
    const owners = given.world.kubernetes
      .objects('Secret')
      .map(({ metadata }) => metadata.ownerReferences?.length);
    assert.deepEqual(owners, Array(made).fill(1));
    assert.ok(
      given.logs.every(({ level }) => level !== 'error'),
      'its end is no failure',
    );
    assert.ok(given.logs.some(({ msg }) => msg.includes('the program ends before this was done')));
  });
});
