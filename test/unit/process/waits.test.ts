// Every wait of a client ends with the program, and nothing is sent after it; only what completes something begun goes on for a while.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Clients } from '../../../core/clients/clients.ts';
import type { Config } from '../../../core/config/config.ts';
import { StoppingError } from '../../../core/errors.ts';
import { Shutdown } from '../../../core/process/ending.ts';
import { parseConfig } from '../../../core/config/parse.ts';
import { Gate, type Fate } from '../../fakes/gate.ts';
import { manualClock } from '../../fakes/clock.ts';
import { configText } from '../../fakes/world.ts';
import { until } from '../../fakes/until.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Stage {
  readonly gate: Gate;
  readonly clients: Clients;
  readonly ending: Ending;
  readonly constants: Config['constants'];
  readonly sleeping: () => number;
}

/** Its seconds pass when the test says so. */
class Ending {
  private readonly first = new AbortController();
  private readonly second = new AbortController();
  readonly stopping = this.first.signal;
  readonly cutOff = this.second.signal;
  begin(): void {
    this.first.abort();
  }
  giveUp(): void {
    this.second.abort();
  }
}

const scope = { workspace: '{0aaaaaaa-0000-4000-8000-000000000001}' };

async function stage(t: TestContext, fate: Fate): Promise<Stage> {
  const gate = new Gate('http://127.0.0.1:1');
  gate.fate = () => fate;
  const url = await gate.listen();
  const folder = mkdtempSync(join(tmpdir(), 'runner-autoscaler-waits-'));
  t.after(() => gate.close());
  t.after(() => rmSync(folder, { recursive: true }));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      ...{ 'current-context': 'a', contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }] },
      ...{ clusters: [{ name: 'a', cluster: { server: url } }], users: [{ name: 'a', user: {} }] },
    }),
  );
  const ending = new Ending();
  const clock = manualClock();
  const env = {
    ...{ BITBUCKET_API_URL: url, ATLASSIAN_ACCOUNT_EMAIL: 'a@example.com', ATLASSIAN_API_TOKEN: 'token' },
    ...{ CIRCLECI_RUNNER_API_URL: url, CIRCLE_TOKEN: 'token', KUBECONFIG: kubeconfig },
    ...{ AWS_ENDPOINT_URL_AUTO_SCALING: url, AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' },
  };
  const clients = new Clients({
    ...{ env, clock, ending, random: () => 0.5, readFile: () => '', onCall: () => undefined },
  });
  const { config } = parseConfig(configText({}), 'runner_config.yaml');
  assert.ok(config);
  return { gate, clients, ending, constants: config.constants, sleeping: () => clock.sleeping() };
}

type Ask = (stage: Stage) => Promise<unknown>;

const job = { metadata: { name: 'job' } };
const reads: Readonly<Record<string, Ask>> = {
  'a list of runners': ({ clients, constants }) => clients.bitbucket(constants).listRunners(scope),
  'a look at one runner': ({ clients, constants }) => clients.bitbucket(constants).getRunner(scope, 'id'),
  'a count of tasks': ({ clients }) => clients.circleCi().countRunning('acme/linux'),
  'a list of Jobs': ({ clients }) => clients.kubernetes().listJobs('runners', ''),
  'a look at a CronJob': ({ clients }) => clients.kubernetes().getCronJob('runners', 'linux'),
  'groups of AWS': ({ clients }) => clients.autoScaling('eu-west-1').describe(['a']),
  'what AWS has launched': ({ clients }) => clients.autoScaling('eu-west-1').endedLaunches('a'),
};
const changes: Readonly<Record<string, Ask>> = {
  'a registration': ({ clients, constants }) =>
    clients.bitbucket(constants).createRunner(scope, { name: 'a', labels: [] }),
  'a disabling': ({ clients, constants }) => clients.bitbucket(constants).setDisabled(scope, 'id', true),
  'a removal': ({ clients, constants }) => clients.bitbucket(constants).deleteRunner(scope, 'id'),
  'a Job of a CronJob': ({ clients }) => clients.kubernetes().createJob('runners', job),
  'a deletion of a Job': ({ clients }) => clients.kubernetes().deleteJob('runners', 'job'),
  'an event': ({ clients }) =>
    clients.kubernetes().createEvent('runners', { metadata: { name: 'a' }, involvedObject: {} }),
  'a desired capacity': ({ clients }) => clients.autoScaling('eu-west-1').setDesiredCapacity('a', 1),
  'an end of an instance': ({ clients }) => clients.autoScaling('eu-west-1').terminateInstance('i-1'),
};
const completions: Readonly<Record<string, Ask>> = {
  'the undoing of a registration': ({ clients, constants }) =>
    clients.bitbucket(constants).deleteRunner(scope, 'id', 'undo'),
  'the Secret of a runner': ({ clients }) =>
    clients.kubernetes().createSecret('runners', { metadata: { name: 'a' } }, { completes: true }),
  'the Job of a runner': ({ clients }) => clients.kubernetes().createJob('runners', job, { completes: true }),
};

const waits: readonly (readonly [what: string, fate: Fate])[] = [
  ['no answer comes', 'hang'],
  ['it was asked to wait', { status: 429, headers: { 'retry-after': '9' } }],
  ['it waits before another attempt', { status: 503 }],
];

for (const [name, ask] of Object.entries(reads)) {
  for (const [what, fate] of waits) {
    test(`${name} ends with the program, while ${what}, and is not sent again`, async (t) => {
      const given = await stage(t, fate);
      const asked = assert.rejects(ask(given), StoppingError);
      await until('its first attempt', () => given.gate.calls.length > 0);
      // AWS's SDK waits by the machine's clock.
      if (fate !== 'hang' && !/AWS/.test(name)) await until('its wait', () => given.sleeping() > 0);
      const sent = given.gate.calls.length;
      given.ending.begin();
      await asked;
      assert.equal(given.gate.calls.length, sent);
    });
  }
}

for (const [name, ask] of Object.entries({ ...reads, ...changes })) {
  test(`${name} is not sent by a program that is told to end`, async (t) => {
    const given = await stage(t, 'hang');
    given.ending.begin();
    await assert.rejects(ask(given), StoppingError);
    assert.equal(given.gate.calls.length, 0);
  });
}

for (const [name, ask] of Object.entries({ ...changes, ...completions })) {
  test(`${name} that is under way gets its time, and no more`, async (t) => {
    const given = await stage(t, 'hang');
    let isOver = false;
    const asked = assert.rejects(ask(given), StoppingError).then(() => (isOver = true));
    await until('its attempt', () => given.gate.calls.length > 0);
    given.ending.begin();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isOver, false);
    given.ending.giveUp();
    await asked;
  });
}

for (const [name, ask] of Object.entries(completions)) {
  test(`${name} is still sent by a program that is told to end, until its time is over`, async (t) => {
    const given = await stage(t, { status: 403 });
    given.ending.begin();
    await assert.rejects(ask(given), { name: /Error/ });
    assert.equal(given.gate.calls.length, 1);
    given.ending.giveUp();
    await assert.rejects(ask(given), StoppingError);
    assert.equal(given.gate.calls.length, 1);
  });
}

test('an ending that has begun begins only once, and leaves no timer', () => {
  const ending = new Shutdown();
  ending.begin();
  ending.begin();
  assert.ok(ending.stopping.aborted);
  assert.ok(!ending.cutOff.aborted);
  ending.done();
});
