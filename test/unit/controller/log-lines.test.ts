// What the log names at info: every runner that a decision touches, and of a hold its cause. Real HTTP against the doubles.

import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import pino from 'pino';
import { Journal } from '../../../controller/record/journal.ts';
import { mostNamed } from '../../../controller/record/names.ts';
import { Reconciler } from '../../../controller/reconcile.ts';
import { Plants } from '../../../controller/plants.ts';
import { policyOf } from '../../../controller/decide/policy.ts';
import { parseJobTemplate } from '../../../controller/manifest/parse-template.ts';
import { Clients } from '../../../core/clients/clients.ts';
import type { Env } from '../../../core/environment.ts';
import { minute, startWorld, templateText, type GivenWorld, type TestWorld } from '../../fakes/world.ts';

type Kinds = Readonly<Record<string, readonly string[]>>;

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly runners?: Kinds | readonly string[];
  readonly [field: string]: unknown;
}

interface Logged {
  readonly world: TestWorld;
  readonly lines: Line[];
  /** Ticks every 15 s for so long. */
  run(ms: number): Promise<void>;
}

/** One group with the production parts, whose log is kept. */
async function logged(t: TestContext, given: GivenWorld = {}, env: Env = {}): Promise<Logged> {
  const world = await startWorld(t, given);
  const { clock, config } = world;
  const lines: Line[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Line) };
  const journal = new Journal(pino({ level: 'debug' }, stream));
  const clients = new Clients({
    ...{ env: { ...world.env, ...env }, clock, random: () => 0 },
    ...{ readFile: () => '', onCall: () => undefined },
  });
  const { template } = parseJobTemplate(templateText, 'job.yaml.template');
  assert.ok(template !== undefined);
  const plants = new Plants({ clients, clock, template: () => template });
  const group = world.group();
  const reconciler = new Reconciler({
    ...{ plant: plants.build(group, config), policy: policyOf(group, config), clock },
    recorder: {
      decided: (decision, observation) => journal.decided(decision, observation),
      applied: (decision, results) => journal.applied(decision, results),
      unfinished: (name, error) => journal.unfinished(name, error),
    },
  });
  const run = async (ms: number): Promise<void> => {
    for (const until = clock.now() + ms; clock.now() < until; clock.pass(15_000)) {
      world.world.advance();
      await reconciler.tick();
    }
    world.world.advance();
  };
  return { world, lines, run };
}

const info = 30;

/** The uuids that info lines of this message name under this kind. */
function named({ lines }: Logged, msg: string, kind?: string): string[] {
  return lines
    .filter((line) => line.msg === msg && line.level === info)
    .flatMap(
      ({ runners }) =>
        (kind === undefined
          ? (runners as readonly string[] | undefined)
          : (runners as Kinds | undefined)?.[kind]) ?? [],
    )
    .map((name) => String(name).split(' ')[0] ?? '');
}

function registered({ world }: Logged): string[] {
  return world.left().runners.toSorted();
}

test('a scale-up names each runner that was ordered; drain, re-enabling and removal name each runner by uuid and name', async (t) => {
  const given = await logged(t, { groups: [{ name: 'Linux', parameters: { min: 6, max: 6 } }] });
  await given.run(minute);
  const six = registered(given);
  assert.equal(six.length, 6);
  assert.deepEqual(named(given, 'ordered').toSorted(), six);

  const { service } = given.world.world;
  for (const id of six.slice(0, 2)) service.setDisabled(given.world.scope(), id, true);
  await given.run(15_000);
  assert.deepEqual(named(given, 'decision', 'take-back').toSorted(), six.slice(0, 2));
  const line = given.lines.find(({ msg, do: done }) => msg === 'decision' && done === 'take-back 2');
  assert.match(
    JSON.stringify(line?.runners),
    /^\{"take-back":\["[0-9a-f-]{36} \(Linux\)","[0-9a-f-]{36} \(Linux\)"\]\}$/,
  );
});

test('a scale-down names each runner that it disables, and then each that it deletes', async (t) => {
  const given = await logged(t, { groups: [{ name: 'Linux', parameters: { min: 1, max: 10 } }] });
  await given.run(minute);
  given.world.builds(8, 5 * minute);
  await given.run(6 * minute);
  const many = registered(given);
  assert.ok(many.length > 4);
  await given.run(30 * minute);
  const left = registered(given);
  assert.equal(left.length, 1);
  const gone = many.filter((id) => !left.includes(id));
  assert.deepEqual(
    named(given, 'decision', 'retire')
      .filter((id) => many.includes(id))
      .toSorted(),
    gone,
  );
  assert.deepEqual(
    named(given, 'decision', 'remove')
      .filter((id) => many.includes(id))
      .toSorted(),
    gone,
  );
});

test('a registration whose Job is gone is named when it is deleted', async (t) => {
  const given = await logged(t, { groups: [{ parameters: { min: 2, max: 4 } }], bootMs: 5 * minute });
  await given.run(30_000);
  const [lost = ''] = registered(given);
  await given.world.deleteJob(`runner-${lost}`);
  await given.run(5 * minute);
  assert.ok(named(given, 'decision', 'discard').includes(lost));
});

test('a line names twenty at info and says how many more; debug names all', async (t) => {
  const given = await logged(t, { groups: [{ parameters: { min: 27, max: 30 } }] });
  await given.run(minute);
  const ordered = given.lines.find(({ msg }) => msg === 'ordered');
  assert.ok(Array.isArray(ordered?.runners));
  assert.equal(ordered.runners.length, mostNamed + 1);
  assert.equal(ordered.runners.at(-1), 'and 7 more');
  const all = given.lines.find(({ msg }) => msg === 'ordered: all runners');
  assert.deepEqual([...((all?.runners ?? []) as string[])].sort(), registered(given));
});

/** A CI service that answers every call in one way. */
async function answering(t: TestContext, answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_request, response) => answer(response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const says =
  (status: number, body = '{}') =>
  (response: ServerResponse): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(body);

const causes = [
  [
    '401',
    says(401),
    'unauthorized',
    /^bitbucket get-workspace, workspace acme: HTTP 401.*Check BITBUCKET_OAUTH_CLIENT_ID/,
  ],
  [
    '403',
    says(403),
    'forbidden',
    /^bitbucket get-workspace, workspace acme: HTTP 403.*Give the OAuth consumer/,
  ],
  [
    '429',
    says(429),
    'rate-limited',
    /^bitbucket get-workspace, workspace acme: HTTP 429.*No call is sent for \d+ s.*a credential that nothing else uses/,
  ],
  ['503', says(503), 'failing', /^bitbucket get-workspace, workspace acme: HTTP 503.*next look/],
  [
    'a page of HTML',
    says(200, '<html>'),
    'unclear',
    /^bitbucket get-workspace, workspace acme: HTTP 200, but the body is not JSON.*proxy/,
  ],
  [
    'a connection that breaks',
    (response: ServerResponse) => void response.destroy(),
    'unreachable',
    /^bitbucket get-workspace, workspace acme: no answer from 127\.0\.0\.1:\d+ \(.+\).*check the network/,
  ],
] as const;

describe('a hold names the call, what came of it and what to do:', () => {
  for (const [what, answer, link, because] of causes) {
    test(what, async (t) => {
      const url = await answering(t, answer);
      const given = await logged(t, {}, { BITBUCKET_API_URL: url });
      await given.run(15_000);
      const line = given.lines.find(({ msg }) => msg.startsWith('hold: the group can not be observed'));
      assert.ok(line !== undefined);
      assert.equal(line['reason'], 'source-unavailable');
      assert.equal(line['link'], link);
      assert.match(String(line['because']), because);
    });
  }
});
